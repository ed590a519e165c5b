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

# Lengths from the wrist to the knuckles, canvas pixels.
SMALLEST_HAND, SMALLEST_FINGERS = 12.0, 42.0
# Fingers whose tips are this far apart (hand lengths, the median of neighbours) count as apart.
APART = 0.16
# A palm at least this wide from knuckle to knuckle faces the camera.
FLAT = 0.5
# Fingertips this far from the wrist and fingers this straight (chord to length) are stretched out.
OUT, OUT_TOGETHER = 1.45, 1.2
STRAIGHT, STRAIGHT_TOGETHER = 0.92, 0.8
# How far fingers turn from where the picture has them: one by one, and as one.
MOST_TURN, MOST_TURN_TOGETHER = np.radians(50.0), np.radians(32.0)
STRETCH = (0.5, 1.12)
SEGMENTS = 2


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
    if length < SMALLEST_HAND:
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
        length >= SMALLEST_FINGERS
        and apart >= APART
        and abs(spread) >= FLAT
        and out.min() >= OUT
        and straight.min() >= STRAIGHT
    ):
        return ((0,), (1,), (2,), (3,), (4,))
    if out.min() >= OUT_TOGETHER and straight.mean() >= STRAIGHT_TOGETHER:
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
        # The thumb's root lies at the wrist: the hand's flesh follows it but a little.
        share = smoothstep(0.15, 0.9, t) if rig.groups[g] == (0,) else smoothstep(-0.3, 0.3, t)
        beyond = tip - middle
        bend = smoothstep(-0.3, 0.3, (points - middle) @ beyond / (beyond @ beyond + 1e-9))
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
    if seen.sum() < 3:
        return FingerMotion(identity)
    driver = _grouped(interpolate_gaps(fingers.astype(np.float64), seen), rig.groups)
    trust = gaussian(seen.astype(np.float64), 0.12 / seconds)[:, None, None]
    length = np.sqrt((driver**2).sum(axis=-1))
    longest = np.percentile(length[seen], 90, axis=0) + 1e-6
    rest_length = np.sqrt((rig.vectors**2).sum(axis=-1))
    # What the picture shows bent is not pulled straight: its texture would be smeared.
    rest_share = np.clip(rest_length / np.array([0.55, 0.45]), 0.6, 1.0)
    stretch = np.clip(length / longest / rest_share, *STRETCH)
    turn = np.arctan2(driver[..., 1], driver[..., 0]) - np.arctan2(
        rig.vectors[..., 1], rig.vectors[..., 0]
    )
    turn = wrap_angle(turn)
    # A finger that points at the camera has no direction.
    turn = turn * smoothstep(0.15, 0.4, length / longest)
    most = MOST_TURN if len(rig.groups) > 2 else MOST_TURN_TOGETHER
    turn = most * np.tanh(turn / most) * trust
    stretch = 1.0 + (stretch - 1.0) * trust
    turn, stretch = gaussian(turn, 0.04 / seconds), gaussian(stretch, 0.04 / seconds)

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
