"""The figure below the picture's lower edge, for when it rises or the camera pulls back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from understudy.character.character import Layer
from understudy.character.figure.anatomy import Anatomy, ArmBones, Points, draw_bones, draw_disc
from understudy.character.image.masks import Mask, soften
from understudy.character.layers.arms import ELBOW, WRIST
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class BelowEdgeNumbers:
    """How a figure goes on below the picture. T is the torso's length. All set by eye."""

    few: int = 14  # rows: repeating fewer than these makes a pattern
    rim: int = 3  # rows: pictures often end in a dark or a light line
    cut: float = 0.03  # of the picture's width: a figure that meets the edge in less ends inside
    rows: tuple[float, float] = (0.35, 1.2)  # of the longer side, T: the most that is added
    alike: tuple[float, float] = (0.16, 0.55)  # white: of one colour; share of a row: of one cloth
    repeat: float = 0.12  # T: the most rows that are repeated
    least_run: int = 4  # px: a narrower stretch is not continued
    slope: float = 0.15  # T: how far up an outline's direction is measured
    steepest: float = 0.6  # px a row
    straightens: float = 40.0  # rows after which an outline goes on straight down
    hem: float = 0.7  # of its width: how long the round end of cloth is that hangs from an arm
    sleeve: float = 3.0  # half widths of a bare arm: the width of a sleeve
    elbow: float = 1.4  # half widths of a bare elbow: its disc
    soft: float = 1.2  # px: the edge of an arm that ends
    solid: float = 0.97  # alpha from which a pixel is surely figure
    least_rows: tuple[int, int] = (3, 4)  # repeated at least, and where nothing is solid
    smooth: float = 2.0  # rows (sigma): over which likeness and outlines are smoothed
    reach: int = 4  # px: an outline that moves by more from row to row has ended
    least_outline: int = 6  # rows: a shorter outline has no direction
    least_width: float = 3.0  # px: no run closes to less


NUMBERS = BelowEdgeNumbers()


def pad_rows(alpha: Float32, unit: float) -> int:
    """How many rows the layers need past the canvas: 0 where the figure ends inside it.

    alpha: (h, w) float32, the figure's matte; unit: torso length in pixels.
    """
    h, w = alpha.shape
    if (alpha[-NUMBERS.rim - 1 :].max(axis=0) > 0.5).sum() <= NUMBERS.cut * w:
        return 0
    return int(min(NUMBERS.rows[0] * max(h, w), NUMBERS.rows[1] * unit))


def extend(layer: Layer, pad: int, anatomy: Anatomy) -> Layer:
    """Continue a layer by `pad` rows past the canvas.

    A skirt stays a skirt and a leg a leg. An arm ends where its bones end, and cloth that hangs
    from it in a round hem: lifted, it would show the straight cut of the picture's edge.
    """
    if pad == 0:
        return layer
    out = continued(layer.rgba, pad, anatomy.torso)
    if layer.name in {"left_arm", "right_arm"}:
        arm = anatomy.arms[0 if layer.name == "left_arm" else 1]
        first = len(layer.rgba) - NUMBERS.rim
        shape = _arm_shape((len(out), out.shape[1]), arm, anatomy.torso)
        for run in _runs(layer.rgba[..., 3], first - 1, anatomy.torso):
            shape |= _hem(shape.shape, first, run)
        out[first:] *= soften(shape, NUMBERS.soft)[first:, :, None]
    return Layer(layer.name, out)


def continued(rgba: Float32, pad: int, unit: float) -> Float32:
    """Pixels (h, w, 4), premultiplied, continued by `pad` rows: (h + pad, w, 4).

    Outlines go on in their own direction, the texture runs back the way it came. unit: torso
    length in pixels.
    """
    h, w = rgba.shape[:2]
    last = h - NUMBERS.rim - 1
    out = np.zeros((h + pad, w, 4), np.float32)
    out[: last + 1] = rgba[: last + 1]
    runs = _runs(rgba[..., 3], last, unit)
    turn = _repeatable(rgba, last, unit)
    steady = rgba[last - turn : last + 1].mean(axis=0) if turn < NUMBERS.few else None
    for y in range(last + 1, h + pad):
        down = y - last
        back = down % (2 * turn)
        source = rgba[last - (back if back < turn else 2 * turn - back)]
        if steady is not None:
            source = steady
        for run in runs:
            _stretch(source, out[y], run, down)
    return out


def _repeatable(rgba: Float32, last: int, unit: float) -> int:
    """How many rows above the edge look alike: what may be repeated without showing."""
    first = max(0, last - int(NUMBERS.repeat * unit))
    inside = rgba[last, :, 3] > NUMBERS.solid
    if not inside.any():
        return NUMBERS.least_rows[1]
    apart = np.abs(rgba[first : last + 1, inside, :3] - rgba[last, inside, :3])
    alike = (apart.max(axis=-1) < NUMBERS.alike[0]).mean(axis=1)
    other = np.flatnonzero(gaussian_filter1d(alike, NUMBERS.smooth) < NUMBERS.alike[1])
    rows = last - first if other.size == 0 else last - first - int(other[-1]) - 2
    return max(NUMBERS.least_rows[0], rows)


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the figure in the last row: its ends there, and how they move per row."""

    left: int
    right: int
    slope_left: float
    slope_right: float


def _runs(alpha: Float32, last: int, unit: float) -> list[_Run]:
    inside = alpha[last] > 0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    runs = []
    for left, right in zip(edges[::2], edges[1::2] - 1, strict=True):
        if right - left >= NUMBERS.least_run:
            runs.append(
                _Run(
                    int(left),
                    int(right),
                    _slope(alpha, last, int(left), -1, unit),
                    _slope(alpha, last, int(right), 1, unit),
                )
            )
    return runs


def _slope(alpha: Float32, last: int, end: int, side: int, unit: float) -> float:
    """How far the outline that passes `end` moves sideways per row, looking up from the edge."""
    w = alpha.shape[1]
    if end in (0, w - 1):
        return 0.0
    xs: list[float] = []
    x = end
    for y in range(last, max(0, last - int(NUMBERS.slope * unit)), -1):
        row = alpha[y] > 0.5
        reach = NUMBERS.reach
        # Follow the outline from row to row; stop where it jumps.
        near = range(max(0, x - reach), min(w - 1, x + reach) + 1)
        at = [i for i in near if row[i] and not (0 <= i + side < w and row[i + side])]
        if not at:
            break
        x = min(at, key=lambda i: abs(i - x))
        xs.append(float(x))
    if len(xs) < NUMBERS.least_outline:
        return 0.0
    smooth = gaussian_filter1d(np.array(xs), NUMBERS.smooth)
    slope = float(np.polyfit(np.arange(len(smooth)), smooth, 1)[0])
    return float(np.clip(-slope, -NUMBERS.steepest, NUMBERS.steepest))


def _stretch(source: Float32, target: Float32, run: _Run, down: int) -> None:
    """Draw a row of the extension: the run of the source row, moved and widened as it goes on."""
    w = len(source)
    # Outlines straighten as they go on; a run never closes.
    over = NUMBERS.straightens
    fall = over * (1 - np.exp(-down / over)) if down else 0.0
    left, right = run.left + run.slope_left * fall, run.right + run.slope_right * fall
    if right - left < NUMBERS.least_width:
        middle, half = (left + right) / 2, NUMBERS.least_width / 2
        left, right = middle - half, middle + half
    a, b = max(0, int(np.floor(left)) - 2), min(w, int(np.ceil(right)) + 3)
    xs: Points = np.arange(a, b, dtype=np.float64)
    share = (xs - left) / (right - left)
    at = np.clip(run.left + np.clip(share, 0, 1) * (run.right - run.left), 0, w - 1)
    low = np.minimum(at.astype(int), w - 2)
    t = (at - low)[:, None]
    colour = source[low] * (1 - t) + source[low + 1] * t
    # The row that is copied may be narrower here than the outline: go on with what is solid.
    solid = colour[:, 3] > NUMBERS.solid
    edge = np.clip(np.minimum(xs - left, right - xs) + 1.0, 0, 1)[:, None]
    drawn = _nearest(colour, solid) * edge
    target[a:b] = np.where(drawn[:, 3:] > target[a:b, 3:], drawn, target[a:b])


def _nearest(colour: Points, solid: Mask) -> Points:
    """The colour of the nearest solid sample for each."""
    known = np.flatnonzero(solid)
    if known.size == 0:
        return np.zeros_like(colour)
    places = np.arange(len(colour))
    following = np.clip(np.searchsorted(known, places), 0, known.size - 1)
    before = np.clip(following - 1, 0, known.size - 1)
    closer = np.abs(known[before] - places) < np.abs(known[following] - places)
    return np.asarray(colour[np.where(closer, known[before], known[following])])


def _hem(shape: tuple[int, int], first: int, run: _Run) -> Mask:
    """A run down to row `first` and its round end below, (h, w) bool."""
    rows = np.maximum(np.arange(shape[0])[:, None] - first, 0)
    columns = np.arange(shape[1])[None]
    width = run.right - run.left + 1
    middle = (run.left + run.right) / 2 + (run.slope_left + run.slope_right) / 2 * rows
    across, down = (columns - middle) / (width / 2), rows / (NUMBERS.hem * width)
    return np.asarray(across**2 + down**2 <= 1)


def _arm_shape(shape: tuple[int, int], arm: ArmBones, unit: float) -> Mask:
    """Where an arm can be at most: its bones, as thick as sleeves are."""
    mask = draw_bones(shape, [(arm.shoulder, arm.elbow)], NUMBERS.sleeve * ELBOW * unit)
    mask |= draw_disc(shape, arm.elbow, NUMBERS.elbow * ELBOW * unit)
    return mask | draw_bones(shape, [(arm.elbow, arm.wrist)], NUMBERS.sleeve * WRIST * unit)
