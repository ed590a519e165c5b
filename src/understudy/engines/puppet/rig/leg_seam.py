"""The leg seam: the line from the leg split to the soles along which the two legs come apart.

It is the cheapest path down the rows between the two legs' bones: through the gap where there is
one, else along the outline that one leg has before the other, else midway. Feet are part of it: a
shoe that stands before the other one is not cut in two.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.skeleton import LEGS, Skeleton
from understudy.geometry.viterbi import cheapest_path

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LegSeamNumbers:
    """What the path goes by. Lengths in torsos (T) unless said otherwise; costs are those of a row
    that is covered.

    grid: between places that the path may take. least_rows: of the grid; with fewer there is no
        seam.
    apart: legs whose bones come closer than this are not told apart. Down to the knees they must
        not; below, `room` on either side of their middle is looked at all the same.
    below: how far below the toes soles reach. beside: how far beside the bones a foot may end.
    clear: how far from what is covered the path keeps in a gap (sigma); beside_gap: what it costs
        to come nearer.
    outline: over how much the colours of an outline are compared (sigma). colours: CIELAB, a change
        over it that is an outline for sure; valley: lightness by which a drawn line or a shade
        between two legs is darker than what is beside it (over `valley_reach`).
    worth: share of the cost that an outline saves. centre: cost on the bones, nothing midway.
    sideways: cost of a step aside by as much as the path goes down. steepest: such steps a row.
    smooth: of the path (sigma).
    """

    grid: float = 0.008
    least_rows: int = 4
    apart: float = 0.04
    room: float = 0.05
    below: float = 0.12
    beside: float = 0.12
    clear: float = 0.015
    beside_gap: float = 0.3
    outline: float = 0.008
    colours: float = 12.0
    valley: float = 15.0
    valley_reach: float = 0.05
    worth: float = 0.85
    centre: float = 0.6
    sideways: float = 0.6
    steepest: int = 3
    smooth: float = 0.012


NUMBERS = LegSeamNumbers()


def find_leg_seam(rgba: Float32, skeleton: Skeleton, top: float) -> Float64 | None:
    """The x of the seam in each row of a layer: (H,); None where the legs cross in the picture.

    rgba: the body layer (H, W, 4) premultiplied. top: canvas y of the leg split.
    """
    torso, height = skeleton.torso, len(rgba)
    step = max(1, round(NUMBERS.grid * torso))
    soles = skeleton.joints[[j for limb in LEGS for j in limb.joints[2:]], 1].max()
    bottom = min(height - 1.0, float(soles) + NUMBERS.below * torso)
    rows = np.arange(max(0.0, top), bottom, step)
    if len(rows) < NUMBERS.least_rows:
        return None
    left, right = (leg_line(skeleton, side, rows) for side in (0, 1))
    knees = float(skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE], 1].max())
    ankles = float(skeleton.joints[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE], 1].min())
    between = left - right
    if between.min() < -NUMBERS.apart * torso:
        return None
    if between[rows < knees].min(initial=np.inf) < NUMBERS.apart * torso:
        return None
    middle = (left + right) / 2
    feet = NUMBERS.beside * torso * (rows > ankles)
    half = np.maximum(between / 2, NUMBERS.room * torso)
    columns = np.arange((middle - half - feet).min(), (middle + half + feet).max() + step, step)
    aside = np.abs(columns - middle[:, None])
    cost = _cost_of_crossing(rgba, skeleton, rows, columns)
    widest = (half + feet)[:, None]
    cost += NUMBERS.centre * (aside / widest) ** 2
    cost[aside > widest] = np.inf
    steps = np.abs(np.arange(len(columns))[:, None] - np.arange(len(columns)))
    price = np.where(steps <= NUMBERS.steepest, NUMBERS.sideways * steps, np.inf)
    path = columns[cheapest_path(cost, price)]
    smooth = gaussian(path, NUMBERS.smooth * torso / step)
    return np.asarray(np.interp(np.arange(height), rows, smooth))


def leg_line(skeleton: Skeleton, side: int, rows: Float64 | NDArray[np.int64]) -> Float64:
    """The x of a leg's middle in each row, down to its toes."""
    places = skeleton.joints[list(LEGS[side].joints)]
    y = np.maximum.accumulate(places[:, 1]) + np.arange(4) * 1e-3
    return np.asarray(np.interp(rows, y, places[:, 0]))


def _cost_of_crossing(
    rgba: Float32, skeleton: Skeleton, rows: Float64, columns: Float64
) -> Float64:
    """What the path pays for what is drawn at places of a grid: (rows, columns) in 0..1."""
    torso = skeleton.torso
    margin = int(np.ceil(3 * NUMBERS.valley_reach * torso))
    top, left = int(rows[0]) - margin, int(columns[0]) - margin
    view = (
        slice(max(0, top), int(rows[-1]) + margin),
        slice(max(0, left), max(1, int(columns[-1]) + margin)),
    )
    piece = rgba[view]
    alpha = np.ascontiguousarray(piece[..., 3])
    colour = np.clip(piece[..., :3] / np.maximum(piece[..., 3:], 1e-3), 0.0, 1.0)
    lab = cv2.cvtColor(np.ascontiguousarray(colour), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), max(0.5, NUMBERS.outline * torso))
    reach = max(1.0, 2.0 * NUMBERS.outline * torso)
    moved = [_shifted(lab, sign * reach) for sign in (-1, 1)]
    change = np.sqrt(((moved[1] - moved[0]) ** 2).sum(axis=-1)) / NUMBERS.colours
    reach = max(1.0, NUMBERS.valley_reach * torso)
    beside = np.minimum(*(_shifted(lab[..., :1], sign * reach)[..., 0] for sign in (-1, 1)))
    valley = (beside - lab[..., 0]) / NUMBERS.valley
    outline = np.clip(np.maximum(change, valley), 0.0, 1.0)
    covered = cv2.GaussianBlur(alpha, (0, 0), max(0.5, NUMBERS.clear * torso))
    cost = alpha * (1.0 - NUMBERS.worth * outline) + NUMBERS.beside_gap * covered
    cost = np.asarray(cost, np.float32)
    x, y = np.meshgrid(columns - view[1].start, rows - view[0].start)
    maps = x.astype(np.float32), y.astype(np.float32)
    return cv2.remap(cost, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT).astype(
        np.float64
    )


def _shifted(image: cv2.typing.MatLike, pixels: float) -> Float32:
    """An image (h, w, C) as seen so many pixels farther to the right."""
    move = np.array([[1, 0, -pixels], [0, 1, 0]], np.float32)
    shifted = cv2.warpAffine(
        image, move, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(shifted.reshape(image.shape), np.float32)
