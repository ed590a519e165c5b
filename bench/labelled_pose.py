"""The tracker's own error, against pose labels that no tracker of ours made.

The labels are videos of OpenPose-coloured skeletons. Each limb is found again by its hue at six
tenths of full brightness, its ends by the spread of its pixels, and the joints by the bright dots
at the ends. `python -m bench.labelled_pose` prints the errors on the media beside the project.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from bench.table import Cell, table
from bench.takes import MEDIA
from understudy.geometry.landmarks import Body
from understudy.judge.pose_metrics import errors, pck
from understudy.media.clip import open_clip
from understudy.tracking.formats.keypoints import COCO_18
from understudy.tracking.formats.openpose_video import (
    COLOURS,
    LIMB_SHARE,
    LIMBS,
    openpose_joints,
)
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.track import track_clip
from understudy.tracking.trackers import TrackerPool

Joints = NDArray[np.float64]

# The trunk's and the limbs' joints; face and ears are drawn over one another.
SCORED = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
_LEFT, _RIGHT = (5, 11), (2, 8)

_HUE_SLACK = 4  # of OpenCV's 180
_LEAST_SATURATION = 120
_LEAST_BRIGHTNESS = 60
_LEAST_PIXELS = 25
_DOT_BRIGHTNESS = 215
_DOT_REACH = 1.6 / 100  # of the frame's height


@dataclass(frozen=True, slots=True)
class Labelled:
    """A clip and its labels.

    exchanged: red and blue are, in the labels. rate: what the clip's frames really are of, where
    its header says otherwise.
    """

    name: str
    exchanged: bool = False
    rate: Fraction | None = None


MEDIA_LABELLED = (
    Labelled("labelled-sky", exchanged=True),
    Labelled("labelled-room", rate=Fraction(24)),
)


@dataclass(frozen=True, slots=True)
class TrackerError:
    """How far the tracker is from the labels, in torso lengths, over the frames of its run."""

    name: str
    frames: int
    median: float
    mean: float
    pck: float
    worst_joint: str
    worst_median: float


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """The coloured pixels of a frame: hue of 180, brightness, and (N, 2) places x and y."""

    hue: NDArray[np.int16]
    value: NDArray[np.int16]
    places: NDArray[np.int64]

    @classmethod
    def from_frame(cls, rgb: NDArray[np.uint8]) -> Self:
        hsv = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2HSV)
        low, high = (0, _LEAST_SATURATION, _LEAST_BRIGHTNESS), (180, 255, 255)
        found = cv2.findNonZero(cv2.inRange(hsv, low, high))
        places = (
            np.zeros((0, 2), np.int64) if found is None else found.reshape(-1, 2).astype(np.int64)
        )
        pixels = hsv[places[:, 1], places[:, 0]].astype(np.int16)
        return cls(pixels[:, 0], pixels[:, 2], places)

    def limb_ends(self, colour: tuple[int, int, int]) -> Joints | None:
        """The two ends (2, 2) of the limb of a colour, None where too little of it is seen."""
        bright = round(255 * LIMB_SHARE)
        like = self._of_hue(colour) & (self.value > bright - 45) & (self.value < bright + 35)
        points = _largest_piece(self.places[like])
        if points is None:
            return None
        middle = points.mean(axis=0)
        variances, axes = np.linalg.eigh(np.cov((points - middle).T))
        # Half the length of an ellipse is twice the spread of its points.
        half = 2 * np.sqrt(variances[1]) * axes[:, 1]
        return np.array([middle - half, middle + half])

    def bright(self) -> _Drawn:
        """Those of the pixels that dots are drawn with."""
        bright = self.value >= _DOT_BRIGHTNESS
        return _Drawn(self.hue[bright], self.value[bright], self.places[bright])

    def dot_near(self, colour: tuple[int, int, int], place: Joints, reach: float) -> Joints | None:
        """The middle of the dot of a colour about a place."""
        near = (np.abs(self.places - place) <= reach).all(axis=1)
        dot = near & self._of_hue(colour)
        return self.places[dot].mean(axis=0) if dot.sum() >= 4 else None

    def _of_hue(self, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
        wanted = int(cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0, 0])
        return np.abs((self.hue - wanted + 90) % 180 - 90) <= _HUE_SLACK


def _largest_piece(places: NDArray[np.int64]) -> Joints | None:
    """The places of the largest connected piece, None where there is none that is large enough."""
    if len(places) < _LEAST_PIXELS:
        return None
    low = places.min(axis=0)
    width, height = places.max(axis=0) - low + 1
    mask = np.zeros((height, width), np.uint8)
    x, y = (places - low).T
    mask[y, x] = 1
    _, names, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if areas.max() < _LEAST_PIXELS:
        return None
    return np.asarray(places[names[y, x] == 1 + int(areas.argmax())], np.float64)


def read_joints(path: Path, *, exchanged: bool = False) -> Joints:
    """The joints (T, 18, 2) of a skeleton video in its pixels, NaN where not drawn or hidden."""
    with av.open(str(path)) as container:
        found = []
        for frame in container.decode(video=0):
            rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            found.append(joints_of_frame(rgb[..., ::-1] if exchanged else rgb))
    return np.array(found)


def joints_of_frame(rgb: NDArray[np.uint8]) -> Joints:
    """The joints (18, 2) of one frame (H, W, 3), NaN where not drawn or hidden."""
    drawn = _Drawn.from_frame(rgb)
    ends: list[list[Joints]] = [[] for _ in COCO_18]
    for (one, other), colour in zip(LIMBS, COLOURS, strict=False):
        limb = drawn.limb_ends(colour)
        if limb is not None:
            ends[one].append(limb)
            ends[other].append(limb)
    joints = np.full((len(COCO_18), 2), np.nan)
    bright, reach = drawn.bright(), _DOT_REACH * rgb.shape[0]
    for number, (pairs, colour) in enumerate(zip(ends, COLOURS, strict=True)):
        dots = [bright.dot_near(colour, end, reach) for pair in pairs for end in pair]
        seen = [dot for dot in dots if dot is not None]
        if seen:
            joints[number] = np.median(seen, axis=0)
    return joints


def tracker_error(clip_path: Path, labels: Joints, label_size: tuple[int, int]) -> TrackerError:
    """Track a clip and compare its driver with labels (T, 18, 2) of frames of that (w, h)."""
    clip = open_clip(clip_path, orientation="video")
    with TrackerPool() as pool:
        scene = analyze_scene(clip, pool=pool)
        performance = track_clip(clip, scene=scene, fps=clip.fps, pool=pool)
    first = round(scene.start * float(clip.fps))
    wanted = labels[first : first + len(performance)] * (clip.width / label_size[0])
    found = np.array(
        [openpose_joints(body)[0] for body in performance.body[: len(wanted)]], np.float64
    )
    torsos = np.linalg.norm(
        (wanted[:, _LEFT[0]] + wanted[:, _RIGHT[0]] - wanted[:, _LEFT[1]] - wanted[:, _RIGHT[1]])
        / 2,
        axis=1,
    )
    distances = errors(found[:, SCORED], wanted[:, SCORED], float(np.nanmedian(torsos)))
    medians = np.nanmedian(distances, axis=0)
    worst = int(np.nanargmax(medians))
    joint = COCO_18[SCORED[worst]]
    return TrackerError(
        name=clip_path.stem,
        frames=len(wanted),
        median=float(np.nanmedian(distances)),
        mean=float(np.nanmean(distances)),
        pck=pck(distances),
        worst_joint=joint.name.lower() if isinstance(joint, Body) else "",
        worst_median=float(medians[worst]),
    )


def measure(labelled: Labelled, folder: Path) -> TrackerError:
    """The tracker's error on a clip of a folder that has its labels beside it."""
    labels_path = folder / f"{labelled.name}-pose.mp4"
    labels = read_joints(labels_path, exchanged=labelled.exchanged)
    with av.open(str(labels_path)) as container:
        stream = container.streams.video[0]
        size = (stream.width, stream.height)
    with tempfile.TemporaryDirectory() as temporary:
        clip = folder / f"{labelled.name}.mp4"
        if labelled.rate is not None:
            retimed = Path(temporary) / clip.name
            retime(clip, retimed, labelled.rate)
            clip = retimed
        return tracker_error(clip, labels, size)


def retime(source: Path, target: Path, rate: Fraction) -> None:
    """Copy a video's pictures at another rate, without coding them anew."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        stream = reader.streams.video[0]
        copy = writer.add_stream_from_template(stream)
        factor = Fraction(stream.average_rate or rate) / rate
        for packet in reader.demux(stream):
            if packet.pts is None or packet.dts is None:
                continue
            packet.pts, packet.dts = round(packet.pts * factor), round(packet.dts * factor)
            packet.duration = round((packet.duration or 0) * factor)
            packet.stream = copy
            writer.mux(packet)


def main() -> None:
    """Print the tracker's error on the labelled clips of a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.labelled_pose", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=MEDIA)
    folder: Path = parser.parse_args().folder
    here = [one for one in MEDIA_LABELLED if (folder / f"{one.name}-pose.mp4").exists()]
    if not here:
        print("There are no labelled clips here.")
        return
    print(table("The tracker's own error", [row(measure(labelled, folder)) for labelled in here]))


def row(error: TrackerError) -> dict[str, Cell]:
    """A line of the table."""
    return {
        "clip": error.name,
        "frames": error.frames,
        "median error": round(error.median, 4),
        "mean": round(error.mean, 4),
        "PCK@0.1": round(error.pck, 3),
        "worst joint": f"{error.worst_joint} {error.worst_median:.3f}",
    }


if __name__ == "__main__":
    main()
