"""Fingers: bones beyond the hand's own, in the arm's layer, that follow the driver's fingers.

How many there are depends on what the picture shows. A large flat hand with its fingers apart has
each of them moved; of a small hand, or of one with closed fingers, the four move as one and the
thumb by itself. A hand of a few pixels, a fist, and one whose fingers lie over its palm are left in
one piece: nothing is known of what their fingers hide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.fingers import finger_vectors, hand_axes, thumb_side
from understudy.geometry.filters import gaussian, interpolate_gaps, smoothstep
from understudy.geometry.hand_landmarks import FINGERS
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Bone
from understudy.geometry.transforms import rotation, segment_distance, wrap_angle

Float64 = NDArray[np.float64]

SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class FingerNumbers:
    """Which fingers move, and how far. Lengths in hand lengths (wrist to knuckles) unless said
    otherwise; `together` is for fingers that move as one.

    smallest_hand, smallest_fingers: hand lengths, canvas pixels, from which anything moves and from
        which each finger does.
    apart: between neighbouring tips (median), of fingers that count as apart.
    flat: width of a palm that faces the camera, knuckle to knuckle.
    out, out_together: of the fingertips from the wrist, when stretched out.
    straight, straight_together: chord to length of a finger that is stretched out.
    most_turn, most_turn_together: from where the picture has them, radians.
    stretch: bounds of a segment's length against the picture's.
    thumb_root: share of the thumb's first segment over which the thumb takes over; its root lies at
        the wrist, whose flesh follows it but a little.
    root, bend: shares of a segment around a joint over which the next one takes over.
    least_frames: with fewer frames of a hand its fingers rest.
    trust_seconds, motion_seconds: smoothing of what is seen and of the motion (sigma).
    longest: percentile of a segment's length over time that counts as its true one.
    straight_segments: lengths of the two segments of a straight finger. least_rest: a picture's
        segment counts as no shorter than this share of them.
    end_on: share of its length that is seen of a segment without a direction, and of one with.
    """

    smallest_hand: float = 12.0
    smallest_fingers: float = 42.0
    apart: float = 0.16
    flat: float = 0.5
    out: float = 1.45
    out_together: float = 1.2
    straight: float = 0.92
    straight_together: float = 0.8
    most_turn: float = float(np.radians(50.0))
    most_turn_together: float = float(np.radians(32.0))
    stretch: tuple[float, float] = (0.5, 1.12)
    thumb_root: tuple[float, float] = (0.15, 0.9)
    root: tuple[float, float] = (-0.3, 0.3)
    bend: tuple[float, float] = (-0.3, 0.3)
    least_frames: int = 3
    trust_seconds: float = 0.12
    motion_seconds: float = 0.04
    longest: float = 90
    straight_segments: tuple[float, float] = (0.55, 0.45)
    least_rest: float = 0.6
    end_on: tuple[float, float] = (0.15, 0.4)


NUMBERS = FingerNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class HandRig:
    """The fingers of one hand of the picture.

    bone: the hand's own. first: index of the first finger bone; a group has two, nearer first.
    groups: fingers that move as one. joints: (G, 3, 2) canvas pixels: root, middle joint and tip.
    vectors: (G, 2, 2) the segments at rest in the hand's frame and length, as `Motion.fingers`.
    axes: (2, 2) of the hand at rest, the second pointing to the thumb's side.
    length: from the wrist to the knuckles, pixels.
    """

    bone: Bone
    first: int
    groups: tuple[tuple[int, ...], ...]
    joints: Float64
    vectors: Float64
    axes: Float64
    length: float

    @property
    def bones(self) -> int:
        """How many bones the hand adds."""
        return SEGMENTS * len(self.groups)


def hand_rig(hand: Float32 | None, bone: Bone, first: int) -> HandRig | None:
    """Rig the fingers of a hand, None where there is nothing to move.

    hand: (21, 3) canvas pixels. first: the index that its first finger bone gets.
    """
    if hand is None or not np.isfinite(hand).all():
        return None
    axes, length, spread = hand_axes(hand)
    if length < NUMBERS.smallest_hand:
        return None
    flat = hand[:, :2].astype(np.float64)
    chains = flat[np.array(FINGERS)]
    groups = _groups(chains[1:], flat[0], axes[0], float(length), float(spread))
    if not groups:
        return None
    joints = np.stack([chains[list(g)].mean(axis=0)[[0, 1, 3]] for g in groups])
    side = np.sign(spread) or 1.0
    return HandRig(
        bone=bone,
        first=first,
        groups=groups,
        joints=joints,
        vectors=_grouped(finger_vectors(hand, thumb_side(float(side) * 9.0)), groups),
        axes=np.stack([axes[0], side * axes[1]]),
        length=float(length),
    )


def _groups(
    fingers: Float64, wrist: Float64, along: Float64, length: float, spread: float
) -> tuple[tuple[int, ...], ...]:
    """Which fingers move as one: all apart, thumb and the rest, or nothing.

    fingers: (4, 4, 2) joints of the four fingers.
    """
    tips = fingers[:, 3]
    out = (tips - wrist) @ along / length
    chord = np.sqrt(((tips - fingers[:, 0]) ** 2).sum(axis=1))
    bones = np.sqrt((np.diff(fingers, axis=1) ** 2).sum(axis=-1)).sum(axis=1)
    straight = chord / (bones + 1e-9)
    apart = float(np.median(np.sqrt((np.diff(tips, axis=0) ** 2).sum(axis=1)))) / length
    if (
        length >= NUMBERS.smallest_fingers
        and apart >= NUMBERS.apart
        and abs(spread) >= NUMBERS.flat
        and out.min() >= NUMBERS.out
        and straight.min() >= NUMBERS.straight
    ):
        return ((0,), (1,), (2,), (3,), (4,))
    if out.min() >= NUMBERS.out_together and straight.mean() >= NUMBERS.straight_together:
        return ((0,), (1, 2, 3, 4))
    return ()


def finger_weights(rig: HandRig, points: Float64, weights: Float64) -> Float64:
    """The weights (V, 31) of an arm's points with the fingers' bones appended: (V, 31 + bones)."""
    distance = np.stack(
        [
            np.minimum(segment_distance(points, a, b), segment_distance(points, b, c))
            for a, b, c in rig.joints
        ],
        axis=1,
    )
    nearest = distance.argmin(axis=1)
    added = np.zeros((len(points), rig.bones))
    hand = weights[:, rig.bone]
    for g, (root, middle, tip) in enumerate(rig.joints):
        along = middle - root
        t = (points - root) @ along / (along @ along + 1e-9)
        share = smoothstep(*(NUMBERS.thumb_root if rig.groups[g] == (0,) else NUMBERS.root), t)
        beyond = tip - middle
        past = (points - middle) @ beyond / (beyond @ beyond + 1e-9)
        bend = smoothstep(*NUMBERS.bend, past)
        part = hand * share * (nearest == g)
        added[:, SEGMENTS * g] = part * (1.0 - bend)
        added[:, SEGMENTS * g + 1] = part * bend
    kept = weights.copy()
    kept[:, rig.bone] = hand - added.sum(axis=1)
    return np.concatenate([kept, added], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class FingerMotion:
    """Linear maps (T, G, 2, 2, 2) of each group's two segments in the picture's hand at rest."""

    linear: Float64


def finger_motion(rig: HandRig, fingers: Float32, seconds: float) -> FingerMotion:
    """Carry the driver's fingers over to the picture's.

    fingers: (T, 5, 3, 2) of one hand, see `Motion.fingers`. Where the hand was not seen the fingers
    go back to where the picture has them.
    """
    seen = np.asarray(np.isfinite(fingers).all(axis=(1, 2, 3)))
    frames = len(fingers)
    identity = np.broadcast_to(np.eye(2), (frames, len(rig.groups), SEGMENTS, 2, 2))
    if seen.sum() < NUMBERS.least_frames:
        return FingerMotion(identity)
    driver = _grouped(interpolate_gaps(fingers.astype(np.float64), seen), rig.groups)
    trust = gaussian(seen.astype(np.float64), NUMBERS.trust_seconds / seconds)[:, None, None]
    length = np.sqrt((driver**2).sum(axis=-1))
    longest = np.percentile(length[seen], NUMBERS.longest, axis=0) + 1e-6
    rest_length = np.sqrt((rig.vectors**2).sum(axis=-1))
    # What the picture shows bent is not pulled straight: its texture would be smeared.
    rest_share = np.clip(rest_length / np.array(NUMBERS.straight_segments), NUMBERS.least_rest, 1.0)
    stretch = np.clip(length / longest / rest_share, *NUMBERS.stretch)
    turn = np.arctan2(driver[..., 1], driver[..., 0]) - np.arctan2(
        rig.vectors[..., 1], rig.vectors[..., 0]
    )
    turn = wrap_angle(turn)
    # A finger that points at the camera has no direction.
    turn = turn * smoothstep(*NUMBERS.end_on, length / longest)
    most = NUMBERS.most_turn if len(rig.groups) > 2 else NUMBERS.most_turn_together
    turn = most * np.tanh(turn / most) * trust
    stretch = 1.0 + (stretch - 1.0) * trust
    calm = NUMBERS.motion_seconds / seconds
    turn, stretch = gaussian(turn, calm), gaussian(stretch, calm)

    # From the hand's frame, whose second axis may be mirrored, to the canvas.
    angle = np.arctan2(rig.vectors[..., 1], rig.vectors[..., 0])
    scale = np.zeros((*stretch.shape, 2, 2))
    scale[..., 0, 0], scale[..., 1, 1] = stretch, 1.0
    in_hand = rotation(angle + turn) @ scale @ rotation(-angle)
    return FingerMotion(rig.axes.T @ in_hand @ rig.axes)


def finger_maps(rig: HandRig, motion: FingerMotion, index: int, hand: Float64) -> Float64:
    """The affine maps (bones, 2, 3) of the fingers in one frame.

    hand: (2, 3) the hand bone's map in that frame.
    """
    maps = np.empty((rig.bones, 2, 3))
    for g, (root, middle, _) in enumerate(rig.joints):
        near, far = motion.linear[index, g]
        shift = root - near @ root
        bent = near @ middle + shift
        for segment, (linear, offset) in enumerate(((near, shift), (far, bent - far @ middle))):
            at = SEGMENTS * g + segment
            maps[at, :, :2] = hand[:, :2] @ linear
            maps[at, :, 2] = hand[:, :2] @ offset + hand[:, 2]
    return maps


def _grouped(vectors: Float64, groups: tuple[tuple[int, ...], ...]) -> Float64:
    """Phalanges (..., 5, 3, 2) as two segments a group, the outer two in one: (..., G, 2, 2)."""
    mean = np.stack([vectors[..., list(g), :, :].mean(axis=-3) for g in groups], axis=-3)
    return np.stack([mean[..., 0, :], mean[..., 1, :] + mean[..., 2, :]], axis=-2)
