"""Figures whose heads no detector knows: drawings, mascots, creatures, statues.

The detector of people is what fails on them. The landmark net behind it, shown the figure directly
and in many renditions, often finds the joints; where it is of two minds the silhouette decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.character.figure.find import FIELD, Figure, Track
from understudy.character.figure.joints import (
    facing_viewer,
    joints_of,
    landmarks_of,
    mirrored,
)
from understudy.character.figure.plausibility import is_large_enough
from understudy.character.figure.unrecognized.limb_roots import rooted_at_the_edge
from understudy.character.figure.unrecognized.limbless import (
    ends_straight,
    is_cut_through,
    is_limbless,
    limbless_landmarks,
)
from understudy.character.figure.unrecognized.mask_energy import (
    PreparedMask,
    energy_of,
    own_shares,
    prepare,
)
from understudy.character.figure.unrecognized.mask_fit import fit_near, fit_outline, settled
from understudy.character.figure.unrecognized.renditions import renditions_of
from understudy.character.figure.unrecognized.silhouette import Silhouette, find_silhouette_of
from understudy.character.figure.unrecognized.strokes import is_of_strokes, joints_of_strokes
from understudy.character.image.masks import Mask, box_of
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.media import limits
from understudy.tracking.trackers import Region


@dataclass(frozen=True, slots=True)
class VoteNumbers:
    """When the net's votes decide, and when the silhouette does.

    Energies are `mask_energy`'s; spreads and distances are shares of the figure's height. Those of
    the study, on 25 figures; `explained` and `price` on the two drawings whose joints are known.
    """

    doubt: float = 0.5
    """Energy at which a vote counts a third: exp(-energy / doubt) is its weight."""
    cap: float = 0.2
    """Farther apart than this joints are simply elsewhere."""
    least_votes: int = 6
    """Fewer renditions in which the net sees somebody decide nothing."""
    agreed: float = 0.065
    """Spread of the votes up to which they agree."""
    explained: float = 0.18
    """Energy up to which votes that agree are sure, and need no fit."""
    outlined: float = 0.4
    """Energy up to which fitted joints are believed."""
    price: float = 0.15
    """What distance from the votes costs fitted joints, in energy per height."""
    nobody: float = 0.11
    """Spread of the votes from which on the picture shows no figure on two legs,"""
    unexplained: float = 0.9
    """nor does it above this energy of the votes where nothing fits better: a tree, a horse."""
    four_legs: float = 1.3
    """Width over height from which on a silhouette stands on four legs."""
    limb: float = 0.012
    """Share of the silhouette, weighted so that thin limbs count by their length, that a limb
    explains alone at least; a limb with less is not there or lies in front of the trunk."""


NUMBERS = VoteNumbers()


class Trust(Enum):
    """How far joints are believed."""

    SURE = "sure"
    DOUBTED = "to be checked"


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """The joints that the landmark net found in renditions of one figure, in picture pixels.

    joints: (n, 13, 2). weights: (n,) float64, adding up to 1, by how well each explains the
    silhouette. height: of the figure in pixels.
    """

    joints: Points
    weights: Points
    height: float

    def spread(self, joints: Points) -> float:
        """How far the votes lie from joints (13, 2): weighted mean distance over the height."""
        apart = np.linalg.norm(self.joints - joints, axis=-1) / self.height
        return float(np.minimum(apart, NUMBERS.cap).mean(axis=1) @ self.weights)

    def winner(self) -> Points:
        """The vote that lies nearest to the others."""
        spreads = [self.spread(one) for one in self.joints]
        return np.asarray(self.joints[int(np.argmin(spreads))])


def find_unrecognized(
    rgb: NDArray[np.uint8], alpha: Float32 | None, salient: Float32 | None, track: Track
) -> Figure:
    """The figure that fills what stands out in the picture, whether or not it looks like a person.

    rgb: (h, w, 3) uint8 sRGB. alpha: (h, w) float32, the matte that came with the picture, or None.
    salient: (h, w) float32, a learned matte of what stands out, or None without weights. Raises
    InputRefused("image_url") where what stands out, if anything, is no figure.
    """
    silhouette = find_silhouette_of(rgb, alpha, salient)
    if silhouette is None:
        raise _refusal("the picture shows nothing that could be a figure on two legs")
    box = box_of(silhouette.mask, 0)
    assert box is not None  # a silhouette is never empty
    tall, wide = box[0].stop - box[0].start, box[1].stop - box[1].start
    is_cut = is_cut_through(silhouette.mask)
    if wide > NUMBERS.four_legs * tall and not is_cut:
        raise _refusal("the shape in the picture is much wider than a figure on two legs")
    h, w = silhouette.mask.shape
    if is_limbless(silhouette.mask):
        return _in_one_piece(silhouette, alpha, _LIMBLESS)
    if is_of_strokes(silhouette.mask) and not is_cut:
        return _stick_figure(silhouette, alpha)
    prepared = prepare(silhouette.mask)
    votes = vote(rgb, silhouette.mask, prepared, track)
    if votes is None:
        raise _refusal("the shape in the picture does not look like a figure on two legs")
    if is_cut:
        # The net fits a whole body into what is seen of it: ears become arms.
        return _in_one_piece(silhouette, alpha, _CUT)
    decision = decide(prepared, votes)
    if decision is None or (decision[1] is Trust.DOUBTED and ends_straight(silhouette.mask)):
        return _in_one_piece(silhouette, alpha, _BUST)
    joints, trust = decision
    shares = own_shares(prepared, prepared.from_picture(joints))
    missing = frozenset(name for name, share in shares.items() if share < NUMBERS.limb)
    landmarks = landmarks_of(rooted_at_the_edge(joints, silhouette.mask), missing)
    if not is_large_enough(landmarks, (w, h)):
        # The joints huddle in a large figure: it is a bust without a body.
        return _in_one_piece(silhouette, alpha, _BUST)
    return _figure(silhouette, alpha, landmarks, (_CHECK,) if trust is Trust.DOUBTED else ())


def _stick_figure(silhouette: Silhouette, alpha: Float32 | None) -> Figure:
    joints = joints_of_strokes(silhouette.mask)
    if joints is None:
        raise _refusal("the strokes in the picture are not clearly a figure on two legs")
    landmarks = landmarks_of(joints, frozenset())
    h, w = silhouette.mask.shape
    if not is_large_enough(landmarks, (w, h)):
        raise _too_small()
    return _figure(silhouette, alpha, landmarks, (_CHECK,))


def _in_one_piece(silhouette: Silhouette, alpha: Float32 | None, warning: str) -> Figure:
    """A figure that moves as one piece. Raises InputRefused("image_url") for a small one."""
    landmarks = limbless_landmarks(silhouette.mask)
    h, w = silhouette.mask.shape
    if not is_large_enough(landmarks, (w, h)):
        raise _too_small()
    return _figure(silhouette, alpha, landmarks, (warning,), limbless=True)


def _figure(
    silhouette: Silhouette,
    alpha: Float32 | None,
    landmarks: Landmarks,
    warnings: tuple[str, ...],
    *,
    limbless: bool = False,
) -> Figure:
    return Figure(
        landmarks,
        silhouette.mask.astype(np.float32),
        alpha=silhouette.alpha if alpha is None else None,
        by_bones=True,
        limbless=limbless,
        warnings=warnings,
    )


def _too_small() -> InputRefused:
    return _refusal("the figure is too small in the picture for its limbs to be distinguished")


_CHECK = (
    "The figure is not a person that the tracker knows: its joints were found from its outline and "
    "may be in the wrong place."
)
_CUT = (
    "The figure is not a person that the tracker knows, and the picture's lower edge cuts it: it "
    "sways and turns its head."
)
_BUST = (
    "The figure is not a person that the tracker knows, and no trunk with arms and legs was found "
    "in it: it sways and turns its head."
)
_LIMBLESS = (
    "No arms and legs were found on the figure: it sways and turns its head where it stands."
)


def vote(rgb: NDArray[np.uint8], mask: Mask, prepared: PreparedMask, track: Track) -> Votes | None:
    """Ask the landmark net for the joints in every rendition; None where it sees nobody in most."""
    found = []
    for rendition in renditions_of(rgb, mask):
        side = rendition.rgb.shape[0]
        marks = track(rendition.rgb, Region(side / 2, side / 2, side)).landmarks
        if marks is None:
            continue
        joints = joints_of(marks)
        if rendition.mirrored:
            joints = mirrored(joints, side)
        found.append(rendition.in_picture(joints))
    if len(found) < NUMBERS.least_votes:
        return None
    joints = facing_viewer(np.stack(found))
    energies = np.array([energy_of(prepared, prepared.from_picture(one)) for one in joints])
    weights = np.exp(-(energies - energies.min()) / NUMBERS.doubt)
    return Votes(joints, weights / weights.sum(), prepared.height / prepared.scale)


def decide(prepared: PreparedMask, votes: Votes) -> tuple[Points, Trust] | None:
    """The joints (13, 2) in picture pixels, and how far they are believed; None where neither votes
    nor silhouette show a figure on two legs."""
    n = NUMBERS
    winner = votes.winner()
    inner = prepared.from_picture(winner)
    spread, level = votes.spread(winner), energy_of(prepared, inner)
    if spread > n.nobody:
        return None
    if spread <= n.agreed and level <= n.explained:
        return winner, Trust.SURE
    outline = fit_outline(prepared)
    near = fit_near(prepared, inner)
    fits = []
    for best, joints in ((near, near), (outline[0], settled(prepared, outline))):
        value = energy_of(prepared, best)
        if value <= n.outlined:
            placed = prepared.to_picture(joints)
            fits.append((value + n.price * votes.spread(prepared.to_picture(best)), placed))
    if not fits:
        return None if level > n.unexplained else (winner, Trust.DOUBTED)
    chosen = min(fits, key=lambda one: one[0])[1]
    agreed = spread <= n.agreed and votes.spread(chosen) <= n.agreed
    return chosen, Trust.SURE if agreed else Trust.DOUBTED


def _refusal(found: str) -> InputRefused:
    return InputRefused(
        FIELD,
        found=found,
        allowed="use a picture of one figure, drawn or real, that stands on two legs and whose "
        "head, trunk and arms are clearly separate; four-legged animals cannot be animated",
        contract=limits.NO_BODY_IN_PICTURE_MESSAGE,
    )
