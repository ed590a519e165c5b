"""What can be wrong with a character once it moves, measured on what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.character.image.masks import Mask, closed, depth, grow, opened, pieces_of
from understudy.character.inpaint.residue import residue_of
from understudy.engines.puppet.judging.body_parts import BodyPart, nearest_part
from understudy.engines.puppet.judging.carried_ground import carried_ground
from understudy.engines.puppet.judging.free_arms import UPPER_ARMS
from understudy.engines.puppet.judging.looks import Look, over_ground
from understudy.engines.puppet.judging.ragged_arms import ragged_arms
from understudy.engines.puppet.judging.see_through import see_through_parts
from understudy.engines.puppet.judging.thin_arms import thin_upper_arms
from understudy.engines.puppet.judging.torn_arms import torn_arms
from understudy.engines.puppet.render.colour import to_ycbcr
from understudy.geometry.landmarks import Body, Float32
from understudy.geometry.skeleton import ARMS, LEGS, with_knuckles

Float64 = NDArray[np.float64]

FaultKind = Literal[
    "changed",
    "loose",
    "slit",
    "thin",
    "torn",
    "ragged",
    "carries ground",
    "see-through",
    "off the figure",
    "over the face",
    "left behind",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    kind: `changed`: the character at rest differs from its picture. `loose`: a piece hangs on
        nothing. `slit`: the ground is seen through a narrow gap inside the figure. `thin`: an
        upper arm is a strand. `torn`: an arm has bites and holes. `ragged`: an arm's outline is.
        `carries ground`: pieces of the background are cut out with an arm. `see-through`: a part
        is half transparent. `off the figure`: a joint that moves lies outside of the matte. `over
        the face`: an arm's layer holds the face. `left behind`: something of the figure stays in
        the background.
    part: of the body, at or beside which it is. size: its area in T², T the torso's length; of a
        joint the distance in T; of what is left behind the length in T of the edge where it breaks
        off; of an arm over the face the share of the face.
    """

    kind: FaultKind
    part: BodyPart
    size: float


@dataclass(frozen=True, slots=True)
class FaultNumbers:
    """From what size on a fault is one. T is the torso's length. Set by eye on contact sheets of
    the test poses.
    """

    figure: float = 0.5
    """Alpha from which on a pixel is drawn."""
    loose: float = 0.006
    """T²: of pieces that hang on nothing, more than there are at rest;"""
    loose_at_rest: float = 0.02
    """and at rest, where the picture may well have some."""
    slit_width: float = 0.02
    """T: half the width of the widest slit."""
    slit: float = 0.02
    """T²: of slits, more than there are at rest."""
    seen: float = 0.3
    """Alpha from which on a change is the figure's."""
    change: float = 30.0
    """Difference of luma (16..235) from the picture that is seen,"""
    changed: float = 0.05
    """T²: of such places,"""
    change_rim: float = 1.5
    """px: whose edges count for nothing."""
    off: float = 0.15
    """T: between a joint and the matte."""
    face: float = 0.2
    """Share of the face that an arm's layer holds."""
    beside: float = 0.04
    """T: edges that lie nearer to each other are of one thing that stays in the background;"""
    left_behind: float = 0.12
    """T: and this is how long they are."""


NUMBERS = FaultNumbers()


def find_faults(character: Character, looks: Sequence[Look]) -> tuple[Fault, ...]:
    """Everything that is wrong. character: as it was looked at; looks: at rest, then the poses."""
    torso = torso_of(character)
    found = [
        *_changed(character, looks[0], torso),
        *_off_the_figure(character, torso),
        *_over_the_face(character, torso),
        *(
            Fault("thin", UPPER_ARMS[side], size)
            for side, size in thin_upper_arms(character, torso)
        ),
        *(Fault("torn", part, size) for part, size in torn_arms(character, torso)),
        *(Fault("ragged", part, size) for part, size in ragged_arms(character, torso)),
        *(Fault("carries ground", part, size) for part, size in carried_ground(character, torso)),
        *_left_behind(character, torso),
        *(Fault("see-through", part, size) for part, size in see_through_parts(character, torso)),
        *_loose(looks, torso),
        *_slits(looks, torso),
    ]
    return tuple(found)


def torso_of(character: Character) -> float:
    """The torso's length in pixels."""
    points = character.landmarks.body[:, :2].astype(np.float64)
    neck = points[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0)
    pelvis = points[[Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=0)
    return max(1.0, float(np.linalg.norm(neck - pelvis)))


def _changed(character: Character, rest: Look, torso: float) -> Iterator[Fault]:
    """Where the character at rest is not as in the picture."""
    drawn = over_ground(rest, character.background)[..., 0]
    wanted = to_ycbcr(character.picture.astype(np.float32) / 255)[..., 0]
    # Round the figure the picture's background is not kept.
    off = np.where(character.alpha > NUMBERS.seen, np.abs(drawn - wanted), 0)
    off = np.asarray(cv2.GaussianBlur(off, (0, 0), 1.0))
    places = opened(np.asarray(off > NUMBERS.change), NUMBERS.change_rim)
    yield from _largest(places, rest, torso, "changed", NUMBERS.changed)


def _loose(looks: Sequence[Look], torso: float) -> Iterator[Fault]:
    at_rest = _loose_pieces(looks[0])
    yield from _largest(at_rest, looks[0], torso, "loose", NUMBERS.loose_at_rest)
    allowed = float(at_rest.sum())
    for look in looks[1:]:
        pieces = _loose_pieces(look)
        if pieces.sum() - allowed > NUMBERS.loose * torso**2:
            yield from _largest(pieces, look, torso, "loose", NUMBERS.loose)


def _loose_pieces(look: Look) -> Mask:
    """All pieces but the largest, the head's, which drawn figures may have floating over their
    shoulders, and those that may hang together outside of the frame."""
    pieces, areas = pieces_of(look.alpha > NUMBERS.figure, connectivity=8)
    if areas.size < 2:
        return np.zeros(pieces.shape, bool)
    rim = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    x, y = np.clip(look.joints[Body.NOSE].astype(int), 0, np.array(pieces.shape)[::-1] - 1)
    whole = np.union1d(rim, [0, 1 + int(np.argmax(areas[1:])), pieces[y, x]])
    return ~np.isin(pieces, whole)


def _slits(looks: Sequence[Look], torso: float) -> Iterator[Fault]:
    allowed = float(_slits_in(looks[0].alpha, torso).sum())
    for look in looks[1:]:
        slits = _slits_in(look.alpha, torso)
        if slits.sum() - allowed > NUMBERS.slit * torso**2:
            yield from _largest(slits, look, torso, "slit", NUMBERS.slit / 2)


def _slits_in(alpha: Float32, torso: float) -> Mask:
    """Where the ground is seen through what is too narrow to be meant."""
    figure = np.asarray(alpha > NUMBERS.figure)
    return closed(figure, max(1.0, NUMBERS.slit_width * torso)) & ~figure


def _off_the_figure(character: Character, torso: float) -> Iterator[Fault]:
    """Joints of what moves that lie outside of the matte."""
    joints = with_knuckles(character.landmarks.body)[:, :2]
    traits = character.traits
    moved: list[int] = []
    for limb, state in zip(ARMS, (traits.left_arm, traits.right_arm), strict=True):
        moved += limb.joints[:3] if state == "free" else ()
    for limb in LEGS if traits.legs == "free" else ():
        moved += limb.joints[:3]
    away = depth(character.alpha <= NUMBERS.figure)
    h, w = away.shape
    for joint in moved:
        x, y = joints[joint]
        if 0 <= x < w and 0 <= y < h and away[int(y), int(x)] > NUMBERS.off * torso:
            part = nearest_part(joints[joint], joints, torso)
            yield Fault("off the figure", part, float(away[int(y), int(x)]) / torso)


def _over_the_face(character: Character, torso: float) -> Iterator[Fault]:
    """Arms whose layer holds much of the face, although the hand is not before it."""
    face = character.landmarks.face
    if face is None:
        return
    shape = character.alpha.shape
    outline = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(outline, cv2.convexHull(np.round(face[:, :2]).astype(np.int32)), 1)
    inside = outline > 0
    for layer in character.layers:
        if layer.name in ("left_arm", "right_arm") and inside.any():
            cover = layer.rgba[: shape[0], :, 3] > NUMBERS.figure
            share = float((cover & inside).sum() / inside.sum())
            if share > NUMBERS.face:
                part: BodyPart = "left hand" if layer.name == "left_arm" else "right hand"
                yield Fault("over the face", part, share)


def _left_behind(character: Character, torso: float) -> Iterator[Fault]:
    if (character.background == character.background[0, 0]).all():
        # Nothing was filled: a transparent picture stands before one colour.
        return
    edges = residue_of(character.picture, character.background, character.alpha)
    joints = with_knuckles(character.landmarks.body)[:, :2]
    pieces, _ = pieces_of(grow(edges, NUMBERS.beside * torso), connectivity=8)
    for number in range(1, int(pieces.max()) + 1):
        where = (pieces == number) & edges
        length = float(where.sum()) / torso
        if length > NUMBERS.left_behind:
            middle = np.argwhere(where).mean(axis=0)[::-1]
            yield Fault("left behind", nearest_part(middle, joints, torso), length)


def _largest(
    places: Mask, look: Look, torso: float, kind: FaultKind, least: float
) -> Iterator[Fault]:
    """One fault for all places together, at the largest of them; none where they are small."""
    if places.sum() > least * torso**2:
        for fault in _pieces(places, look, torso, kind, 0.0):
            yield Fault(kind, fault.part, float(places.sum()) / torso**2)
            return


def _pieces(
    places: Mask, look: Look, torso: float, kind: FaultKind, least: float
) -> Iterator[Fault]:
    """A fault for each piece that is not small, the largest first."""
    pieces, areas = pieces_of(grow(places, 1), connectivity=8)
    for number in 1 + np.argsort(-areas[1:]):
        where = (pieces == number) & places
        if where.sum() <= least * torso**2:
            return
        middle = np.argwhere(where).mean(axis=0)[::-1]
        part = nearest_part(middle, look.joints, torso)
        yield Fault(kind, part, float(where.sum()) / torso**2)
