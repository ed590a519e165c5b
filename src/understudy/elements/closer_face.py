"""A closer face: the pixels of a close-up, laid onto the face of another picture.

Coarse features (light, colour, shading) stay the picture's own; fine ones (eyes, lashes, lips) come
from the close-up. Its landmarks are used as well: they were measured on many times as many pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer
from understudy.character.figure.anatomy import draw_polygon
from understudy.character.figure.find import Track
from understudy.character.figure.plausibility import without_false_face
from understudy.geometry.face_mesh import FACE_OVAL, face_width
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.media.picture import Picture

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CloserFaceNumbers:
    """When a closer face helps, and how it is blended. Lengths in face widths. Set by eye."""

    helps: float = 1.25  # times the detail of the own face: with less it would not be seen to help
    apart: float = 0.05  # RMS between the landmarks; more is another view or expression
    shear: float = 0.16  # the most that the map may shear or squeeze
    coarse: float = 0.20  # what is coarser keeps the own picture's colours
    feather: float = 0.10  # over which it fades out inside its outline,
    feather_from: float = 0.6  # of `feather`: nearer to the outline nothing is laid on
    solid: float = 0.98  # alpha: what is less is left as it is
    aliasing: float = 0.45  # px (sigma): blur that a sampled picture may keep
    least_box: int = 8  # px: a smaller box of the face is left as it is
    differs: float = 0.16  # of white: more is a lock of hair or a hand,
    doubted: float = 0.6  # of `differs`: over so much less it fades in
    differs_fine: float = 0.04  # how coarse that difference is
    cut: float = 2.2  # side of what is cut out of the closer picture
    tracked_side: int = 1280  # px: the closer picture is tracked no larger
    width: float = 320.0  # px: its face is kept no wider
    least_width: float = 14.0  # px: a narrower face in the output cannot show more
    margin: float = 0.15  # round the landmarks, in the output


NUMBERS = CloserFaceNumbers()


def with_closer_face(character: Character, closer: Picture, track: Track) -> Character | None:
    """The character with the closer picture's face.

    None where it would not visibly help, or the two faces are turned differently.
    """
    face = character.landmarks.face
    if face is None or float(face_width(face)) < NUMBERS.least_width:
        return None
    found = _closer(closer, track)
    if found is None:
        return None
    pixels, marks = found
    width = float(face_width(face))
    matrix, apart = _laid_on(marks[:, :2].astype(np.float64), face[:, :2].astype(np.float64))
    if apart > NUMBERS.apart * width or _sheared(matrix):
        return None
    body = next(layer for layer in character.layers if layer.name == "body")
    view = _box(face, width, body.rgba.shape)
    if view is None:
        return None
    rows, columns = view
    there = _brought(pixels, matrix, (columns.start, rows.start), _shape(view))
    own = body.rgba[view]
    alpha = own[..., 3]
    colours = np.asarray(own[..., :3] / np.maximum(alpha, 1e-4)[..., None], np.float32)
    outline = face[list(FACE_OVAL), :2].astype(np.float64) - (columns.start, rows.start)
    share = np.where(alpha > NUMBERS.solid, _inside(outline, width, _shape(view)), np.float32(0.0))
    if _detail(there, share) < NUMBERS.helps * _detail(colours, share):
        return None
    share = share * _agreement(there, colours, share, width)
    coarse = NUMBERS.coarse * width
    merged = there + _blurred(colours, share, coarse) - _blurred(there, share, coarse)
    merged = np.clip(merged, 0.0, 1.0)
    rgba = body.rgba.copy()
    rgba[view][..., :3] += share[..., None] * (merged - colours) * alpha[..., None]
    layers = tuple(
        Layer(layer.name, rgba.astype(np.float32)) if layer is body else layer
        for layer in character.layers
    )
    return replace(
        character, layers=layers, landmarks=_with_face(character.landmarks, marks, matrix)
    )


def _closer(picture: Picture, track: Track) -> tuple[Float32, Float32] | None:
    """The closer picture's surroundings of the face, (h, w, 3) in 0..1, and the landmarks of the
    face (468, 3) in their pixels."""
    scale = min(1.0, NUMBERS.tracked_side / max(picture.rgb.shape[:2]))
    whole = _resized(picture.rgb, scale)
    found = track(whole)
    marks = None if found.landmarks is None else without_false_face(found.landmarks)
    if marks is None or marks.face is None:
        return None
    face = marks.face.astype(np.float64)
    width = float(face_width(face))
    centre = face[list(FACE_OVAL), :2].mean(axis=0)
    low = np.maximum(0, np.floor(centre - NUMBERS.cut / 2 * width)).astype(int)
    high = np.ceil(centre + NUMBERS.cut / 2 * width).astype(int)
    cut = whole[low[1] : high[1], low[0] : high[0]]
    again = min(1.0, NUMBERS.width / width)
    face[:, :2] = (face[:, :2] - low) * again
    face[:, 2] *= again
    pixels = _resized(cut, again).astype(np.float32) / np.float32(255)
    return pixels, face.astype(np.float32)


def _resized(rgb: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    if factor >= 1.0:
        return np.ascontiguousarray(rgb)
    size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid_on(closer: Float64, own: Float64) -> tuple[Float64, float]:
    """The affine map (2, 3) that fits the closer landmarks to the figure's own best, and the
    remaining distance (RMS, pixels)."""
    homogeneous = np.concatenate([closer, np.ones((len(closer), 1))], axis=1)
    solution, *_ = np.linalg.lstsq(homogeneous, own, rcond=None)
    left = homogeneous @ solution - own
    return solution.T, float(np.sqrt((left**2).sum(axis=1).mean()))


def _sheared(matrix: Float64) -> bool:
    """Whether a map (2, 3) is far from a rotation with a uniform scale."""
    largest, smallest = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(smallest < (1 - NUMBERS.shear) * largest) or bool(np.linalg.det(matrix[:, :2]) <= 0)


def _box(face: Float32, width: float, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    room = NUMBERS.margin * width
    low = np.maximum(0, np.floor(face[:, :2].min(axis=0) - room)).astype(int)
    high = np.ceil(face[:, :2].max(axis=0) + room).astype(int)
    rows, columns = slice(low[1], min(high[1], shape[0])), slice(low[0], min(high[0], shape[1]))
    if min(_shape((rows, columns))) < NUMBERS.least_box:
        return None
    return rows, columns


def _shape(view: tuple[slice, slice]) -> tuple[int, int]:
    return view[0].stop - view[0].start, view[1].stop - view[1].start


def _brought(
    pixels: Float32, matrix: Float64, origin: tuple[int, int], shape: tuple[int, int]
) -> Float32:
    """The closer pixels, resampled to the box of `shape` (h, w) at `origin` of the canvas."""
    factor = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    if factor < 1.0:
        # What the sampling below cannot show must go first.
        sigma = NUMBERS.aliasing * np.sqrt(1.0 / factor**2 - 1.0) + 1e-3
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.float32)
    shifted = matrix.copy()
    shifted[:, 2] -= origin
    shifted[:, 2] += shifted[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return np.asarray(
        cv2.warpAffine(
            pixels,
            shifted,
            (shape[1], shape[0]),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def _inside(outline: Float64, width: float, shape: tuple[int, int]) -> Float32:
    """1 within the face, fading to 0 at its outline: (h, w)."""
    inside = draw_polygon(shape, outline).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    t = np.clip(depth / max(1.0, NUMBERS.feather * width) - NUMBERS.feather_from, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _blurred(image: Float32, share: Float32, sigma: float) -> Float32:
    """An image blurred within a mask alone."""
    mask = (share > 0).astype(np.float32)
    weight = cv2.GaussianBlur(mask, (0, 0), sigma)
    total = cv2.GaussianBlur(image * mask[..., None], (0, 0), sigma)
    return np.asarray(total / np.maximum(weight, 1e-3)[..., None], np.float32)


def _agreement(there: Float32, own: Float32, share: Float32, width: float) -> Float32:
    """1 where both faces show the same, 0 where hair or background covers one of them: (h, w)."""
    coarse = [_blurred(image, share, NUMBERS.differs_fine * width) for image in (there, own)]
    apart = coarse[0] - coarse[1]
    apart = np.abs(apart - np.median(apart[share > 0.5], axis=0)).max(axis=-1)
    t = np.clip(
        (NUMBERS.differs - cv2.GaussianBlur(apart, (0, 0), NUMBERS.differs_fine * width))
        / (NUMBERS.doubted * NUMBERS.differs),
        0,
        1,
    )
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _detail(image: Float32, share: Float32) -> float:
    """The mean contrast of neighbouring pixels where `share` is large."""
    grey = np.asarray(image.mean(axis=-1), np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.0))
    inner = share > 0.5
    return float(fine[inner].mean()) if inner.any() else 0.0


def _with_face(marks: Landmarks, closer: Float32, matrix: Float64) -> Landmarks:
    face = closer.astype(np.float64)
    face[:, 2] *= np.sqrt(np.linalg.det(matrix[:, :2]))
    face[:, :2] = face[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return replace(marks, face=face.astype(np.float32))
