"""Writes docs/cli.md from the command line's own help; with --check it only compares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer.main

from understudy.cli.app import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
HEAD = """\
# The command line

Written by `make docs` from the commands' own help. `python -m understudy` is the same command.
"""


def help_of(*command: str) -> str:
    """What `understudy COMMAND --help` prints, 100 columns wide."""
    run = subprocess.run(
        [sys.executable, "-m", "understudy", *command, "--help"],
        env=os.environ | {"COLUMNS": "100", "TERMINAL_WIDTH": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line.rstrip() for line in run.stdout.strip().splitlines())


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
    """The page docs/cli.md as it should be."""
    parts = [HEAD]
    for command in commands():
        title = " ".join(("understudy", *command))
        parts.append(f"## {title}\n\n```\n{help_of(*command)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    page = reference()
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text() != page)
    PAGE.write_text(page)
