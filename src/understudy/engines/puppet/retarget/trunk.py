"""Pelvis, chest and head: the trunk as a quadrangle of hips and shoulders, the head on its neck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack, Part, Span, part_vector
from understudy.geometry.filters import smoothstep
from understudy.geometry.skeleton import Skeleton
from understudy.geometry.transforms import affine, rotation, transform, wrap_angle

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrunkNumbers:
    """How far the trunk bends and stretches.

    Bounds are factors against the picture; angles are radians.

    width, spine, neck: how far each span may shrink and stretch.
    turned_aside: turns of the figure in its picture between which its two sides become one.
    shear: how far hips and shoulders tilt against the spine.
    lean: how far the spine leans. neck_turn, head_turn: each against the chest.
    cut_lean, cut_spine: the same two of a figure that the picture cuts, driven by one who walks:
        its trunk sways about hips that stay, and what stretches it lifts the cut.
    guessed_lean, guessed_hips: shares of the lean and the hips' tilt that are believed of hips
        which the picture or the clip does not show.
    least_span: hips and shoulders are measured as if at least this wide (lengths), because the
        tilt of a narrow span is noise.
    """

    width: tuple[float, float] = (0.62, 1.15)
    spine: tuple[float, float] = (0.55, 1.12)
    neck: tuple[float, float] = (0.72, 1.2)
    turned_aside: tuple[float, float] = (0.5, 0.9)
    shear: float = float(np.radians(24.0))
    lean: float = float(np.radians(75.0))
    neck_turn: float = float(np.radians(35.0))
    head_turn: float = 0.8
    cut_lean: float = float(np.radians(16.0))
    cut_spine: tuple[float, float] = (0.85, 1.06)
    guessed_lean: float = 0.6
    guessed_hips: float = 0.3
    least_span: float = 0.5


NUMBERS = TrunkNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class TrunkPose:
    """The trunk with the pelvis held where it is at rest.

    pelvis, chest, head: (T, 2, 3) affine maps. pelvis_turn, chest_turn: (T,) radians.
    """

    pelvis: Float64
    chest: Float64
    head: Float64
    pelvis_turn: Float64
    chest_turn: Float64


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Turn and stretch, (T,) each, of the trunk's spans against the picture; hips and shoulders:
    the vectors across, (2,) pixels."""

    spine_turn: Float64
    spine_stretch: Float64
    hips: tuple[Float64, Float64, Float64]
    shoulders: tuple[Float64, Float64, Float64]


def pose_trunk(  # noqa: PLR0913 - picture, driver and what was read of both
    skeleton: Skeleton,
    rest: BodyTrack,
    driver: BodyTrack,
    vectors: dict[Part, Float64],
    roll: Float64,
    size: Float64,
) -> TrunkPose:
    """Carry hips, shoulders, spine and neck over to the skeleton.

    rest: the skeleton read as a figure. vectors: of the driver, as `directions`. roll: (T,) the
    head's against the picture's. size: (T,).
    """
    spans = _spans(skeleton, rest, driver, vectors)
    spine0 = skeleton.neck - skeleton.pelvis
    spine1 = np.einsum("tij,j->ti", rotation(spans.spine_turn), spine0)
    spine1 = spine1 * spans.spine_stretch[:, None]
    pelvis_linear, pelvis_turn = _quadrangle_maps(spans.hips, spine0, spine1, spans.spine_turn)
    chest_linear, chest_turn = _quadrangle_maps(spans.shoulders, spine0, spine1, spans.spine_turn)
    scaled = size[:, None, None]
    pelvis_at = np.repeat(skeleton.pelvis[None], len(size), axis=0)
    pelvis = affine(pelvis_linear * scaled, skeleton.pelvis, pelvis_at)
    chest = affine(chest_linear * scaled, skeleton.neck, pelvis_at + spine1 * size[:, None])

    neck_turn, neck_stretch = _change_from_rest(skeleton, rest, vectors, "neck")
    bend = np.clip(wrap_angle(neck_turn - chest_turn), -NUMBERS.neck_turn, NUMBERS.neck_turn)
    neck0 = skeleton.head - skeleton.neck
    neck1 = np.einsum("tij,j->ti", rotation(chest_turn + bend), neck0)
    neck1 = neck1 * (np.clip(neck_stretch, *NUMBERS.neck) * size)[:, None]
    nod = np.clip(wrap_angle(roll - chest_turn), -NUMBERS.head_turn, NUMBERS.head_turn)
    head = affine(
        rotation(chest_turn + nod) * scaled, skeleton.head, transform(chest, skeleton.neck) + neck1
    )
    return TrunkPose(pelvis, chest, head, pelvis_turn, chest_turn)


def _spans(
    skeleton: Skeleton, rest: BodyTrack, driver: BodyTrack, vectors: dict[Part, Float64]
) -> _Spans:
    spine_turn, spine_stretch = _change_from_rest(skeleton, rest, vectors, "spine")
    hip_turn, hip_stretch = _change_from_rest(skeleton, rest, vectors, "hips")
    shoulder_turn, shoulder_stretch = _change_from_rest(skeleton, rest, vectors, "shoulders")
    if not (driver.hips_seen and rest.hips_seen):
        # Hips guessed by the tracker: their lean is believed in part, their length not at all.
        spine_turn = NUMBERS.guessed_lean * wrap_angle(spine_turn - np.median(spine_turn))
        spine_stretch = np.ones_like(spine_turn)
        hip_turn, hip_stretch = NUMBERS.guessed_hips * spine_turn, np.ones_like(spine_turn)
    spine_turn = np.clip(spine_turn, -NUMBERS.lean, NUMBERS.lean)
    spine_range = NUMBERS.spine
    if skeleton.cut and driver.legs_seen:
        spine_turn = NUMBERS.cut_lean * np.tanh(spine_turn / NUMBERS.cut_lean)
        spine_range = NUMBERS.cut_spine
    # The nearer to a profile, the more the two sides are one: what lies across is the trunk's
    # depth, and the driver's two sides say nothing about how it tilts and widens.
    turned = smoothstep(*NUMBERS.turned_aside, np.abs(wrap_angle(rest.yaw[0])))
    # What is one piece has no sides at all.
    aside = 1.0 if skeleton.near is not None or skeleton.limbless else float(turned)
    spine0 = skeleton.neck - skeleton.pelvis
    changes: tuple[tuple[Span, Float64, Float64], ...] = (
        ("hips", hip_turn, hip_stretch),
        ("shoulders", shoulder_turn, shoulder_stretch),
    )
    hips, shoulders = (
        (
            _turned_upright(_rest_vector(skeleton, span), spine0, aside),
            turn + aside * wrap_angle(spine_turn - turn),
            stretch + aside * (1.0 - stretch),
        )
        for span, turn, stretch in changes
    )
    return _Spans(spine_turn, np.clip(spine_stretch, *spine_range), hips, shoulders)


def _turned_upright(across: Float64, spine: Float64, share: float) -> Float64:
    """A span (2,) turned towards the spine's perpendicular by a share, as long as it was."""
    length, upright = np.hypot(*across), np.array([-spine[1], spine[0]])
    mixed = (1.0 - share) * across / (length + 1e-6) + share * upright / (np.hypot(*upright) + 1e-6)
    return np.asarray(mixed / (np.hypot(*mixed) + 1e-6) * max(float(length), 1.0))


def _rest_vector(skeleton: Skeleton, span: Span) -> Float64:
    return np.asarray(part_vector(skeleton.joints[None], span)[0])


def _change_from_rest(
    skeleton: Skeleton, rest: BodyTrack, vectors: dict[Part, Float64], span: Span
) -> tuple[Float64, Float64]:
    """How far a span has turned (T,) and stretched (T,) against the picture."""
    before = _rest_vector(skeleton, span)
    after = vectors[span]
    x, y = after[:, 0], after[:, 1]
    if span in ("shoulders", "hips"):
        # Seen from the side the tilt of a short span is noise: give it a width to be measured on.
        x = np.maximum(np.abs(x), NUMBERS.least_span)
        before = np.array([max(abs(before[0]), NUMBERS.least_span * abs(before[1])), before[1]])
    turn = wrap_angle(np.arctan2(y, x) - np.arctan2(before[1], before[0]))
    length = rest.lengths[span] * rest.scale[0]
    stretch = np.sqrt((after**2).sum(axis=1)) * length / (np.hypot(*before) + 1e-6)
    return turn, stretch


def _quadrangle_maps(
    across: tuple[Float64, Float64, Float64], spine0: Float64, spine1: Float64, spine_turn: Float64
) -> tuple[Float64, Float64]:
    """The linear maps that take the spine and a span across it to where they should be, and how
    far the two together have turned.

    across: the span at rest, its turn and its stretch.
    """
    across0, turn, stretch = across
    shear = np.clip(wrap_angle(turn - spine_turn), -NUMBERS.shear, NUMBERS.shear)
    across1 = np.einsum("tij,j->ti", rotation(spine_turn + shear), across0)
    across1 = across1 * np.clip(stretch, *NUMBERS.width)[:, None]
    before = np.linalg.inv(np.stack([across0, spine0], axis=1))
    after = np.stack([across1, spine1], axis=2)
    return after @ before, spine_turn + 0.5 * shear
