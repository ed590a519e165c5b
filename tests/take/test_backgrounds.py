"""What is behind the character."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engines.paper_doll import SIZE, paper_doll
from tests.take.conftest import PICTURE
from understudy.engines import Engine, EngineInfo, load_engine
from understudy.engines.wan import WanAnimateEngine
from understudy.errors import InputRefused
from understudy.take.backgrounds import Background, covering, on_background, open_background
from understudy.take.options import TakeMedia, TakeRequest


class Generating:
    """An engine that draws everything at once, as far as a take asks before it begins."""

    info = EngineInfo(
        name="generating",
        version="1",
        inputs=frozenset({"picture", "clip"}),
        stages=("render",),
        pixels="rgb",
        whole_prompt=True,
        moving_camera=True,
    )


@pytest.mark.parametrize("value", ["sky", "#12", "#00b14080", "", "keep "])
def test_what_is_no_background_is_refused(value: str) -> None:
    with pytest.raises(InputRefused, match="transparent") as refusal:
        TakeRequest(background=value)
    assert refusal.value.field == "background"


@pytest.mark.parametrize("value", ["transparent", "#00b140", "white"])
def test_an_engine_that_draws_everything_at_once_is_refused(value: str) -> None:
    engine: Engine = Generating()  # type: ignore[assignment]
    with pytest.raises(InputRefused, match="'generating' draws character and background as one"):
        open_background(TakeMedia(), TakeRequest(background=value, format="webm"), engine)
    assert open_background(TakeMedia(), TakeRequest(), engine) is None


def test_the_clips_scene_is_for_engines_that_can_replace_the_driver() -> None:
    request = TakeRequest(background="clip")
    with pytest.raises(InputRefused, match="'puppet' cannot replace the person") as refusal:
        open_background(TakeMedia(), request, load_engine("puppet"))
    assert refusal.value.field == "background"
    engine: Engine = WanAnimateEngine()
    assert open_background(TakeMedia(), request, engine) is None


def test_a_file_that_is_missing_or_no_picture_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    request = TakeRequest(background="file")
    for given in (None, text, tmp_path / "absent.png"):
        with pytest.raises(InputRefused) as refusal:
            open_background(TakeMedia(background=given), request, load_engine("puppet"))
        assert refusal.value.field == "background"


def test_a_colour_is_behind_the_character_everywhere() -> None:
    found = open_background(TakeMedia(), TakeRequest(background="#00b140"), load_engine("puppet"))
    assert found is not None
    character = on_background(paper_doll(), found)
    assert (character.background == (0, 177, 64)).all()
    assert character.background.shape == (SIZE[1], SIZE[0], 3)
    assert character.traits.casts_shadow


def test_a_picture_covers_the_frame_uncropped_where_it_can(tmp_path: Path) -> None:
    path = tmp_path / "stripes.png"
    stripes = np.zeros((400, 800, 3), np.uint8)
    stripes[:, 300:500] = (10, 200, 30)
    Image.fromarray(stripes).save(path)
    request = TakeRequest(background="file")
    found = open_background(TakeMedia(background=path), request, load_engine("puppet"))
    assert found is not None
    assert found.rgb is not None
    assert not found.drawn_alone
    shown = covering(found.rgb, (200, 400))
    assert shown.shape == (400, 200, 3)
    assert (shown[200, 100] == (10, 200, 30)).all(), "the middle stays in the middle"


def test_a_clip_runs_behind_a_character_that_is_drawn_alone(clip: Path) -> None:
    request = TakeRequest(background="file")
    found = open_background(TakeMedia(background=clip), request, load_engine("puppet"))
    assert found is not None
    assert found.clip is not None
    assert found.drawn_alone
    assert not found.is_transparent


def test_a_character_on_nothing_casts_no_shadow() -> None:
    doll = paper_doll(casts_shadow=True)
    assert not on_background(doll, Background()).traits.casts_shadow


def test_the_contract_s_picture_stays_what_it_is() -> None:
    media = TakeMedia(picture=PICTURE, background=Path("there.png"))
    assert TakeMedia.from_json(media.to_json()) == media


def test_only_a_format_with_alpha_can_be_transparent() -> None:
    for name in ("webm", "mov", "gif", "webp", "png"):
        TakeRequest(background="transparent", format=name)
    with pytest.raises(InputRefused, match=r"\.mp4 file cannot be transparent; write \.webm"):
        TakeRequest(background="transparent")
