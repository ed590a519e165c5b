"""Turning exceptions into one line on stderr and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from understudy.errors import EngineUnavailable, InputRefused, TakeCancelled, UnderstudyError

FAULT = 1
REFUSED = 2
INTERRUPTED = 130


def exit_status(fault: BaseException) -> int:
    """The exit status that stands for `fault`."""
    if isinstance(fault, (InputRefused, EngineUnavailable)):
        return REFUSED
    if isinstance(fault, (KeyboardInterrupt, TakeCancelled)):
        return INTERRUPTED
    return FAULT


def sentence(fault: BaseException) -> str:  # noqa: PLR0911 - one return per kind of error
    """One line for a person: what went wrong and, where they can, what to do about it."""
    if isinstance(fault, InputRefused):
        return fault.message
    if isinstance(fault, EngineUnavailable):
        return f"engine: {fault}"
    if isinstance(fault, (KeyboardInterrupt, TakeCancelled)):
        return "interrupted; nothing was written"
    if isinstance(fault, MemoryError):
        return "not enough memory for this take"
    if isinstance(fault, ImportError):
        return (
            f"a library cannot be loaded ({_one_line(fault)}); run `understudy doctor` for details"
        )
    if isinstance(fault, OSError) and fault.strerror:
        return f"the system refused: {fault.strerror}{_about(fault)}"
    if isinstance(fault, UnderstudyError):
        return _one_line(fault)
    return (
        f"internal error: {type(fault).__name__}: {_one_line(fault)}"
        " (run the same command with --debug for details)"
    )


@contextmanager
def reporting_faults(*, debug: bool) -> Iterator[None]:
    """Turn what is raised inside into one line on stderr and `typer.Exit` with its status.

    debug: show the traceback of a fault of our own as well.
    """
    try:
        yield
    except typer.Exit:
        raise
    except BrokenPipeError:
        # Whoever read our output has enough of it (`understudy doctor | head -1`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAULT) from None
    except (Exception, KeyboardInterrupt) as fault:
        status = exit_status(fault)
        if debug and status == FAULT:
            traceback.print_exc(file=sys.stderr)
        typer.echo(f"understudy: {sentence(fault)}", err=True)
        raise typer.Exit(status) from None


def _one_line(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0] if lines else "no details"


def _about(fault: OSError) -> str:
    return f": '{fault.filename}'" if fault.filename else ""
