"""Writes docs/cli.md from the command line's own help; with --check it only compares."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path

import typer.main

from understudy.cli.app import app, main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
HEAD = """\
# The command line

Written by `make docs` from the commands' own help. `python -m understudy` is the same command.
"""


HELPS = "--helps"
"""Asks for what `helps` gives, as JSON."""


def helps() -> list[tuple[str, str]]:
    """The title of every command, and what `understudy COMMAND --help` prints."""
    found = []
    for command in commands():
        sys.argv = ["understudy", *command, "--help"]
        shown = io.StringIO()
        with redirect_stdout(shown), suppress(SystemExit):
            main()
        lines = [line.rstrip() for line in shown.getvalue().strip().splitlines()]
        found.append((" ".join(("understudy", *command)), "\n".join(lines)))
    return found


def commands() -> list[tuple[str, ...]]:
    """Every command as the words that call it, groups before their members."""
    found: list[tuple[str, ...]] = []

    def walk(command: object, words: tuple[str, ...]) -> None:
        found.append(words)
        for name, member in getattr(command, "commands", {}).items():
            walk(member, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


def reference() -> str:
    """The page docs/cli.md as it should be.

    Help is 100 columns wide in a process of its own: how wide it is is read once in a process.
    """
    run = subprocess.run(
        [sys.executable, __file__, HELPS],
        env=os.environ | {"COLUMNS": "100", "TERMINAL_WIDTH": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(run.stdout)
    return "\n".join([HEAD, *(f"## {title}\n\n```\n{text}\n```\n" for title, text in shown)])


if __name__ == "__main__":
    if HELPS in sys.argv:
        print(json.dumps(helps()))
        sys.exit()
    page = reference()
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text() != page)
    PAGE.write_text(page)
