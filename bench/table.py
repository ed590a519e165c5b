"""Figures in aligned columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Cell = str | float | None


def table(title: str, rows: Sequence[Mapping[str, Cell]]) -> str:
    """The rows under their keys; the first column to the left, the others to the right.

    Numbers are written with as many digits as they deserve: 3 significant ones below 100. A value
    that is None or not a number is a dash.
    """
    if not rows:
        return ""
    heads = list(rows[0])
    body = [[_written(row.get(head)) for head in heads] for row in rows]
    widths = [max(len(line[i]) for line in (heads, *body)) for i in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = cells
        aligned = [first.ljust(widths[0])]
        aligned += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        return "  ".join(aligned).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([title, rule, line(heads), rule, *map(line, body), ""])


def _written(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if math.isnan(cell):
        return "-"
    if math.isinf(cell):
        return "inf"
    if cell == 0 or abs(cell) >= 100:
        return f"{cell:.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(cell))))
    return f"{cell:.{min(digits, 4)}f}"
