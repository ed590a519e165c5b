"""What the model is shown beside the picture: skeleton, face and, to replace, scene and mask."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.engines.wan.animate.faces import face_crop
from understudy.engines.wan.animate.masks import FindPerson, Mask, driver_mask
from understudy.engines.wan.animate.retargeting import placed, retargeted
from understudy.engines.wan.driving import Driving
from understudy.engines.wan.letterbox import FramePart
from understudy.engines.wan.options import check_length
from understudy.engines.wan.published import SIDE_MULTIPLE
from understudy.engines.wan.segments import Segment
from understudy.geometry.landmarks import Landmarks
from understudy.tracking.formats.openpose_video import DrawingNumbers, draw_skeleton
from understudy.tracking.performance import Performance

Rgb = NDArray[np.uint8]

# The makers' own drawing, which the model was trained with: limbs of a two-hundredth of the short
# side less a pixel, hands of a pixel, and toes (Wan-Video/Wan2.2,
# wan/modules/animate/preprocess/human_visualization.py).
MAKERS_DRAWING = DrawingNumbers(
    stick=1 / 200,
    stick_less=1.0,
    toes=True,
    hand_line=1 / 720,
    least_hand_line=0.5,
    hand_dot=1 / 720,
)

# With the driver's face in fewer frames than this share, its expression is mostly left to chance.
FEW_FACES = 0.5
NOBODY = (
    "Nobody was found in the picture: the skeleton has the proportions of the person in the clip."
)
HARDLY_A_FACE = (
    "The face of the person in the clip is seen in {share:.0%} of the frames; in the others the "
    "model makes up the character's expression."
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of one segment; every list has a frame for each of its frames.

    pose: skeletons (H, W, 3). face: crops (side, side, 3). scene: the clip's frames without the
    driver (H, W, 3), and mask: where the driver was (H, W), 1 or 0; both None unless the driver is
    replaced. Raises ValueError for what the pipeline would crash at, or change in silence.
    """

    pose: list[Rgb]
    face: list[Rgb]
    scene: list[Rgb] | None = None
    mask: list[Mask] | None = None

    def __post_init__(self) -> None:
        # A single frame makes no segment, and the pipeline would count it as none.
        check_length(len(self.pose))
        height, width = self.pose[0].shape[:2]
        if height % SIDE_MULTIPLE or width % SIDE_MULTIPLE:
            raise ValueError(f"sides are multiples of {SIDE_MULTIPLE} px, not {width} and {height}")
        if (self.scene is None) != (self.mask is None):
            raise ValueError("the scene and the mask of the driver are given together")
        for name, frames in (("face", self.face), ("scene", self.scene), ("mask", self.mask)):
            if frames is None:
                continue
            if len(frames) != len(self.pose):
                raise ValueError(
                    f"the {name} video has {len(frames)} frames, the pose video {len(self.pose)}"
                )
            wanted = self.face[0].shape[:1] * 2 if name == "face" else (height, width)
            if any(frame.shape[:2] != wanted for frame in frames):
                raise ValueError(f"frames of the {name} video differ in size, or are not {wanted}")


class ConditionReader:
    """Reads the conditions of a take, a segment at a time."""

    def __init__(
        self,
        performance: Performance,
        driving: Driving,
        frame: tuple[int, int],
        face_side: int,
    ) -> None:
        """performance: the driver's, in the clip's pixels. driving: the clip. frame: (w, h) that is
        drawn. face_side: of the square that a face is cut into, in pixels."""
        self._driving = driving
        self._frame = frame
        self._face_side = face_side
        scale = driving.size[0] / performance.size[0]
        self._driver = placed(performance, scale, (0.0, 0.0))
        self._seen: dict[int, bool] = {}

    def warnings(self) -> tuple[str, ...]:
        """A sentence where the driver's face was hardly seen in the frames that were read."""
        share = sum(self._seen.values()) / max(1, len(self._seen))
        return () if share >= FEW_FACES else (HARDLY_A_FACE.format(share=share),)

    def animating(self, picture: Landmarks | None, box: FramePart) -> Animating:
        """For a character in its own picture, which lies in `box`; picture: its landmarks there,
        None where nobody was found."""
        if picture is not None:
            shown = retargeted(self._driver, picture, self._frame)
        else:
            shown = self._fitted(box)
        return Animating(self, shown, found=picture is not None)

    def replacing(self, box: FramePart, find: FindPerson) -> Replacing:
        """For a character in the clip's own scene, which lies in `box`."""
        return Replacing(self, self._fitted(box), box, find)

    def faces_of(self, segment: Segment) -> list[Rgb]:
        """The driver's face in each of a segment's frames."""
        crops = []
        for index, rgb in zip(self.rows(segment), self._driving.of(segment), strict=True):
            face = self._driver.face[index]
            self._seen[index] = bool(np.isfinite(face[0, 0]))
            crops.append(face_crop(rgb, face, self._face_side))
        return crops

    def masks_of(self, segment: Segment, find: FindPerson) -> list[tuple[Rgb, Mask]]:
        """Each of a segment's frames, and where the driver is in it, at the size of `driving`."""
        return [
            (rgb, driver_mask(rgb, self._driver.body[index], find))
            for index, rgb in zip(self.rows(segment), self._driving.of(segment), strict=True)
        ]

    def rows(self, segment: Segment) -> list[int]:
        """The performance's rows for a segment; the last one stands for those past the end."""
        last = len(self._driver) - 1
        return [min(segment.start + place, last) for place in range(segment.length)]

    def _fitted(self, box: FramePart) -> Performance:
        """The driver in the frame that is drawn, with the clip fitted into `box`."""
        width, height = self._driving.size
        scale = min(box.width / width, box.height / height)
        left = box.left + (box.width - scale * width) / 2
        top = box.top + (box.height - scale * height) / 2
        return replace(placed(self._driver, scale, (left, top)), size=self._frame)


@dataclass(frozen=True, slots=True)
class Animating:
    """Conditions for a character in its own picture.

    shown: the performance that is drawn. found: somebody was found in the picture.
    """

    reader: ConditionReader
    shown: Performance
    found: bool

    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person on what was read."""
        return (*(() if self.found else (NOBODY,)), *self.reader.warnings())

    def of(self, segment: Segment) -> Conditions:
        """A segment's conditions."""
        return Conditions(
            pose=_skeletons(self.shown, self.reader.rows(segment)),
            face=self.reader.faces_of(segment),
        )


@dataclass(frozen=True, slots=True)
class Replacing:
    """Conditions for a character in the clip's scene, which lies in `box`. find: the tracker."""

    reader: ConditionReader
    shown: Performance
    box: FramePart
    find: FindPerson

    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person on what was read."""
        return self.reader.warnings()

    def of(self, segment: Segment) -> Conditions:
        """A segment's conditions."""
        scenes, masks = [], []
        width, height = self.shown.size
        size = self.box.width, self.box.height
        part = np.s_[
            self.box.top : self.box.top + self.box.height,
            self.box.left : self.box.left + self.box.width,
        ]
        for rgb, mask in self.reader.masks_of(segment, self.find):
            scene = np.zeros((height, width, 3), np.uint8)
            place = np.zeros((height, width), np.uint8)
            place[part] = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
            scene[part] = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
            scene[place > 0] = 0
            scenes.append(scene)
            masks.append(place)
        return Conditions(
            pose=_skeletons(self.shown, self.reader.rows(segment)),
            face=self.reader.faces_of(segment),
            scene=scenes,
            mask=masks,
        )


def _skeletons(performance: Performance, rows: list[int]) -> list[Rgb]:
    """The model knows no points of the face; it is shown the face itself."""
    return [draw_skeleton(performance, row, face=False, numbers=MAKERS_DRAWING) for row in rows]
