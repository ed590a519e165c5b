"""Memory and time of the generated-video models on this machine: `python -m bench.generated`.

Wan2.2-Animate-2-14B is built at its true size with random weights, on the card itself, and runs
one segment through diffusers' own blocks in the ways that an operator may choose: weights resident
or streamed block by block, the driving video's keys and values on the card or in host memory,
attention compiled (flex) or frame by frame. What a segment costs does not depend on what the
weights say; a picture worth looking at does, and none is made here.

Each part has its own time limit, and a part that fails, runs out of memory or out of time says so
in its row and costs the others nothing. `--tiny` runs the same parts with tiny models, which takes
a minute on a CPU and checks this module.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from bench.generated.guard import clean, guarded
from bench.generated.machine import describe_machine
from bench.generated.parts import (
    attention,
    build,
    first_animate,
    text,
    tiny_checkpoints,
    transfer,
)
from bench.generated.scale import FULL, SMALL_CARD_GIB, TINY, Bench, Scale, Setup
from bench.generated.segment import segment_part, stream_the_blocks
from bench.table import Cell, table


def main() -> None:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.generated", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--tiny", action="store_true", help="tiny models: checks this module")
    parser.add_argument("--only", metavar="WORD", default="", help="parts so named")
    parser.add_argument("--minutes", type=float, default=6.0, help="start no part after that long")
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and not arguments.tiny:
        parser.error("the full-size models need a CUDA card; --tiny runs anywhere")
    scale = TINY if arguments.tiny else FULL
    bench = Bench(scale, device, torch.bfloat16 if device == "cuda" else torch.float32)
    machine = describe_machine(device)
    print(json.dumps(machine, indent=1), flush=True)

    started = time.perf_counter()
    results: list[dict[str, Any]] = []
    for name, limit, part in _plan(scale):
        if arguments.only not in name and name not in ("build", "text"):
            continue
        elapsed = time.perf_counter() - started
        if elapsed > 60 * arguments.minutes:
            results.append({"part": name, "status": "not started"})
        else:
            results.append({"part": name, **guarded(part, bench, limit)})
        clean(device)
        print(json.dumps(results[-1]), flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps({"machine": machine, "parts": results}, indent=1))
    print("\n" + table("One segment, seconds and GiB", [_row(one) for one in results]), flush=True)


def _plan(scale: Scale) -> Sequence[tuple[str, float, Callable[[Bench], dict[str, Any]]]]:
    """Parts in order of what would be missed most, each with its limit in seconds."""
    long, short = scale.long, scale.short
    resident = Setup(f"resident {short}", short, "card", "card", "frames")
    resident_long = replace(resident, name=f"resident {long}", frames=long)
    streamed = Setup(f"blocks streamed {long}", long, "host", "card", "frames")
    small = replace(streamed, cache="host", cap_gib=SMALL_CARD_GIB)
    setups = [
        streamed,
        replace(small, name=f"24 GB card, cache on host {short}", frames=short),
        replace(streamed, name=f"blocks streamed {short}", frames=short),
        replace(streamed, name=f"blocks streamed, flex {short}", frames=short, attention="flex"),
        replace(streamed, name=f"blocks streamed, flex {long}", attention="flex"),
        replace(small, name=f"24 GB card, cache on host {long}"),
    ]
    return [
        ("tiny checkpoints", 60, tiny_checkpoints),
        ("build", 60, build),
        ("text", 40, text),
        ("transfer", 15, transfer),
        ("attention", 20, attention),
        *((setup.name, 60.0, segment_part(setup)) for setup in (resident, resident_long)),
        ("stream the blocks", 90, stream_the_blocks),
        *((setup.name, 75.0, segment_part(setup)) for setup in setups),
        ("first Animate", 60, first_animate),
    ]


def _row(result: dict[str, Any]) -> dict[str, Cell]:
    stages = result.get("stages", {})

    def of(name: str, key: str = "last") -> Cell:
        value: Cell = stages.get(name, {}).get(key)
        return math.nan if value is None else value

    return {
        "part": result["part"],
        "status": result["status"],
        "step s": of("step"),
        "driving s": of("driving"),
        "encode s": of("encode", "total"),
        "decode s": of("decode", "total"),
        "whole s": result.get("whole_seconds"),
        "allocated": result.get("allocated_gib"),
        "reserved": result.get("reserved_gib"),
        "host": result.get("host_gib"),
    }


if __name__ == "__main__":
    main()
