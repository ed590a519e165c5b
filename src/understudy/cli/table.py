"""Printing rows in columns."""

from __future__ import annotations

from collections.abc import Sequence

import typer


def print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows of equally many cells, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
