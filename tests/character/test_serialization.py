"""Characters that are remembered."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from understudy.cache import Cache
from understudy.character import cast as casting
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.media.picture import open_picture

PICTURE = Path(__file__).parents[2] / "examples" / "cartoon.png"


def _same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(_same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return one == other


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def first(cache: Cache) -> Character:
    return cast(open_picture(PICTURE, short_side=360), (360, 480), cache=cache)


def test_a_picture_is_cast_once(
    first: Character, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understudy.character.observe.observe", None)
    again = cast(open_picture(PICTURE, short_side=360), (360, 480), cache=cache)
    assert _same(again, first)


def test_another_size_or_another_version_is_cast_anew(
    first: Character, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("understudy.character.observe.observe", None)
    with pytest.raises(TypeError):
        cast(open_picture(PICTURE, short_side=330), (330, 440), cache=cache)
    monkeypatch.setattr(casting, "casting_version", lambda: "another")
    with pytest.raises(TypeError):
        cast(open_picture(PICTURE, short_side=360), (360, 480), cache=cache)


def test_a_cast_without_learned_weights_says_what_is_lost(cache: Cache) -> None:
    character = cast(open_picture(PICTURE, short_side=360), (360, 480), cache=cache)
    assert "understudy weights fetch" in character.warnings[-1]
