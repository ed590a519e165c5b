"""Finding the figure in the picture, or refusing a picture without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.plausibility import (
    credibility,
    facing_the_viewer,
    is_large_enough,
    without_false_face,
)
from understudy.character.figure.portrait import ONLY_A_FACE, SeenFace, below_face
from understudy.character.image.colour import to_lab
from understudy.character.image.masks import box_of, largest, opened
from understudy.errors import InputRefused
from understudy.geometry.face_mesh import face_width
from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.media import limits
from understudy.tracking.trackers import PictureTrack, Region

FIELD = "image_url"


@dataclass(frozen=True, slots=True)
class SearchNumbers:
    """When a figure is found, and where to search. All set by eye."""

    good: float = 0.72  # credibility: the search ends
    enough: float = 0.5  # credibility: less is no figure
    seen: float = 0.5  # visibility: from here on a joint is seen
    more_legs: int = 2  # joints of legs: so many more make another tracker's answer the better one
    agrees: float = 0.1  # T: trackers that differ by less at every joint agree
    room: float = 1.25  # how much larger than the figure the region is that the tracker sees
    side: int = 160  # px: the size at which something stands out
    differs: float = 12  # Lab: from the picture's rim
    differs_by_spread: float = 2.5  # and more of it, where the rim itself varies
    plain: float = 5.0  # Lab: the spread of a plain rim
    area: tuple[float, float] = (0.01, 0.6)  # of the picture: what stands out may cover
    portrait: float = 2.2  # of the longer side: a region in which a close portrait is a person
    portrait_face: float = 0.25  # of the shorter side: how wide a portrait's face is
    piece: float = 0.55  # of each side: pieces searched for a small figure
    piece_from: float = 0.45  # of each side: where the last piece begins
    covered: tuple[float, float] = (0.45, 0.7)  # of what stands out: doubted, believed
    doubted: float = 0.5  # what credibility is multiplied by where it is doubted
    contrast: float = 3.0  # OpenCV's clip limit of local contrast,
    tiles: tuple[int, int] = (6, 6)  # and its tiles
    least_side: int = 8  # px: of the size at which something stands out


NUMBERS = SearchNumbers()


class Track(Protocol):
    """Finds the landmarks of a picture, or of whoever fills a region of it."""

    def __call__(self, rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        """rgb: (h, w, 3) uint8 sRGB."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """landmarks: canvas pixels. mask: (h, w) float32 in 0..1, where the tracker sees the figure.

    turned_round: left and right were exchanged, because the figure seems to show its back. alpha:
    (h, w) float32 in 0..1, the figure's matte where it was found by its silhouette; None else.
    by_bones: it is no person, so neither colours nor a net that knows people tell its arms from its
    body, but its bones. limbless: it has neither arms nor legs. face_alone: nothing else of it was
    recognised, and its body is laid out below its face. warnings: sentences for the plan.
    """

    landmarks: Landmarks
    mask: Float32
    turned_round: bool = False
    alpha: Float32 | None = None
    by_bones: bool = False
    limbless: bool = False
    face_alone: bool = False
    warnings: tuple[str, ...] = ()


def find_figure(rgb: NDArray[np.uint8], alpha: Float32 | None, track: Track) -> Figure:
    """The largest figure of the picture, as `search_figure` finds it.

    Raises InputRefused("image_url") when no search finds one.
    """
    figure = search_figure(rgb, alpha, track)
    if figure is None:
        raise InputRefused(
            FIELD,
            found="no figure on two legs was found in the picture",
            allowed="use a picture of one figure, drawn or real, that stands on two legs and whose "
            "head, trunk and arms are clearly separate; four-legged animals cannot be animated",
            contract=limits.NO_BODY_IN_PICTURE_MESSAGE,
        )
    return figure


def search_figure(
    rgb: NDArray[np.uint8], alpha: Float32 | None, track: Track, also: Track | None = None
) -> Figure | None:
    """The largest figure that the tracker's detector finds, or None.

    rgb: (h, w, 3) uint8 sRGB; alpha: (h, w) float32, the matte that came with the picture, or None.
    A drawn head, a helmet or an animal's head can hide a figure from the tracker. So if the first
    search finds nothing credible, others follow: where something stands out, closer, and with more
    contrast. also: the tracker that clips are tracked with, where `track` is a better one; its
    answer is taken where it is more credible or sees legs that the first misses, and where both
    agree: then what is off in the picture is off in the clip as well, and cancels. Raises
    InputRefused("image_url") for a figure of a few pixels.
    """
    h, w = rgb.shape[:2]
    faces: list[SeenFace] = []
    best = _most_credible(rgb, alpha, track, faces)
    other = None if also is None else _most_credible(rgb, alpha, also, faces)
    if other is not None and (
        best is None or _is_better(other, best, (w, h)) or _agree(other[1], best[1])
    ):
        best = other
    if best is None or best[0] < NUMBERS.enough:
        portrait = below_face(faces, h)
        if portrait is None:
            return None
        return Figure(*portrait, face_alone=True, warnings=(ONLY_A_FACE,))
    as_seen = without_false_face(best[1])
    landmarks = facing_the_viewer(as_seen)
    if not is_large_enough(landmarks, (w, h)):
        raise InputRefused(
            FIELD,
            found="the figure is too small in the picture for its limbs to be distinguished",
            allowed="use a figure of at least a tenth of the picture's longer side",
            contract=limits.CHARACTER_MESSAGE,
        )
    return Figure(landmarks, best[2], turned_round=landmarks is not as_seen)


_LEG_JOINTS = [Body.LEFT_KNEE, Body.RIGHT_KNEE, Body.LEFT_ANKLE, Body.RIGHT_ANKLE]


def _most_credible(
    rgb: NDArray[np.uint8],
    alpha: Float32 | None,
    track: Track,
    faces: list[SeenFace],
) -> tuple[float, Landmarks, Float32] | None:
    """The most credible answer to all searches, the first that is good: credibility, landmarks,
    mask. Every face that a search finds is added to `faces`, with its mask."""
    h, w = rgb.shape[:2]
    best: tuple[float, Landmarks, Float32] | None = None
    region, sure = _standing_out(rgb, alpha)
    for found, detected in _searches(rgb, region, track):
        if found.landmarks is None:
            continue
        face = without_false_face(found.landmarks).face
        if face is not None:
            faces.append((face, found.mask))
        mask = found.mask if alpha is None else np.minimum(alpha, 1)
        trust = credibility(found.landmarks, mask, found.presence, detected=detected)
        trust *= _agreement(found.landmarks, region if sure else None, (w, h))
        if best is None or trust > best[0]:
            best = (trust, found.landmarks, found.mask)
        if trust >= NUMBERS.good:
            break
    return best


def _is_better(
    one: tuple[float, Landmarks, Float32],
    other: tuple[float, Landmarks, Float32],
    size: tuple[int, int],
) -> bool:
    """Whether an answer is more credible than another, or as good and sees legs that it misses."""
    if min(one[0], other[0]) < NUMBERS.good:
        return one[0] > other[0]
    return _legs_seen(one[1], size) >= _legs_seen(other[1], size) + NUMBERS.more_legs


def _agree(one: Landmarks, other: Landmarks) -> bool:
    """Whether two trackers see the joints of trunk and limbs in the same places."""
    a, b = one.body[Body.LEFT_SHOULDER :], other.body[Body.LEFT_SHOULDER :]
    seen = np.minimum(a[:, 3], b[:, 3]) > NUMBERS.seen
    away = np.linalg.norm(a[:, :2] - b[:, :2], axis=1)
    middles = [
        other.body[[left, right], :2].mean(axis=0)
        for left, right in (
            (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER),
            (Body.LEFT_HIP, Body.RIGHT_HIP),
        )
    ]
    torso = float(np.linalg.norm(middles[0] - middles[1]))
    return bool((away[seen] < NUMBERS.agrees * torso).all())


def _legs_seen(landmarks: Landmarks, size: tuple[int, int]) -> int:
    """How many knees and ankles are seen in the picture."""
    x, y, _, visibility = landmarks.body[_LEG_JOINTS].T
    inside = (x >= 0) & (y >= 0) & (x < size[0]) & (y < size[1])
    return int((inside & (visibility > NUMBERS.seen)).sum())


def _searches(
    rgb: NDArray[np.uint8], region: Region | None, track: Track
) -> Iterator[tuple[PictureTrack, bool]]:
    """Searches, the most promising first, each with whether a person was detected in it."""
    h, w = rgb.shape[:2]
    yield track(rgb), True
    side = float(max(h, w))
    # A face that fills the picture hides its person from the detector, and inside such a picture a
    # whole small body is imagined.
    portrait = track(rgb, Region(w / 2, h / 2, NUMBERS.portrait * side))
    if _is_portrait(portrait, min(h, w)):
        yield portrait, True
    if region is not None:
        yield track(rgb, region), False
    yield track(rgb, Region(w / 2, h / 2, NUMBERS.room * side)), False
    yield track(rgb, Region(w / 2, h / 2, side)), False
    strong = _with_contrast(rgb)
    yield track(strong), True
    if region is not None:
        yield track(strong, region), False
    # Somebody small: the detector sees few pixels of a large picture.
    for top, left in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5)):
        y, x = int(top * NUMBERS.piece_from * h), int(left * NUMBERS.piece_from * w)
        rows, columns = int(NUMBERS.piece * h), int(NUMBERS.piece * w)
        piece = np.ascontiguousarray(rgb[y : y + rows, x : x + columns])
        yield _moved(track(piece), x, y, (h, w)), False


def _is_portrait(found: PictureTrack, side: int) -> bool:
    """Whether a face as wide as portraits have it lies where the body's head is."""
    if found.landmarks is None:
        return False
    face = without_false_face(found.landmarks).face
    return face is not None and float(face_width(face)) > NUMBERS.portrait_face * side


def _standing_out(rgb: NDArray[np.uint8], alpha: Float32 | None) -> tuple[Region | None, bool]:
    """The square round what differs from the picture's rim, or round the matte.

    Also whether it is surely a figure of its own: the rim is plain, or there is a matte.
    """
    h, w = rgb.shape[:2]
    scale = NUMBERS.side / max(h, w)
    least_side = NUMBERS.least_side
    size = (max(least_side, round(w * scale)), max(least_side, round(h * scale)))
    if alpha is not None:
        out = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)) > 0.5
        spread = 0.0
    else:
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)) / np.float32(255)
        lab = to_lab(small)
        rim = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
        usual = np.median(rim, axis=0)
        spread = float(np.median(np.linalg.norm(rim - usual, axis=-1)))
        out = (
            np.linalg.norm(lab - usual, axis=-1)
            > NUMBERS.differs + NUMBERS.differs_by_spread * spread
        )
    out = largest(opened(out, 1))
    box = box_of(out, 0)
    least, most = NUMBERS.area
    if box is None or not least < out.mean() < most:
        return None, False
    rows, columns = box
    height, width = rows.stop - rows.start, columns.stop - columns.start
    region = Region(
        (columns.start + columns.stop) / 2 / scale,
        (rows.start + rows.stop) / 2 / scale,
        NUMBERS.room * max(height, width) / scale,
    )
    return region, spread < NUMBERS.plain


def _agreement(landmarks: Landmarks, region: Region | None, size: tuple[int, int]) -> float:
    """How well the figure's height fits what stands out from a plain background: 0.5 to 1.

    Of a figure with an odd head a detector may take the upper half for a whole one.
    """
    if region is None:
        return 1.0
    seen = landmarks.body[landmarks.body[:, 3] > 0.5, 1]
    if landmarks.body[[Body.LEFT_HIP, Body.RIGHT_HIP], 3].min() < 0.5:
        return 1.0
    top, bottom = max(0.0, float(seen.min())), min(float(size[1]), float(seen.max()))
    blob = min(float(size[1]), region.side / NUMBERS.room)
    covered = (bottom - top) / max(1.0, blob)
    return float(np.interp(covered, NUMBERS.covered, [NUMBERS.doubted, 1.0]))


def _with_contrast(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its local contrast equalised."""
    lab = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB))
    equalizer = cv2.createCLAHE(clipLimit=NUMBERS.contrast, tileGridSize=NUMBERS.tiles)
    lab[..., 0] = equalizer.apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def _moved(found: PictureTrack, x: int, y: int, shape: tuple[int, int]) -> PictureTrack:
    """What was found in a piece of the picture, in the picture's own frame."""
    if found.landmarks is None:
        return found
    mask = np.zeros(shape, np.float32)
    h, w = found.mask.shape
    mask[y : y + h, x : x + w] = found.mask
    offset = np.array([x, y], np.float32)

    def move(points: Float32 | None) -> Float32 | None:
        if points is None:
            return None
        moved = points.copy()
        moved[:, :2] += offset
        return moved

    of = found.landmarks
    body = move(of.body)
    assert body is not None
    landmarks = Landmarks(body, of.world, move(of.left_hand), move(of.right_hand), move(of.face))
    return PictureTrack(landmarks, mask, found.presence)
