"""Somebody else who stands before or behind the figure, and whom a matte of what stands out holds
as well."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Anatomy, Points, draw_bones, measure
from understudy.character.figure.find import Figure, Track
from understudy.character.figure.plausibility import credibility, without_false_face
from understudy.character.image.masks import Mask, box_of, depth, grow, largest, touching
from understudy.geometry.face_mesh import NOSE_TIP, face_width
from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.geometry.skeleton import LIMB_BONES
from understudy.tracking.trackers import Region


@dataclass(frozen=True, slots=True)
class OtherPersonNumbers:
    """When somebody else is seen, and what is theirs. T is the figure's torso. Set by eye on
    figures laid over one another, and on pictures of one figure.

    stands_out, seen: of the matte and of the tracker's mask, from which on a pixel counts.
    beside: T, how far outside the tracker's mask of the figure hair and clothes reach.
    share: of the matte that the rest is at least; a skirt, a cape and a hat together are less.
    room: how much larger than the rest the region is in which it is looked at.
    presence, credible: of the landmark net, and of what it finds there.
    covers: share of the rest that the mask of whoever is found covers: of a cape or a broom
        somebody may be imagined who covers little of it. Whoever has a face is nobody imagined.
    other_face: face widths between such a face and the figure's head, of which a rim may be left.
    visible: of a joint that is clicked on; trunk: where along the trunk a click is.
    own: T, half the width of the figure's bones, which are its own in any case.
    doubted: likelihood below which a pixel goes to whoever's bones are nearer.
    blur: T (sigma), over which likelihoods are averaged.
    """

    stands_out: float = 0.5
    seen: float = 0.5
    beside: float = 0.08
    share: float = 0.12
    room: float = 1.3
    presence: float = 0.9
    credible: float = 0.7
    covers: float = 0.7
    other_face: float = 1.0
    visible: float = 0.5
    trunk: tuple[float, ...] = (0.15, 0.5, 0.85)
    own: float = 0.05
    doubted: float = 0.35
    blur: float = 0.01


NUMBERS = OtherPersonNumbers()
_CLICKED = (
    Body.NOSE,
    Body.LEFT_ELBOW,
    Body.RIGHT_ELBOW,
    Body.LEFT_WRIST,
    Body.RIGHT_WRIST,
    Body.LEFT_KNEE,
    Body.RIGHT_KNEE,
    Body.LEFT_ANKLE,
    Body.RIGHT_ANKLE,
)


@dataclass(frozen=True, slots=True, eq=False)
class OtherPerson:
    """landmarks: of somebody else in the picture. rest: (h, w) bool, what stands out and hangs
    together with the figure, but is not what the tracker takes for the figure. mask: (h, w) float32
    in 0..1, what the tracker takes for the other one."""

    landmarks: Landmarks
    rest: Mask
    mask: Float32

    def clicks(self, figure: Figure) -> tuple[Points, Points]:
        """Points (n, 2) on the figure and on the other one."""
        own = _points(figure.landmarks)
        others = _points(self.landmarks)
        return own[~_lie_on(self.rest, own)], others[_lie_on(self.rest, others)]

    def share(self, own: Float32, other: Float32, figure: Figure) -> Float32:
        """How far each pixel is the other one's and not the figure's: (h, w) float32 in 0..1.

        own, other: (h, w) float32 in 0..1, how likely each pixel is the figure's and the other
        one's. Where both are doubted the nearer bones have the word; away from the figure, the
        tracker has.
        """
        anatomy, their_anatomy = measure(figure.landmarks), measure(self.landmarks)
        shape = (own.shape[0], own.shape[1])
        sigma = max(1.0, NUMBERS.blur * anatomy.torso)
        own = np.asarray(cv2.GaussianBlur(own, (0, 0), sigma), np.float32)
        other = np.asarray(cv2.GaussianBlur(other, (0, 0), sigma), np.float32)
        doubted = np.maximum(own, other) < NUMBERS.doubted
        nearer = depth(~_bones(their_anatomy, shape, 1)) < depth(~_bones(anatomy, shape, 1))
        theirs = np.where(doubted, nearer, other > own)
        theirs |= self.rest & (self.mask > NUMBERS.seen)
        theirs &= ~(_bones(anatomy, shape, 2 * NUMBERS.own * anatomy.torso) & (own >= other))
        return np.asarray(cv2.GaussianBlur(theirs.astype(np.float32), (0, 0), sigma), np.float32)

    def place(self, figure: Figure) -> str:
        """Where the other one is, in words of the picture."""
        apart = measure(self.landmarks).head[0] - measure(figure.landmarks).head[0]
        return "right" if apart > 0 else "left"


def what_may_be_others(figure: Figure, salient: Float32) -> Mask | None:
    """What hangs together with the figure in a matte (h, w) and may be somebody else; None where it
    is too little."""
    own = np.asarray(figure.mask > NUMBERS.seen)
    out = np.asarray(salient > NUMBERS.stands_out)
    together = touching(out, own & out)
    near = grow(own, NUMBERS.beside * measure(figure.landmarks).torso)
    rest = together & ~near
    return rest if rest.sum() > NUMBERS.share * max(1, int(out.sum())) else None


def find_other_person(
    rgb: NDArray[np.uint8], figure: Figure, salient: Float32, rest: Mask, track: Track
) -> OtherPerson | None:
    """Whoever else is in `rest`, as `what_may_be_others` finds it; None where nobody is.

    rgb: (h, w, 3) uint8 sRGB. The figure is painted over, so that the tracker sees the other one.
    """
    anatomy = measure(figure.landmarks)
    painted = rgb.copy()
    ground = salient < 1 - NUMBERS.stands_out
    plain = np.median(rgb[ground], axis=0) if ground.any() else np.array([128.0] * 3)
    painted[grow(figure.mask > NUMBERS.seen, NUMBERS.beside / 2 * anatomy.torso)] = plain
    box = box_of(largest(rest), 0)
    if box is None:
        return None
    rows, columns = box
    region = Region(
        (columns.start + columns.stop) / 2,
        (rows.start + rows.stop) / 2,
        NUMBERS.room * max(rows.stop - rows.start, columns.stop - columns.start),
    )
    seen = track(painted, region)
    if seen.landmarks is None or seen.presence < NUMBERS.presence:
        return None
    head = measure(seen.landmarks).head[None]
    if not _lie_on(grow(rest, NUMBERS.beside * anatomy.torso), head).all():
        return None
    if _shows_a_face(seen.landmarks, anatomy):
        # The body of one who leans or is cut may not be credible: what holds the face is theirs.
        theirs = largest(rest).astype(np.float32)
        return OtherPerson(seen.landmarks, rest, np.maximum(seen.mask, theirs))
    trust = credibility(seen.landmarks, seen.mask, seen.presence, detected=True)
    covered = float((rest & (seen.mask > NUMBERS.seen)).sum() / max(1, int(rest.sum())))
    if trust < NUMBERS.credible or covered < NUMBERS.covers:
        return None
    return OtherPerson(seen.landmarks, rest, seen.mask)


def _shows_a_face(landmarks: Landmarks, figure: Anatomy) -> bool:
    """Whether a face was found with these landmarks that is not the figure's own."""
    face = without_false_face(landmarks).face
    if face is None:
        return False
    away = float(np.linalg.norm(face[NOSE_TIP, :2] - figure.head))
    return away > NUMBERS.other_face * max(float(face_width(face)), figure.face_width)


def _bones(anatomy: Anatomy, shape: tuple[int, int], width: float) -> Mask:
    """The bones of a figure that are seen, drawn so many pixels wide."""
    pairs = [
        (anatomy.joints[a], anatomy.joints[b])
        for a, b in LIMB_BONES.values()
        if b < len(anatomy.joints)
        and min(anatomy.visibility[a], anatomy.visibility[b]) > NUMBERS.visible
    ]
    pairs += [(anatomy.neck, anatomy.pelvis), (anatomy.neck, anatomy.head)]
    return draw_bones(shape, pairs, width)


def _points(landmarks: Landmarks) -> Points:
    """Places (n, 2) on a figure: the joints that are seen, and along the trunk."""
    anatomy = measure(landmarks)
    joints = [anatomy.joints[j] for j in _CLICKED if anatomy.visibility[j] > NUMBERS.visible]
    down = anatomy.pelvis - anatomy.neck
    return np.array([*joints, *(anatomy.neck + share * down for share in NUMBERS.trunk)])


def _lie_on(mask: Mask, places: Points) -> Mask:
    """Which of places (n, 2) lie on a mask (h, w)."""
    h, w = mask.shape
    x, y = np.round(places).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < w) & (y < h)
    return np.asarray(inside & mask[np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)])
