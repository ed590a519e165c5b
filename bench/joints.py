"""How well casting finds the joints and the outline of drawings whose truth others marked.

The truth comes as AnimatedDrawings writes it: a YAML file of named joints in pixels, and a mask.
`python -m bench joints` prints a row for each drawing beside the project.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from bench.table import Cell
from bench.takes import MEDIA
from understudy.character.cast import cast
from understudy.character.figure.joints import joints_of
from understudy.media.limits import output_size
from understudy.media.picture import open_picture

DRAWINGS = ("drawing-child-outline", "drawing-child-candy")
NEAR = 0.05  # of the figure's height: a joint so near counts as found
# The thirteen joints in the order of `joints.Joint`; AnimatedDrawings calls the face's middle neck.
_NAMES = (
    "neck",
    *(
        f"{side}_{joint}"
        for joints in (("shoulder", "elbow", "hand"), ("hip", "knee", "foot"))
        for side in ("right", "left")
        for joint in joints
    ),
)


@dataclass(frozen=True, slots=True)
class JointError:
    """near: share of the joints within `NEAR` of the height. mean: error over the height. iou: of
    the matte with the true mask. seconds: of casting, without any cache."""

    near: float
    mean: float
    iou: float
    seconds: float

    def row(self, name: str) -> dict[str, Cell]:
        return {
            "drawing": name,
            "joints within .05": self.near,
            "mean error": self.mean,
            "IoU": self.iou,
            "seconds": self.seconds,
        }


def here() -> list[str]:
    """The drawings that lie beside the project."""
    return [name for name in DRAWINGS if (MEDIA / f"{name}.yaml").is_file()]


def measure(name: str, media: Path = MEDIA) -> JointError:
    """Cast a drawing and compare it with its truth."""
    picture = open_picture((media / f"{name}.png").read_bytes(), short_side=720)
    size = output_size(*picture.source_size, "std")
    began = time.perf_counter()
    character = cast(picture, size)
    seconds = time.perf_counter() - began
    truth, mask = _truth(media / name, size)
    height = float(np.ptp(np.flatnonzero(mask.any(axis=1))) + 1)
    errors = np.linalg.norm(joints_of(character.landmarks) - truth, axis=1) / height
    found = character.alpha > 0.5
    return JointError(
        near=float((errors <= NEAR).mean()),
        mean=float(errors.mean()),
        iou=float((found & mask).sum() / (found | mask).sum()),
        seconds=seconds,
    )


def _truth(stem: Path, size: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The true joints (13, 2) and mask (h, w) at that size (w, h)."""
    told = yaml.safe_load(stem.with_suffix(".yaml").read_text())
    places = {joint["name"]: joint["loc"] for joint in told["skeleton"]}
    scale = np.array([size[0] / told["width"], size[1] / told["height"]])
    joints = np.array([places[name] for name in _NAMES], float) * scale
    mask = cv2.imread(str(stem.with_name(f"{stem.name}-mask.png")), cv2.IMREAD_GRAYSCALE)
    assert mask is not None
    return joints, np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 127)
