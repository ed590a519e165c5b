"""`make hostile`: what strangers and bad days do to a server, by seed.

    python -m tests.hostile [--only NAME …]

prints the table of docs/reliability.md, and what fell short below it. Takes are stand-ins; checks,
database, files and sockets are real. Takes some minutes. Exits with 1 if anything fell short.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.hostile.bodies import large_bodies
from tests.hostile.idle import reads_beside_idle_sockets
from tests.hostile.machine import full_disk, kills, locked_database, no_descriptors
from tests.hostile.outcome import Outcome, as_table
from tests.hostile.uploads import damaged_files
from tests.hostile.wire import left_connections, odd_requests

PARTS: dict[str, Callable[[Path], list[Outcome]]] = {
    "files": partial(damaged_files, pictures=300, clips=150),
    "bodies": large_bodies,
    "requests": partial(odd_requests, count=3000),
    "connections": left_connections,
    "disk": full_disk,
    "descriptors": partial(no_descriptors, seconds=8),
    "lock": partial(locked_database, seconds=20),
    "kills": partial(kills, times=8),
    "idle": partial(reads_beside_idle_sockets, sockets=1000),
}


def main() -> int:
    """Run the parts and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.hostile")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    chosen = parser.parse_args().only
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            print(f"{name} …", file=sys.stderr, flush=True)
            outcomes += PARTS[name](Path(folder) / name)
    print(as_table(outcomes))
    for outcome in outcomes:
        for problem in outcome.short:
            print(f"short: {outcome.kind}: {problem}")
    return int(any(outcome.short for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
