"""The driver's motion in the picture's proportions, by ratios of bone lengths.

Every bone keeps the direction that it has in the clip's image and takes the length that it has in
the picture: it is made longer or shorter by the ratio of the two. From the root outwards this moves
the driver's landmarks onto the character, as Wan-Animate's makers do where they prepare a skeleton
video (https://arxiv.org/abs/2509.14055).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body, Float32, Landmarks
from understudy.geometry.skeleton import VISIBLE
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]
Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """most: a bone is this much longer or shorter than the whole figure's scale says at most, as
    the picture may show it from an end. most_head: the same for the head, which drawn figures have
    large. longest: the percentile of a bone's lengths in the clip that is its own; the very longest
    may be a slip of the tracker."""

    most: float = 1.6
    most_head: float = 3.0
    longest: float = 90.0


NUMBERS = _Numbers()

# Two points that are no landmarks follow the 33: the middles of shoulders, hips and ears.
_NECK, _PELVIS, _HEAD = 33, 34, 35
_MIDDLES = (
    (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER),
    (Body.LEFT_HIP, Body.RIGHT_HIP),
    (Body.LEFT_EAR, Body.RIGHT_EAR),
)


def _both(one: str, other: str) -> tuple[Ends, Ends]:
    return (
        (Body[f"LEFT_{one}"], Body[f"LEFT_{other}"]),
        (Body[f"RIGHT_{one}"], Body[f"RIGHT_{other}"]),
    )


# What is measured, by name; of pairs both sides count as one.
_BONES: Mapping[str, tuple[Ends, ...]] = {
    "torso": ((_NECK, _PELVIS),),
    "shoulders": (_MIDDLES[0],),
    "hips": (_MIDDLES[1],),
    "neck": ((_NECK, _HEAD),),
    "head": (_MIDDLES[2],),
    "upper arm": _both("SHOULDER", "ELBOW"),
    "forearm": _both("ELBOW", "WRIST"),
    "thigh": _both("HIP", "KNEE"),
    "shank": _both("KNEE", "ANKLE"),
    "foot": _both("ANKLE", "FOOT_INDEX"),
}


def _chains() -> tuple[tuple[int, int, str], ...]:
    """Parent, child and the bone whose ratio holds, from the trunk outwards."""
    chains: list[tuple[int, int, str]] = [(_NECK, _HEAD, "neck")]
    chains += [(_HEAD, point, "head") for point in range(Body.MOUTH_RIGHT + 1)]
    for side in ("LEFT", "RIGHT"):
        shoulder, elbow, wrist = (Body[f"{side}_{n}"] for n in ("SHOULDER", "ELBOW", "WRIST"))
        hip, knee, ankle = (Body[f"{side}_{n}"] for n in ("HIP", "KNEE", "ANKLE"))
        chains += [
            (_NECK, shoulder, "shoulders"),
            (shoulder, elbow, "upper arm"),
            (elbow, wrist, "forearm"),
            *((wrist, Body[f"{side}_{n}"], "forearm") for n in ("PINKY", "INDEX", "THUMB")),
            (_PELVIS, hip, "hips"),
            (hip, knee, "thigh"),
            (knee, ankle, "shank"),
            *((ankle, Body[f"{side}_{n}"], "foot") for n in ("HEEL", "FOOT_INDEX")),
        ]
    return tuple(chains)


_CHAINS = _chains()
_GROUND = (Body.LEFT_HEEL, Body.RIGHT_HEEL, Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX)


def retargeted(performance: Performance, picture: Landmarks, size: tuple[int, int]) -> Performance:
    """The performance as the picture's figure performs it.

    picture: landmarks in pixels of a frame of `size` (w, h), in which the result's are as well. The
    figure begins where the picture has it, with its feet on the same ground if both show them, and
    goes as far as its size says.
    """
    driver = _with_middles(performance.body)
    figure = _with_middles(picture.body)
    seen = figure[:, 3] > VISIBLE
    ratios = bone_ratios(performance, picture)
    has_hips = bool(seen[_PELVIS])
    root, other = (_PELVIS, _NECK) if has_hips else (_NECK, _PELVIS)
    has_feet = bool(seen[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE]].all())
    # Who has longer legs takes longer steps.
    travel = ratios["thigh"] if has_feet else ratios["torso"]

    moved = driver.copy()
    way = driver[:, root, :2] - driver[0, root, :2]
    moved[:, root, :2] = figure[root, :2] + travel * way
    trunk = driver[:, other, :2] - driver[:, root, :2]
    moved[:, other, :2] = moved[:, root, :2] + ratios["torso"] * trunk
    for parent, child, bone in _CHAINS:
        away = driver[:, child, :2] - driver[:, parent, :2]
        moved[:, child, :2] = moved[:, parent, :2] + ratios[bone] * away
    if has_feet and has_hips and np.isfinite(moved[0, _GROUND, 1]).all():
        moved[:, :, 1] += figure[_GROUND, 1].max() - moved[0, _GROUND, 1].max()

    def beside(part: Float32, joint: int, bone: str) -> Float32:
        return _beside(part, driver[:, joint], moved[:, joint], ratios[bone])

    return replace(
        performance,
        body=moved[:, : len(Body)].astype(np.float32),
        left_hand=beside(performance.left_hand, Body.LEFT_WRIST, "forearm"),
        right_hand=beside(performance.right_hand, Body.RIGHT_WRIST, "forearm"),
        face=beside(performance.face, _HEAD, "head"),
        size=size,
    )


def placed(performance: Performance, scale: float, offset: tuple[float, float]) -> Performance:
    """The performance as it is, in pixels of a frame that the clip lies in: scaled, then moved."""
    shift = np.array([*offset, 0.0])

    def moved(points: Float32) -> Float32:
        changed = points.copy()
        changed[..., :3] = points[..., :3] * scale + shift
        return changed

    return replace(
        performance,
        body=moved(performance.body),
        left_hand=moved(performance.left_hand),
        right_hand=moved(performance.right_hand),
        face=moved(performance.face),
    )


def bone_ratios(performance: Performance, picture: Landmarks) -> dict[str, float]:
    """How much longer each bone is in the picture than in the clip, in pixels.

    Both sides count as one. The driver's length is what the clip shows of it at its longest, the
    picture's that of the longer side, as what points at the camera looks short. What one of them
    does not show has the whole figure's ratio.
    """
    driver = _with_middles(performance.body)
    figure = _with_middles(picture.body)
    found = {bone: _ratio(driver, figure, ends) for bone, ends in _BONES.items()}
    known = (found[bone] for bone in ("torso", "shoulders", "head", "neck"))
    whole = next((ratio for ratio in known if ratio is not None), 1.0)
    ratios: dict[str, float] = {}
    for bone, ratio in found.items():
        most = NUMBERS.most_head if bone == "head" else NUMBERS.most
        ratios[bone] = whole if ratio is None else float(np.clip(ratio, whole / most, whole * most))
    return ratios


def _ratio(driver: Float64, figure: Float64, bones: tuple[Ends, ...]) -> float | None:
    wanted: list[float] = []
    given: list[float] = []
    for one, other in bones:
        if min(figure[one, 3], figure[other, 3]) > VISIBLE:
            wanted.append(float(np.linalg.norm(figure[one, :2] - figure[other, :2])))
        times = np.minimum(driver[:, one, 3], driver[:, other, 3]) > VISIBLE
        if times.any():
            lengths = np.linalg.norm(driver[times, one, :2] - driver[times, other, :2], axis=1)
            given.append(float(np.percentile(lengths, NUMBERS.longest)))
    if not wanted or not given or min(max(wanted), max(given)) <= 0:
        return None
    return max(wanted) / max(given)


def _with_middles(body: Float32) -> Float64:
    """(..., 33, 4) landmarks with the three middles: (..., 36, 4)."""
    middles = []
    for one, other in _MIDDLES:
        middle = (body[..., one, :] + body[..., other, :]) / 2
        middle[..., 3] = np.minimum(body[..., one, 3], body[..., other, 3])
        middles.append(middle)
    return np.concatenate([body, np.stack(middles, axis=-2)], axis=-2).astype(np.float64)


def _beside(part: Float32, joint: Float64, moved: Float64, ratio: float) -> Float32:
    """Points (T, n, 3) that keep their place beside a joint (T, 4), scaled."""
    changed = part.astype(np.float64)
    changed[..., :2] = moved[:, None, :2] + ratio * (changed[..., :2] - joint[:, None, :2])
    return changed.astype(np.float32)
