"""The drawn lines round an arm: of a drawing with outlines they are the arm's, which lies in front.

Left to the body they would stay when the arm moves, and the arm would end without a line. Where the
arm uncovers the edge of the trunk or of the whole body, that gets a line of the same pen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from understudy.character.figure.outlined import outlined_share
from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, box_of, grow, soften, touching, without_small
from understudy.character.layers.parts import ARMS, BODY, NOTHING, Parts
from understudy.character.matte.matte import Matte
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class ArmLineNumbers:
    """What the drawn lines of an arm are. T is the torso's length."""

    share: float = 0.5
    """Of an arm's contour that is a line of one ink, from which on the arm is drawn with outlines:
    .57 to .78 in three drawings with outlines, .45 at most in photos and paintings."""
    view: float = 0.15
    """T: round the arm, what is looked at."""
    darker: float = 12.0
    """Lab: how much darker than both its sides a line is."""
    widest: float = 0.05
    """T: of a line."""
    ink: float = 14.0
    """Lab: how far its colour lies from the usual one of the arm's lines, in its middle."""
    reach: float = 0.03
    """T: how far from the arm its line reaches,"""
    begins: int = 3
    """px: and how near to it begins."""
    least: int = 100
    """px: fewer of the line tell neither its colour nor its width."""
    width: tuple[float, float] = (2.0, 0.03)
    """px, T: bounds of the pen's width."""
    shortest: float = 0.12
    """T: of a line along an edge,"""
    blur: float = 0.7
    """px: and the deviation with which it is drawn."""
    smooth: float = 0.02
    """T: deviation with which the edge is made even before a line is drawn along it."""


NUMBERS = ArmLineNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Pen:
    """What a drawing's outlines are drawn with. colour: (3,) float32 sRGB 0..1. width: pixels."""

    colour: Float32
    width: float


def with_their_lines(matte: Matte, parts: Parts, torso: float) -> tuple[Parts, Pen | None]:
    """The parts, with the lines round drawn arms as the arms', and the pen; None where no arm is
    drawn with outlines. torso: pixels."""
    n, labels, arms = NUMBERS, parts.labels, list(parts.arms)
    lines = np.zeros(labels.shape, bool)
    edge = 0
    for side, (label, arm) in enumerate(zip(ARMS, parts.arms, strict=True)):
        view = None if arm is None else box_of(labels == label, n.view * torso)
        if view is None or arm is None:
            continue
        alpha = matte.alpha[view][..., None]
        picture = np.asarray(matte.colours[view] * alpha + 1 - alpha, np.float32)
        here = labels[view] == label
        if outlined_share(picture, here.astype(np.float32), torso) < n.share:
            continue
        dark = _lines(picture, n.widest * torso)
        round_it = grow(here, n.reach * torso) & ~_inner(here, n.reach * torso)
        # The body's own outline may lie in front of the arm: it is of another ink, or nobody's.
        lab = to_lab(picture)
        border = dark & round_it & (here | grow(labels[view] == NOTHING, n.reach * torso))
        if border.sum() < n.least:
            continue
        ink = np.median(lab[border], axis=0)
        line = dark & grow(np.linalg.norm(lab - ink, axis=-1) < n.ink, 1) & round_it
        own = line & (labels[view] == BODY) & ~parts.overlay[view]
        own = touching(own, own & grow(here, n.begins))
        lines[view] |= line & (here | own)
        edge += int((here & ~_inner(here, 1)).sum())
        labels = labels.copy()
        labels[view][own] = label
        whole = arm.copy()
        whole[view] |= own
        arms[side] = whole
    count = int(lines.sum())
    if count < n.least:
        return parts, None
    width = float(np.clip(count / max(1, edge), n.width[0], n.width[1] * torso))
    pen = Pen(np.median(matte.colours[lines], axis=0).astype(np.float32), width)
    overlay = parts.overlay & (labels == BODY)
    return replace(parts, labels=labels, arms=(arms[0], arms[1]), overlay=overlay), pen


def drawn_edge(colours: Float32, part: Mask, where: Mask, pen: Pen, torso: float) -> Float32:
    """The colours with a line along a part's edge, where an arm hides it.

    colours: (h, w, 3) float32 sRGB 0..1. part: (h, w) bool, its hidden parts included. where:
    (h, w) bool, what the line may be drawn on.
    """
    view = box_of(where, 2 * pen.width)
    if view is None:
        return colours
    even = soften(part[view], NUMBERS.smooth * torso) > 0.5
    line = even & ~_inner(even, pen.width) & where[view]
    line = without_small(line, NUMBERS.shortest * torso * pen.width)
    ink = soften(line, NUMBERS.blur)[..., None]
    out = colours.copy()
    out[view] = colours[view] * (1 - ink) + pen.colour * ink
    return out


def _inner(mask: Mask, margin: float) -> Mask:
    return ~grow(~mask, margin)


def _lines(picture: Float32, widest: float) -> Mask:
    """Lines darker than both their sides, (h, w) bool."""
    light = to_lab(picture)[..., 0]
    r = max(1, round(widest / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    darker = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, kernel)
    return np.asarray(darker > NUMBERS.darker)
