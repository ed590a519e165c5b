"""Figures are written so that columns can be read."""

from __future__ import annotations

import pytest

from bench.table import table


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.02345, "0.0234"),
        (1.234, "1.23"),
        (18.51, "18.5"),
        (99.96, "100.0"),
        (512.4, "512"),
        (float("nan"), "-"),
        (None, "-"),
        ("720 x 960", "720 x 960"),
    ],
)
def test_numbers_have_the_digits_they_deserve(value: float | str | None, written: str) -> None:
    last = table("t", [{"name": "a", "value": value}]).splitlines()[-1]
    assert last.split("  ")[-1].strip() == written


def test_columns_are_aligned() -> None:
    text = table("title", [{"take": "a", "s": 1.0}, {"take": "longer", "s": 100.0}])
    assert text.splitlines()[-2:] == ["a       1.00", "longer   100"]


def test_no_rows_make_no_table() -> None:
    assert table("title", []) == ""
