"""The body under the arms: its outline there, and its texture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt

from understudy.character.figure.anatomy import Anatomy, draw_disc
from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, box_of, depth, grow, soften
from understudy.character.inpaint.poisson import fill_smoothly
from understudy.character.layers.arm_lines import Pen, drawn_edge
from understudy.character.layers.behind_arms import colours_behind, hidden_behind, seen_behind
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.character.layers.trunk import trunk_outline
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class BodyFillNumbers:
    """How the body is continued under the arms. T is the torso's length. All set by eye."""

    head: float = 0.5  # face widths: radius of the head under an arm
    figure: float = 0.3  # alpha from which on a pixel is figure
    solid: float = 0.97  # alpha of the pixels that the body is continued from
    above_neck: float = 0.08  # T: hair from here down hangs in front of the trunk
    far_under: float = 14  # px at 720: how far round what is hidden the body is filled beside it
    disc_margin: float = 4  # px at 720: round the shoulder's disc,
    disc_soft: float = 1.5  # px at 720: and the deviation of its edge
    least_crease: float = 3.0  # px at 720
    nearest_view: int = 8  # px at 720: round what is filled, where nearest colours are looked for
    nearest_blur: float = 1.0  # px at 720: deviation with which these are smoothed
    view: float = 0.5  # T: round what is filled, where rows' colours are looked for
    least_window: int = 4  # px at 720
    least_steadied: float = 1.0  # px at 720
    shoulder_disc: float = 0.1  # T: the body keeps the picture's own pixels under the shoulder
    window: float = 0.085  # T: how much of the row beside the arm gives its colour
    wide_window: float = 0.5  # of what is filled: how much of the row counts at least
    strip: float = 20.0  # Lab: a strip beside the arm differs so much from what lies beyond it,
    sleeve: float = 14.0  # Lab: and no more than this from the arm
    strip_reach: float = 0.03  # T: up, down and aside, over which their colours are taken
    mixed: float = 2.0  # px at 720: so near the arm a pixel is half the arm's
    rim: float = 4.0  # px at 720: how far the body goes on under an arm that lies beside it
    crease: float = 0.03  # T: width of the dark line between arm and body, no colour of the body
    strand: float = 0.06  # T: a crease so far from what is surely body is a strand by itself
    crease_depth: float = 6  # Lab: how much darker it is than both its sides
    steadied: tuple[float, float] = (0.06, 0.012)  # white, T: differences of rows evened out
    own_fade: float = 4  # px at 720: over which the row's tone replaces the nearest colour
    least_samples: int = 6  # pixels: of fewer the median is not reliable
    grain_blur: float = 3  # px at 720: what is finer is grain
    most_grain: float = 0.06  # of white: more is a thing, not grain


NUMBERS = BodyFillNumbers()
RIM = NUMBERS.rim


@dataclass(frozen=True, slots=True, eq=False)
class HiddenBody:
    """under: (h, w) bool, where the body goes on under an arm. colours: (h, w, 3) float32."""

    under: Mask
    colours: Float32


@dataclass(frozen=True, slots=True, eq=False)
class Jacket:
    """What tells that a jacket goes on under the arm, of which only a narrow strip is seen before
    a shirt: that strip is of the sleeve's colour, and is continued instead of the shirt.

    strip: (h, w) bool, the body's own colours close to the arm. sleeve: (h, w) bool, the arms.
    """

    strip: Mask
    sleeve: Mask


def hidden_body(
    colours: Float32, alpha: Float32, parts: Parts, anatomy: Anatomy, pen: Pen | None = None
) -> HiddenBody:
    """Continue the body under its arms.

    colours: (h, w, 3) float32 sRGB 0..1; alpha: (h, w) float32. pen: what a drawing's outlines are
    drawn with; None of other pictures.
    """
    hidden = (parts.labels == ARMS[0]) | (parts.labels == ARMS[1])
    shape, unit = alpha.shape, anatomy.torso
    behind = seen_behind(colours, alpha, parts, anatomy)
    trunk = trunk_outline(alpha, parts, anatomy, behind)
    under = trunk | draw_disc(shape, anatomy.head, NUMBERS.head * anatomy.face_width)
    discs = np.zeros(shape, bool)
    for arm, mask in zip(anatomy.arms, parts.arms, strict=True):
        if mask is not None:
            discs |= draw_disc(shape, arm.shoulder, NUMBERS.shoulder_disc * unit)
    discs &= hidden
    under = (under | discs) & hidden & (alpha > NUMBERS.figure)
    hanging = hidden_behind(parts, behind, anatomy) & ~under & (alpha > NUMBERS.figure)

    # Hair beside the arm hangs in front of the trunk; beside the head it is the head.
    low = np.arange(shape[0])[:, None] > anatomy.neck[1] - NUMBERS.above_neck * unit
    body = parts.labels == BODY
    seen = body & (alpha > NUMBERS.solid)
    beside = grow(hidden, max(NUMBERS.least_crease, NUMBERS.crease * unit))
    known = seen & ~beside & ~(parts.hair & low)
    crease = seen & beside & low & ~parts.hair & _dark_lines(colours, NUMBERS.crease * unit)
    # Next to the arm a pixel is half the arm's.
    clear = seen & ~grow(hidden, NUMBERS.mixed)
    own = clear & ~crease
    # A narrow strand that hangs beside the arm is all crease: it keeps its own colours.
    own |= clear & (depth(~own) > RIM) & (depth(~known) > NUMBERS.strand * unit)
    # The body goes on a little under the arm everywhere, or a see-through line runs round it.
    rim = hidden & grow(body, RIM) & (alpha > NUMBERS.figure)
    needed = grow(under, NUMBERS.far_under) & beside | rim | (seen & ~own) | grow(hanging, RIM)
    needed &= ~own
    jacket = Jacket(own & trunk & ~(parts.hair & low), hidden)
    filled = fill_sideways(colours, known & ~behind, needed, unit, jacket=jacket)
    # Close to what is seen its own colours go on; the rows' tones are for farther away.
    nearby = _continued(colours, own, needed)
    if behind.any():
        nearby = np.where(trunk[..., None], _continued(colours, own & ~behind, needed), nearby)
    if hanging.any():
        there = (grow(hanging, RIM) & ~trunk)[..., None]
        nearby = np.where(there, _continued(colours, own & behind, needed), nearby)
        filled = np.where(there, colours_behind(colours, seen & ~beside & behind, unit), filled)
    share = np.clip((depth(~own)[..., None] - RIM) / NUMBERS.own_fade, 0, 1)
    filled = np.where(needed[..., None], nearby * (1 - share) + filled * share, colours)
    whole = under | hanging | rim
    if pen is not None:
        uncovered = hidden & ~grow(discs, NUMBERS.disc_margin)
        for part in (trunk, body | whole):
            filled = drawn_edge(filled, part, uncovered & part, pen, unit)
    keep = soften(grow(discs, NUMBERS.disc_margin), NUMBERS.disc_soft)[..., None]
    return HiddenBody(whole, np.asarray(filled * (1 - keep) + colours * keep, np.float32))


def _continued(colours: Float32, own: Mask, needed: Mask) -> Float32:
    """The colours of `own` continued over its edge, each pixel taking its nearest one's."""
    view = box_of(needed, NUMBERS.nearest_view)
    if view is None or not own[view].any():
        return colours
    index = distance_transform_edt(~own[view], return_distances=False, return_indices=True)
    piece = colours[view][index[0], index[1]]
    out = colours.copy()
    out[view] = cv2.GaussianBlur(piece, (0, 0), NUMBERS.nearest_blur)
    return out


def _dark_lines(colours: Float32, width: float) -> Mask:
    """Thin lines darker than both their sides, at most `width` pixels wide: (h, w) bool."""
    light = to_lab(colours)[..., 0]
    r = max(1, round(width / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    return grow(
        np.asarray(cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, kernel)) > NUMBERS.crease_depth, 1
    )


def fill_sideways(  # noqa: PLR0913 - two of them have defaults
    colours: Float32,
    known: Mask,
    needed: Mask,
    unit: float,
    *,
    jacket: Jacket | None = None,
    window: float = NUMBERS.window,
    steadied: tuple[float, float] = NUMBERS.steadied,
) -> Float32:
    """Continue the body sideways: each row's usual colour next to the arm, and its grain mirrored.

    A median keeps cords, seams and the arm's own shadow from being continued with the cloth.
    colours: (h, w, 3) float32 sRGB 0..1. unit: the torso's length in pixels. jacket: see `Jacket`.
    window, steadied: see `BodyFillNumbers`.
    """
    view = box_of(needed, NUMBERS.view * unit)
    if view is None or not known.any():
        return colours.copy()
    piece, here, want = colours[view], known[view], needed[view]
    tones = _Tones(
        piece,
        here,
        None if jacket is None else Jacket(jacket.strip[view] & ~here, jacket.sleeve[view]),
        window=max(NUMBERS.least_window, round(window * unit)),
        near=max(1, round(NUMBERS.strip_reach * unit)),
    )
    tone, told = _row_tones(tones, want)
    tone = fill_smoothly(np.where(told[..., None], tone, piece), ~(told | here))
    # Each row was judged alone: make neighbours agree, but keep hems.
    along = max(NUMBERS.least_steadied, steadied[1] * unit)
    steady = cv2.bilateralFilter(tone, 0, steadied[0], along)
    filled = steady + _mirrored_grain(piece, here, want)
    out = colours.copy()
    out[view] = np.where(want[..., None], np.clip(filled, 0, 1), piece)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Tones:
    """What the tones beside a gap are told from.

    colours: (h, w, 3); here: (h, w) bool, what is known. window: pixels along a row; near: pixels
    in every direction, of the jacket.
    """

    colours: Float32
    here: Mask
    jacket: Jacket | None
    window: int
    near: int

    def beside(self, y: int, end: int, side: int, reach: int) -> Float32 | None:
        """The tone (3,) on one side (-1 left, 1 right) of a gap that ends before column `end`."""
        h = len(self.here)
        # A few rows together: one row of a few pixels has no reliable median.
        rows = slice(max(0, y - 1), min(h, y + 2))
        row = slice(max(0, end - reach), end) if side < 0 else slice(end, end + reach)
        usual = _median(self.colours[rows, row], self.here[rows, row])
        if self.jacket is None:
            return usual
        rows = slice(max(0, y - self.near), min(h, y + self.near + 1))
        row = slice(max(0, end - 2 * self.near), end + 2 * self.near)
        strip = _median(self.colours[rows, row], self.jacket.strip[rows, row])
        sleeve = _median(self.colours[rows, row], self.jacket.sleeve[rows, row])
        if strip is None or sleeve is None or _apart(strip, sleeve) > NUMBERS.sleeve:
            return usual
        if usual is None or _apart(strip, usual) > NUMBERS.strip:
            return strip
        return usual


def _apart(one: Float32, other: Float32) -> float:
    """How much two colours (3,) differ, Lab."""
    first, second = to_lab(np.stack([one, other])[None])[0]
    return float(np.linalg.norm(first - second))


def _row_tones(tones: _Tones, want: Mask) -> tuple[Float32, Mask]:
    """For each wanted pixel the median of what is known beside it in its row.

    Between two sides the tone runs from one to the other. Returns the tones (h, w, 3) and where
    there are any (h, w).
    """
    h, w = want.shape
    tone = np.zeros((h, w, 3), np.float32)
    told = np.zeros((h, w), bool)
    for y in np.flatnonzero(want.any(axis=1)):
        gap = ~tones.here[y]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], gap.astype(np.int8), [0]])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            wide = int(want[y, start:stop].sum())
            if wide == 0:
                continue
            # What is wide is not continued from a button beside it.
            reach = max(tones.window, round(NUMBERS.wide_window * wide))
            left = tones.beside(int(y), int(start), -1, reach)
            right = tones.beside(int(y), int(stop), 1, reach)
            if left is None and right is None:
                continue
            t = (np.arange(start, stop) - start + 0.5)[:, None] / (stop - start)
            if left is None or right is None:
                side = left if left is not None else right
                tone[y, start:stop] = side
            else:
                tone[y, start:stop] = left * (1 - t) + right * t
            told[y, start:stop] = True
    return tone, told


def _median(values: Float32, here: Mask) -> Float32 | None:
    """The median of the colours (h, w, 3) that are here, (3,). NumPy's own takes twice the time,
    for thousands of a few pixels each."""
    chosen = values[here]
    count = len(chosen)
    if count < NUMBERS.least_samples:
        return None
    low, high = (count - 1) // 2, count // 2
    chosen.partition((low, high), axis=0)
    return np.asarray((chosen[low] + chosen[high]) / np.float32(2), np.float32)


def _mirrored_grain(piece: Float32, here: Mask, want: Mask) -> Float32:
    """The fine detail of the rows, reflected at the rim of what is known: (h, w, 3)."""
    h, w = here.shape
    blur = NUMBERS.grain_blur
    weight = cv2.GaussianBlur(here.astype(np.float32), (0, 0), blur)
    mean = (
        cv2.GaussianBlur(piece * here[..., None], (0, 0), blur)
        / np.maximum(weight, 1e-3)[..., None]
    )
    grain = np.where(
        here[..., None], np.clip(piece - mean, -NUMBERS.most_grain, NUMBERS.most_grain), 0
    )
    columns = np.broadcast_to(np.arange(w)[None], (h, w))
    last = np.maximum.accumulate(np.where(here, columns, -(10**6)), axis=1)
    following = np.where(here, columns, 10**6)[:, ::-1]
    nxt = np.minimum.accumulate(following, axis=1)[:, ::-1]
    mirrored = np.where(columns - last <= nxt - columns, 2 * last - columns, 2 * nxt - columns)
    usable = want & (mirrored >= 0) & (mirrored < w)
    source = np.clip(mirrored, 0, w - 1)
    rows = np.broadcast_to(np.arange(h)[:, None], (h, w))
    return np.asarray(grain[rows, source] * usable[..., None], np.float32)
