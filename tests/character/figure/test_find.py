from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import Drawn, draw, striped_background
from tests.geometry.drawn_faces import face_turned
from understudy.character.figure.find import Track, find_figure, search_figure
from understudy.errors import InputRefused
from understudy.geometry.face_mesh import NOSE_TIP
from understudy.geometry.landmarks import Body, Landmarks
from understudy.tracking.trackers import PictureTrack, Region

NOBODY = PictureTrack(None, np.zeros((520, 360), np.float32), 0.0)


def test_the_first_credible_look_is_taken(standing: Drawn) -> None:
    looks = []

    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        looks.append(region)
        return standing.track(rgb, region)

    figure = find_figure(standing.rgb, None, track)
    assert looks == [None]
    assert figure.landmarks is standing.landmarks


def test_a_figure_that_no_detector_knows_is_found_where_something_stands_out(
    standing: Drawn,
) -> None:
    asked: list[Region] = []

    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        if region is None:
            return NOBODY
        asked.append(region)
        return standing.track(rgb, region)

    figure = find_figure(standing.rgb, None, track)
    assert figure.landmarks is standing.landmarks
    # The first region is far wider than the picture: for a close portrait, which this is not.
    assert asked[1].x == pytest.approx(180, abs=10)
    assert 400 < asked[1].side < 620


def test_a_close_portrait_is_found_by_its_face(standing: Drawn) -> None:
    """Nobody is detected; inside the picture a small body is imagined, from afar a face is seen."""
    small = standing.landmarks
    large = small.scaled(1.6)
    face = face_turned() * 3
    face[:, :2] += large.body[Body.NOSE, :2] - face[NOSE_TIP, :2]
    portrait = replace(large, face=face.astype(np.float32))
    everywhere = np.ones_like(standing.alpha)

    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        if region is None:
            return NOBODY
        wide = region.side > 2 * max(rgb.shape[:2])
        return PictureTrack(portrait if wide else small, everywhere, 1.0)

    assert find_figure(standing.rgb, None, track).landmarks.face is not None


def test_the_upper_half_taken_for_a_whole_figure_is_not_enough(standing: Drawn) -> None:
    half = standing.landmarks.body.copy()
    top = half[:, 1].min()
    half[:, 1] = top + 0.4 * (half[:, 1] - top)
    small = Landmarks(half, standing.landmarks.world)

    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        if region is None:
            return PictureTrack(small, standing.alpha, 1.0)
        return standing.track(rgb, region)

    assert find_figure(standing.rgb, None, track).landmarks is standing.landmarks


def test_a_figure_in_a_corner_is_found_from_nearby(standing: Drawn) -> None:
    """Only the piece of the picture that holds the figure shows it large enough."""
    rgb = np.full((1040, 720, 3), 220, np.uint8)
    rgb[520:, 360:] = standing.rgb

    def track(piece: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        h, w = piece.shape[:2]
        mask = np.zeros((h, w), np.float32)
        if region is not None or h > 600 or w > 400 or not (piece[-300:, -200:] < 150).any():
            return PictureTrack(None, mask, 0.0)
        body = standing.landmarks.body.copy()
        body[:, :2] += (w - 360, h - 520)
        mask[h - 520 :, w - 360 :] = standing.alpha[-h:, -w:]
        return PictureTrack(Landmarks(body, standing.landmarks.world), mask, 1.0)

    figure = find_figure(rgb, None, track)
    expected = standing.landmarks.body[:, :2] + np.array([360, 520], np.float32)
    assert np.abs(figure.landmarks.body[:, :2] - expected).max() < 3
    assert figure.mask.shape == (1040, 720)


def test_a_picture_without_anybody_is_refused_in_a_sentence() -> None:
    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        return PictureTrack(None, np.zeros(rgb.shape[:2], np.float32), 0.0)

    with pytest.raises(InputRefused) as refusal:
        find_figure(np.full((520, 360, 3), 128, np.uint8), None, track)
    assert refusal.value.field == "image_url"
    assert refusal.value.found == "no figure on two legs was found in the picture"
    assert refusal.value.message.startswith(
        "Image recognition failed. No complete upper body detected in the image. image_url: no "
    )
    assert "four-legged" in refusal.value.allowed


def test_an_animal_on_four_legs_is_refused(standing: Drawn) -> None:
    body = standing.landmarks.body.copy()
    body[:, :2] = body[:, 1::-1]
    beast = Landmarks(body, standing.landmarks.world)

    def track(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        return PictureTrack(beast, np.ones(rgb.shape[:2], np.float32), 0.97)

    with pytest.raises(InputRefused, match="two legs"):
        find_figure(standing.rgb, None, track)


def test_a_figure_of_a_few_pixels_is_refused(standing: Drawn) -> None:
    rgb = np.full((5200, 3600, 3), 220, np.uint8)
    tiny = standing.landmarks
    mask = np.zeros((5200, 3600), np.float32)
    mask[:520, :360] = standing.alpha

    def track(piece: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
        return PictureTrack(tiny, mask, 1.0)

    with pytest.raises(InputRefused, match="too small") as refusal:
        find_figure(rgb, None, track)
    assert refusal.value.message.startswith(
        "The character in the reference image or the first frame is invalid. image_url: "
    )


def _seeing(drawn: Drawn, landmarks: Landmarks) -> Track:
    """A tracker that gives the drawn figure other landmarks."""

    def track(rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        return replace(drawn.track(rgb, region), landmarks=landmarks)

    return track


def _with_moved_elbow(landmarks: Landmarks, torsos: float) -> Landmarks:
    body = landmarks.body.copy()
    torso = np.linalg.norm(body[[11, 12], :2].mean(axis=0) - body[[23, 24], :2].mean(axis=0))
    body[Body.LEFT_ELBOW, 0] += torsos * torso
    return replace(landmarks, body=body)


def test_legs_that_only_another_tracker_sees_are_believed() -> None:
    drawn = draw(background=striped_background((360, 520)))
    body = _with_moved_elbow(drawn.landmarks, 0.12).body
    legs = [25, 26, 27, 28, 29, 30, 31, 32]
    body[legs, 1] = body[23, 1] + 10
    body[legs, 3] = 0.2
    tucked = replace(drawn.landmarks, body=body)
    figure = search_figure(drawn.rgb, None, _seeing(drawn, tucked), drawn.track)
    assert figure is not None
    assert figure.landmarks is drawn.landmarks


@pytest.mark.parametrize(("moved", "of_the_clip"), [(0.06, True), (0.13, False)])
def test_the_landmarks_are_the_clips_trackers_where_both_trackers_agree(
    moved: float, of_the_clip: bool
) -> None:
    drawn = draw(background=striped_background((360, 520)))
    better = _with_moved_elbow(drawn.landmarks, moved)
    figure = search_figure(drawn.rgb, None, _seeing(drawn, better), drawn.track)
    assert figure is not None
    assert (figure.landmarks is drawn.landmarks) == of_the_clip
