"""A picture that was cast ahead of its take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.take.conftest import PICTURE
from understudy.engines import load_engine
from understudy.take.casting.concurrent import ConcurrentCasting, cast_ahead
from understudy.take.casting.thread import CastFor, CastingThread
from understudy.take.open import open_take_picture
from understudy.take.options import TakeMedia, TakeRequest

REQUEST = TakeRequest()
CLIP = Path("clip.mp4")


def fail() -> None:
    raise AssertionError("it is cast once more")


@pytest.fixture
def remembering_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_CACHE_MIB", "0")


@pytest.mark.usefixtures("remembering_nothing")
def test_a_take_finds_the_character_that_was_cast_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    media = TakeMedia(picture=PICTURE, clip=CLIP)
    picture = open_take_picture(media, REQUEST)
    with CastingThread() as thread:
        cast_ahead(thread, media, REQUEST)
        thread.begin(lambda: None).result()
        monkeypatch.setattr(thread, "processes", fail)
        engine = load_engine(REQUEST.engine)
        character = ConcurrentCasting(engine, REQUEST.mode, picture, None, thread).result()
        assert character is not None
        assert character.layers
        with pytest.raises(AssertionError, match="once more"):
            ConcurrentCasting(engine, REQUEST.mode, picture, None, thread).result()


@pytest.mark.parametrize(
    "media",
    [
        lambda folder: TakeMedia(picture=folder, clip=CLIP),
        lambda _: TakeMedia(picture=PICTURE, clip=CLIP, element=(PICTURE,)),
        lambda _: TakeMedia(clip=CLIP, element=(PICTURE,)),
    ],
    ids=["folder", "picture and element", "element"],
)
def test_a_folder_and_an_element_are_left_to_their_take(
    media: Callable[[Path], TakeMedia], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CastingThread() as thread:
        monkeypatch.setattr(thread, "begin_ahead", lambda _: fail())
        cast_ahead(thread, media(tmp_path), REQUEST)


def test_a_picture_that_is_missing_is_left_to_its_take(tmp_path: Path) -> None:
    with CastingThread() as thread:
        cast_ahead(thread, TakeMedia(picture=tmp_path / "none.png", clip=CLIP), REQUEST)
        wanted = CastFor(REQUEST.engine, REQUEST.mode, "")
        assert thread.begin(lambda: thread.cast_ahead(wanted)).result() is None
