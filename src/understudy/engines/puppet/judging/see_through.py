"""Parts of the figure through which the background is seen: a matte that made a ghost of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.character.character import Character
from understudy.engines.puppet.judging.across_bones import alpha_across
from understudy.engines.puppet.judging.body_parts import BodyPart, ends_of
from understudy.engines.puppet.rig.sheet import is_sheet
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import with_knuckles


@dataclass(frozen=True, slots=True)
class SeeThroughNumbers:
    """When a part is half transparent. Cloth and glow beside the bones may well be."""

    solid: float = 0.8
    """Median alpha along the middle of a part's bone from which on the part is solid."""
    middle: tuple[float, float] = (0.15, 0.85)
    """Of the bone: what is looked at,"""
    places: int = 21
    """in so many places,"""
    least_places: int = 5
    """of which at least so many must lie in the picture."""
    beside: tuple[float, ...] = (-0.08, -0.04, 0.0, 0.04, 0.08)
    """T: a part that is solid this far beside its bone is not see-through: bones may be off."""
    finer: int = 17
    """Places between the outermost of these for a figure in one piece: a limb may be a pen's
    stroke."""
    visible: float = 0.5
    """The tracker's visibility of both ends, at least."""


NUMBERS = SeeThroughNumbers()
_SIDED: tuple[tuple[BodyPart, BodyPart, Body, Body], ...] = (
    ("left upper arm", "right upper arm", Body.LEFT_SHOULDER, Body.LEFT_ELBOW),
    ("left forearm", "right forearm", Body.LEFT_ELBOW, Body.LEFT_WRIST),
    ("left thigh", "right thigh", Body.LEFT_HIP, Body.LEFT_KNEE),
    ("left shank", "right shank", Body.LEFT_KNEE, Body.LEFT_ANKLE),
)


def see_through_parts(character: Character, torso: float) -> Iterator[tuple[BodyPart, float]]:
    """The parts that are not solid, and how much of each is missing, 0..1.

    torso: the torso's length in pixels of the character's canvas.
    """
    yield from _where_thin(character, torso, "trunk", (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER))
    for left, right, start, end in _SIDED:
        yield from _where_thin(character, torso, left, (start, end))
        # The right side's joints are one further.
        yield from _where_thin(character, torso, right, (start + 1, end + 1))


def _where_thin(
    character: Character, torso: float, part: BodyPart, needed: tuple[int, int]
) -> Iterator[tuple[BodyPart, float]]:
    n, body = NUMBERS, character.landmarks.body
    if body[list(needed), 3].min() < n.visible:
        return
    joints = with_knuckles(body)[:, :2].astype(np.float64)
    along, beside = np.linspace(*n.middle, n.places), np.array(n.beside)
    if is_sheet(character):
        beside = np.linspace(n.beside[0], n.beside[-1], n.finer)
    _, seen = alpha_across(character.alpha, ends_of(part, joints), along, torso * beside)
    inside = ~np.isnan(seen)
    solid = np.where(inside, seen, 0).max(axis=1)[inside.any(axis=1)]
    if len(solid) >= n.least_places:
        alpha = float(np.median(solid))
        if alpha < n.solid:
            yield part, 1 - alpha
