"""Following a clip's camera from frame to frame.

`camera_motion` says on thumbnails whether the camera moves. Here its way is measured for each
frame: corners of a key frame, except on people, are found again in the frames after it, and the
similarity transform that most of them follow is the camera's. Each frame is compared with its key
frame and not with the one before, so that errors do not add up; a new key frame is chosen when the
camera has gone too far from the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.errors import TakeCancelled
from understudy.geometry.filters import gaussian_onwards, interpolate_gaps
from understudy.geometry.landmarks import Body, Float32
from understudy.media.clip import Clip, read_frames
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance
from understudy.tracking.scene.people import PersonTrack

VERSION = "camera/1"

Float64 = NDArray[np.float64]
Grey = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FollowingNumbers:
    """How the camera is followed. Pixels are those of the frames at `long_side`."""

    long_side: int = 480
    """Pixels of the longer side at which frames are compared."""
    cell: int = 16
    """One corner is followed for each square of this side, so that no part of the picture outvotes
    the rest."""
    min_quality: float = 2e-4
    """Smaller eigenvalue of the gradient's covariance (Shi and Tomasi) that makes a corner."""
    border: int = 4
    """Pixels at the picture's borders in which no corner is followed."""
    window: int = 21
    """Side in pixels of the window in which a corner is followed."""
    levels: int = 3
    """Of the image pyramid."""
    max_round_trip: float = 0.7
    """Pixels by which a corner that is followed there and back may be off."""
    max_error: float = 1.0
    """Pixels by which a corner that follows the camera may be off."""
    min_points: int = 12
    """That must follow the camera for a frame to count."""
    min_share: float = 0.4
    """Of the corners found again that must."""
    kept_share: float = 0.55
    """A new key frame is chosen when less of the last one's corners are found again,"""
    kept_zoom: float = 0.2
    """or things look larger or smaller by this much (logarithm)."""
    limb: float = 0.12
    """Width of the driver's limbs with what is worn on them, in sides of the driver's region."""
    trunk: float = 0.2
    """The same of trunk and head: hair and skirts too."""
    half_width: float = 0.2
    """Half the width of other people, in sides of their regions."""
    half_height: float = 0.46
    """The same of the height."""
    calm: float = 0.04
    """Seconds (sigma) over which the way is averaged against what trembles in the measurement."""


NUMBERS = FollowingNumbers()

_LIMBS = (
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW, Body.LEFT_WRIST, Body.LEFT_INDEX),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW, Body.RIGHT_WRIST, Body.RIGHT_INDEX),
    (Body.LEFT_HIP, Body.LEFT_KNEE, Body.LEFT_ANKLE, Body.LEFT_FOOT_INDEX),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE, Body.RIGHT_ANKLE, Body.RIGHT_FOOT_INDEX),
)
_TRUNK = (
    Body.NOSE,
    Body.LEFT_SHOULDER,
    Body.LEFT_HIP,
    Body.RIGHT_HIP,
    Body.RIGHT_SHOULDER,
    Body.NOSE,
)


def follow_camera(  # noqa: PLR0913 - independent keyword options
    clip: Clip,
    performance: Performance,
    driver: PersonTrack,
    others: Sequence[PersonTrack],
    *,
    fps: Fraction,
    cancelled: Callable[[], bool] | None = None,
) -> ClipCamera:
    """The camera's way, a row for each of the performance's.

    performance: of the driver, at `fps`, in the clip's pixels. driver, others: where the people
    are. Frames in which the background cannot be told (nothing but people, plain ground) lie on the
    way between those around them. Raises TakeCancelled, and InputRefused where the clip cannot be
    decoded.
    """
    scale = min(1.0, NUMBERS.long_side / max(clip.size))
    width, height = (max(2, round(side * scale)) for side in clip.size)
    follower = _Follower()
    poses: list[Float64 | None] = []
    start = float(performance.times[0])
    end = float(performance.times[-1] + 1 / fps)
    with closing(read_frames(clip, size=(width, height), start=start, end=end, fps=fps)) as frames:
        for frame in frames:
            if cancelled is not None and cancelled():
                raise TakeCancelled("the take was cancelled while its camera was followed")
            grey = np.asarray(cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
            row = min(frame.index, len(performance) - 1)
            side = float(driver.region_at(frame.time)[2]) * scale
            ground = _ground(grey, performance.body[row] * np.float32(scale), side)
            for other in others:
                if other.times[0] <= frame.time <= other.times[-1]:
                    _leave_out(ground, other.region_at(frame.time) * scale)
            poses.append(follower.next(grey, ground))
    poses += [None] * (len(performance) - len(poses))
    sigma = NUMBERS.calm * float(fps)
    return _camera(poses[: len(performance)], np.array([width, height]), scale, clip.size, sigma)


def _camera(
    poses: Sequence[Float64 | None],
    small: NDArray[np.int64],
    scale: float,
    size: tuple[int, int],
    sigma: float,
) -> ClipCamera:
    """From maps of the first frame to each (2, 3), None where unknown, at a size of `small`."""
    known = np.array([pose is not None for pose in poses])
    rows = np.zeros((len(poses), 4))
    for row, pose in zip(rows, poses, strict=True):
        if pose is not None:
            linear = pose[:, :2]
            row[:2] = np.linalg.solve(linear, small / 2 - pose[:, 2]) / scale
            row[2] = np.log(np.hypot(linear[0, 0], linear[1, 0]))
            row[3] = np.arctan2(linear[1, 0], linear[0, 0])
    rows = gaussian_onwards(interpolate_gaps(rows, known), sigma)
    return ClipCamera(rows[:, :2], np.exp(rows[:, 2]), rows[:, 3], size)


def _ground(grey: Grey, body: Float32, side: float) -> Grey:
    """Where the driver is not: (H, W), 0 or 255. body: (33, 4). side: of the driver's region."""
    mask = np.full(grey.shape, 255, np.uint8)
    if not np.isfinite(body[:, :2]).all():
        return mask
    # Far outside, where guesses may lie, OpenCV's coordinates overflow.
    limit = 4 * max(grey.shape)
    places = np.clip(np.rint(body[:, :2]), -limit, limit).astype(np.int32)
    trunk = places[list(_TRUNK)]
    cv2.fillConvexPoly(mask, cv2.convexHull(trunk), 0)
    cv2.polylines(
        mask, [trunk], isClosed=True, color=0, thickness=max(1, round(NUMBERS.trunk * side))
    )
    for limb in _LIMBS:
        thickness = max(1, round(NUMBERS.limb * side))
        cv2.polylines(mask, [places[list(limb)]], isClosed=False, color=0, thickness=thickness)
    return mask


def _leave_out(ground: Grey, region: Float64) -> None:
    """Take a person's region (x, y, side, angle) out of the ground."""
    x, y, side, _ = region
    across, along = NUMBERS.half_width * side, NUMBERS.half_height * side
    low, high = (round(x - across), round(y - along)), (round(x + across), round(y + along))
    cv2.rectangle(ground, low, high, 0, -1)


class _Follower:
    """Follows the background through frames that come one after the other."""

    def __init__(self) -> None:
        self._key: Grey | None = None
        self._corners: Points = np.zeros((0, 2), np.float32)
        # Maps of the first frame to the key frame, and of that to the last frame: (3, 3).
        self._to_key = np.eye(3)
        self._on = np.eye(3)

    def next(self, grey: Grey, ground: Grey) -> Float64 | None:
        """The map (2, 3) of the first frame to this one, None where it cannot be told.

        ground: (H, W), 0 where somebody is.
        """
        if self._key is None:
            self._key, self._corners = grey, _corners(grey, ground)
            return np.eye(3)[:2]
        found, share = self._compare(grey, ground)
        if found is not None:
            self._on = found
        pose = self._on @ self._to_key
        far = abs(np.log(np.hypot(self._on[0, 0], self._on[1, 0]))) > NUMBERS.kept_zoom
        if found is None or share < NUMBERS.kept_share or far:
            self._key, self._corners = grey, _corners(grey, ground)
            self._to_key, self._on = pose, np.eye(3)
        return None if found is None else pose[:2]

    def _compare(self, grey: Grey, ground: Grey) -> tuple[Float64 | None, float]:
        """The map (3, 3) of the key frame to another, and the share of corners found again."""
        assert self._key is not None
        if len(self._corners) < NUMBERS.min_points:
            return None, 0.0
        guess = (self._corners @ self._on[:2, :2].T + self._on[:2, 2]).astype(np.float32)
        there, found = _flow(self._key, grey, self._corners, guess)
        back, returned = _flow(grey, self._key, there, self._corners)
        good = found & returned
        good &= np.linalg.norm(back - self._corners, axis=1) < NUMBERS.max_round_trip
        good &= _is_set(ground, there)
        share = float(good.mean())
        if good.sum() < NUMBERS.min_points:
            return None, share
        model, inliers = cv2.estimateAffinePartial2D(
            self._corners[good],
            there[good],
            method=cv2.RANSAC,
            ransacReprojThreshold=NUMBERS.max_error,
        )
        if model is None or inliers.sum() < max(
            NUMBERS.min_points, NUMBERS.min_share * int(good.sum())
        ):
            return None, share
        return np.vstack([model, [0.0, 0.0, 1.0]]), share


def _corners(grey: Grey, ground: Grey) -> Points:
    """The best corner (N, 2) of every cell of the ground that has one."""
    quality = cv2.cornerMinEigenVal(grey, 5, ksize=3)
    quality[ground == 0] = 0.0
    edge = NUMBERS.border
    quality[:edge], quality[-edge:], quality[:, :edge], quality[:, -edge:] = 0, 0, 0, 0
    points = []
    for top in range(0, grey.shape[0], NUMBERS.cell):
        for left in range(0, grey.shape[1], NUMBERS.cell):
            cell = quality[top : top + NUMBERS.cell, left : left + NUMBERS.cell]
            y, x = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[y, x] >= NUMBERS.min_quality:
                points.append((left + x, top + y))
    return np.array(points, np.float32).reshape(-1, 2)


def _is_set(ground: Grey, places: Points) -> NDArray[np.bool_]:
    """Which places (N, 2) lie on the ground and in the picture."""
    column, row = np.rint(places).astype(int).T
    height, width = ground.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    seen = ground[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0
    return np.asarray(inside & seen)


def _flow(
    one: Grey, other: Grey, points: Points, guess: Points
) -> tuple[Points, NDArray[np.bool_]]:
    """Where points (N, 2) of one image are in another, near a guess (Lucas and Kanade's method)."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        one,
        other,
        points,
        guess.copy(),
        winSize=(NUMBERS.window, NUMBERS.window),
        maxLevel=NUMBERS.levels,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(there, np.float32), found.ravel() > 0
