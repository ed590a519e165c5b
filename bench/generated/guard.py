"""Parts that cannot harm one another."""

from __future__ import annotations

import gc
import resource
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import torch

from bench.generated.scale import Bench
from understudy.engines.wan.stage_meter import GIB


class TimedOut(BaseException):
    """A part ran past its limit. No `Exception`: compilers and pipelines would wrap it."""


def guarded(part: Callable[[Bench], dict[str, Any]], bench: Bench, limit: float) -> dict[str, Any]:
    """What a part measured, or what became of it."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit)
    begun = time.perf_counter()
    try:
        outcome = {"status": "done", **part(bench)}
    except TimedOut:
        outcome = {"status": f"over {limit:.0f} s"}
    except torch.OutOfMemoryError as refusal:
        outcome = {"status": "out of memory", "why": str(refusal)[:300]}
    except Exception as failure:
        traceback.print_exc()
        outcome = {"status": "failed", "why": f"{type(failure).__name__}: {failure}"[:600]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB
    return {
        **outcome,
        "part_seconds": round(time.perf_counter() - begun, 1),
        "host_gib": round(most, 1),
    }


def clean(device: str) -> None:
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
        # Pinned memory that nothing uses goes back to the host; there is no public call for it.
        with suppress(AttributeError):
            torch._C._host_emptyCache()
