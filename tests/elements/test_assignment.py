"""Which pictures are used in a take of a picture and an element."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import understudy
from tests.short_clip import FRAMES, short_clip
from understudy.cache import user_cache
from understudy.elements.assignment import assign_views, cast_primary, cast_views, judge_views
from understudy.elements.element import ElementSource, element_from_files, open_element
from understudy.errors import InputRefused
from understudy.library.presets import FOLDER
from understudy.media.picture import open_picture
from understudy.take.options import ELEMENT_TURNS, TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.run import run_take

EXAMPLES = Path(__file__).parents[2] / "examples"
ROBIN = tuple(FOLDER / "robin" / name for name in ("front.jpg", "back.jpg", "face.jpg"))
SIDE = FOLDER / "robin" / "side.jpg"


@pytest.fixture(scope="module")
def clip() -> Path:
    """Three seconds of the sample dance."""
    return short_clip()


def _scene() -> bytes:
    """A landscape with nobody in it."""
    background = np.full((600, 800, 3), (210, 190, 160), np.uint8)
    cv2.rectangle(background, (0, 420), (800, 600), (70, 130, 80), -1)
    return cv2.imencode(".png", background)[1].tobytes()


def test_without_a_picture_the_elements_best_one_stands_for_it(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    report = understudy.animate(
        None, clip, out, element=(ROBIN[2], ROBIN[1], ROBIN[0]), orientation="image"
    )
    assert (report.plan.orientation, report.settings["orientation"]) == ("video", "image")
    assert ELEMENT_TURNS in report.warnings
    assert report.plan.size == (720, 960)
    assert report.picture["sha256"] == open_picture(ROBIN[0]).digest
    assert any("Picture 3 of the element" in note for note in report.to_json()["element"])
    with av.open(str(out)) as made:
        assert made.streams.video[0].frames == FRAMES


def test_a_picture_that_can_be_moved_is_used_and_inspecting_says_so(clip: Path) -> None:
    plan = understudy.inspect(EXAMPLES / "photo.jpg", clip, element=ROBIN).plan
    assert plan is not None
    assert plan.element[0].startswith("The picture's own figure is used")
    assert plan.size == (720, 960)
    assert ELEMENT_TURNS not in plan.warnings
    alone = understudy.inspect(EXAMPLES / "photo.jpg", clip).plan
    assert alone is not None
    assert alone.element == ()


def test_in_a_picture_of_nobody_the_elements_figure_is_put(clip: Path) -> None:
    picture = open_picture(_scene(), short_side=720)
    judged = judge_views(open_element(ElementSource((*ROBIN, SIDE)), "std"), picture, user_cache())
    assignment = assign_views(judged, picture, "whole_body")
    character = cast_primary(assignment, (960, 720), user_cache())
    assert character.size == (960, 720)
    rows, columns = np.nonzero(character.alpha > 0.5)
    assert 400 < columns.mean() < 560
    assert rows.max() > 620
    assert "no figure" in assignment.notes[0]
    turning = cast_views(assignment, character, ["left", "back"], user_cache())
    assert set(turning.views) == {"left", "back"}
    for view in turning.views.values():
        assert view.background is character.background
        feet = [c.landmarks.body[27:29, :2].mean(axis=0) for c in (turning, view)]
        assert np.abs(feet[0] - feet[1]).max() < 4
    assert turning.views["left"].traits.near == "left", "the picture shows the right side"
    widths = [np.ptp(np.nonzero(c.alpha > 0.5)[1]) for c in (turning, turning.views["left"])]
    assert widths[1] < 0.75 * widths[0]


def test_an_element_of_nobody_is_left_out_where_the_picture_shows_somebody(clip: Path) -> None:
    plan = understudy.inspect(EXAMPLES / "photo.jpg", clip, element=[_scene()]).plan
    assert plan is not None
    assert plan.element[0] == "The element shows no figure and is not used."
    assert plan.picture_framing == "whole_body"


def test_a_face_alone_is_no_scene(clip: Path) -> None:
    close = open_picture(ROBIN[2]).rgb[130:430, 110:420]
    data = cv2.imencode(".png", cv2.cvtColor(close, cv2.COLOR_RGB2BGR))[1].tobytes()
    picture = open_picture(data, short_side=720)
    judged = judge_views(open_element(ElementSource(ROBIN[:2]), "std"), picture, user_cache())
    assignment = assign_views(judged, picture, "whole_body")
    assert assignment.picture.digest == open_picture(ROBIN[0]).digest
    assert assignment.selection.face is judged.picture_view
    assert "only a face" in assignment.notes[0]


def test_an_element_of_nobody_is_refused_where_nobody_else_is(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        run_take(
            TakeMedia(clip=clip, element=(_scene(),) * 2),
            TakeRequest(),
            Outputs(video=tmp_path / "o.mp4"),
        )
    assert refusal.value.field == "element_list"
    assert refusal.value.message.startswith(
        "The character in the reference image or the first frame is invalid. element_list: "
    )
    assert list(tmp_path.iterdir()) == []


def test_without_a_picture_and_an_element_nothing_can_move(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="give a picture or an element"):
        understudy.animate(None, clip, tmp_path / "o.mp4")


def test_files_make_an_element_by_their_content(clip: Path) -> None:
    assert element_from_files([]) is None
    assert element_from_files(ROBIN) == ElementSource(pictures=ROBIN)
    assert element_from_files([clip]) == ElementSource(clip=clip)
    with pytest.raises(InputRefused, match="or one clip"):
        element_from_files([ROBIN[0], clip])
