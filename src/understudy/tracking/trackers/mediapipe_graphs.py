"""MediaPipe's models as stateless graphs.

The wheel's C++ library registers the building blocks of its Holistic solution as subgraphs. They
are put together here into graphs that keep nothing from one image to the next, so that the same
region of the same image always gives the same landmarks, whatever came before it, and so that only
the models that are wanted are run. It also makes the import cheap: MediaPipe's own package file
imports every solution, and matplotlib, jax and sounddevice with them; none is needed here.

Only worker processes import this module.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.tracking.trackers.tracker import Region


def _bare_package(name: str) -> Path:
    """Let the submodules of a package be imported without running its `__init__`."""
    if name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        sys.modules[name] = importlib.util.module_from_spec(spec)
    return Path(sys.modules[name].__path__[0])


_PACKAGE = _bare_package("mediapipe")

from mediapipe.framework.formats import (  # noqa: E402
    detection_pb2,
    landmark_pb2,
    rect_pb2,
)
from mediapipe.python import packet_creator, packet_getter  # noqa: E402
from mediapipe.python._framework_bindings import (  # noqa: E402
    calculator_graph,
    image_frame,
    resource_util,
    validated_graph_config,
)

resource_util.set_resource_dir(str(_PACKAGE.parent))

# The landmarks of a person's head, and of each hand, among those of the body.
_HEAD = (0, 11)

PEOPLE = """
input_stream: "image"
node { calculator: "PoseDetectionCpu"
       input_stream: "IMAGE:image" output_stream: "DETECTIONS:detections" }
"""

BODY = """
input_stream: "image"
input_stream: "region"
input_side_packet: "complexity"
input_side_packet: "segment"
node { calculator: "PoseLandmarkByRoiCpu"
       input_stream: "IMAGE:image" input_stream: "ROI:region"
       input_side_packet: "MODEL_COMPLEXITY:complexity"
       input_side_packet: "ENABLE_SEGMENTATION:segment"
       output_stream: "LANDMARKS:landmarks" output_stream: "AUXILIARY_LANDMARKS:auxiliary"
       output_stream: "WORLD_LANDMARKS:world" output_stream: "SEGMENTATION_MASK:mask_image" }
node { calculator: "FromImageCalculator"
       input_stream: "IMAGE:mask_image" output_stream: "IMAGE_CPU:mask" }
node { calculator: "ImagePropertiesCalculator"
       input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node { calculator: "PoseLandmarksToRoi"
       input_stream: "LANDMARKS:auxiliary" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:next_region" }
"""
BODY_MODEL = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
BODY_MASK_OUTPUT, BODY_PRESENCE_OUTPUT = 2, 1
"""Numbers of outputs of the body's model."""
_LOADER = "poselandmarkbyroicpu__poselandmarkmodelloader"
MODEL_FROM_FILE = f'"MODEL_RESOURCE:{_LOADER}__model_resource"'
MODEL_FROM_MEMORY = '"MODEL_BLOB:model"'
"""To be put in place of the one before: the side packet `model` then holds the body's model."""
HEAVY_BODY_MODEL = "mediapipe/modules/pose_landmark/pose_landmark_heavy.tflite"
"""Where graphs look for the heavy model; the wheel has no such file."""
BODY_PRESENCE = "poselandmarkbyroicpu__tensorstoposelandmarksandsegmentation__pose_presence_score"

FIND_FACE = f"""
input_stream: "image"
input_stream: "body"
node {{ calculator: "SplitNormalizedLandmarkListCalculator"
       input_stream: "body" output_stream: "head"
       options {{ [mediapipe.SplitVectorCalculatorOptions.ext] {{
         ranges {{ begin: {_HEAD[0]} end: {_HEAD[1]} }} }} }} }}
node {{ calculator: "ImagePropertiesCalculator"
       input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }}
node {{ calculator: "FaceLandmarksFromPoseToRecropRoi"
       input_stream: "FACE_LANDMARKS_FROM_POSE:head" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:head_region" }}
node {{ calculator: "FaceDetectionShortRangeByRoiCpu"
       input_stream: "IMAGE:image" input_stream: "ROI:head_region"
       output_stream: "DETECTIONS:detections" }}
node {{ calculator: "FaceDetectionFrontDetectionsToRoi"
       input_stream: "DETECTIONS:detections" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:region" }}
"""

FACE = """
input_stream: "image"
input_stream: "region"
input_side_packet: "refine"
node { calculator: "FaceLandmarkCpu"
       input_stream: "IMAGE:image" input_stream: "ROI:region"
       input_side_packet: "WITH_ATTENTION:refine" output_stream: "LANDMARKS:landmarks" }
node { calculator: "ImagePropertiesCalculator"
       input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node { calculator: "FaceLandmarksToRoi"
       input_stream: "LANDMARKS:landmarks" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:next_region" }
"""
FACE_PRESENCE = "facelandmarkcpu__face_presence_score"

FIND_HAND = """
input_stream: "image"
input_stream: "wrist_pinky_index"
node { calculator: "ImagePropertiesCalculator"
       input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node { calculator: "HandLandmarksFromPoseToRecropRoi"
       input_stream: "HAND_LANDMARKS_FROM_POSE:wrist_pinky_index" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:wide_region" }
node { calculator: "HandRecropByRoiCpu"
       input_stream: "IMAGE:image" input_stream: "ROI:wide_region"
       output_stream: "HAND_ROI_FROM_RECROP:region" }
"""

HAND = """
input_stream: "image"
input_stream: "region"
input_side_packet: "complexity"
node { calculator: "HandLandmarkCpu"
       input_stream: "IMAGE:image" input_stream: "ROI:region"
       input_side_packet: "MODEL_COMPLEXITY:complexity"
       output_stream: "LANDMARKS:landmarks" output_stream: "HANDEDNESS:handedness" }
node { calculator: "ImagePropertiesCalculator"
       input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node { calculator: "HandLandmarksToRoi"
       input_stream: "LANDMARKS:landmarks" input_stream: "IMAGE_SIZE:size"
       output_stream: "ROI:next_region" }
"""
HAND_PRESENCE = "handlandmarkcpu__hand_presence_score"

Packet = Any


def read_resource(path: str) -> bytes:
    """A file of MediaPipe's own."""
    return (_PACKAGE.parent / path).read_bytes()


def resource_path(file: Path) -> str:
    """A file as graphs name it: relative to MediaPipe's own resources, wherever it lies."""
    return os.path.relpath(file, _PACKAGE.parent)


class Graph:
    """One graph, ready to take image after image."""

    def __init__(
        self,
        text: str,
        outputs: Sequence[str],
        *,
        side: Mapping[str, Packet] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        """Build the graph of the text and start it.

        outputs: streams to be read, also those within subgraphs.
        side: side packets by name.
        options: what to put in place of what in the text of the graph with its subgraphs laid open.
        """
        config = validated_graph_config.ValidatedGraphConfig()
        config.initialize(graph_config=f"num_threads: 1\n{text}")
        laid_open = config.text_config
        for old, new in (options or {}).items():
            if laid_open.count(old) != 1:
                raise ValueError(f"{laid_open.count(old)} places for the option {old!r}")
            laid_open = laid_open.replace(old, new)
        self._graph = calculator_graph.CalculatorGraph(graph_config=laid_open)
        self._time = 0
        self._found: dict[str, Packet] = {}
        for name in outputs:
            self._graph.observe_output_stream(name, self._found.__setitem__, False)
        self._graph.start_run(dict(side or {}))

    def run(self, **inputs: Packet) -> dict[str, Packet]:
        """The packets that the observed streams give for one set of inputs."""
        self._found.clear()
        self._time += 1
        for name, packet in inputs.items():
            self._graph.add_packet_to_input_stream(name, packet.at(self._time))
        self._graph.wait_until_idle()
        return dict(self._found)


def flag(value: bool) -> Packet:
    """A side packet that holds a truth value."""
    return packet_creator.create_bool(value)


def whole(value: int) -> Packet:
    """A side packet that holds a whole number."""
    return packet_creator.create_int(value)


def blob(value: bytes) -> Packet:
    """A side packet that holds bytes."""
    return packet_creator.create_string(value)


def image_packet(rgb: NDArray[np.uint8]) -> Packet:
    """An image (H, W, 3) uint8 as a packet."""
    return packet_creator.create_image_frame(
        data=np.ascontiguousarray(rgb), image_format=image_frame.ImageFormat.SRGB
    )


def region_packet(region: Region, size: tuple[int, int]) -> Packet:
    """A region in pixels of an image of that (width, height) as a packet."""
    width, height = size
    return packet_creator.create_proto(
        rect_pb2.NormalizedRect(
            x_center=region.x / width,
            y_center=region.y / height,
            width=region.side / width,
            height=region.side / height,
            rotation=region.angle,
        )
    )


def read_region(packet: Packet, size: tuple[int, int]) -> Region:
    """A packet's region in pixels of an image of that (width, height)."""
    rect = packet_getter.get_proto(packet)
    width, height = size
    side = max(rect.width * width, rect.height * height)
    return Region(rect.x_center * width, rect.y_center * height, side, rect.rotation)


def read_landmarks(packet: Packet, size: tuple[int, int]) -> Float32:
    """A packet's landmarks as (N, 4) float32: x, y, z in pixels and visibility."""
    points = [
        (mark.x, mark.y, mark.z, mark.visibility)
        for mark in packet_getter.get_proto(packet).landmark
    ]
    width, height = size
    return np.array(points, np.float32) * np.array([width, height, width, 1], np.float32)


def read_world(packet: Packet) -> Float32:
    """A packet's world landmarks as (N, 3) float32 metres."""
    points = [(mark.x, mark.y, mark.z) for mark in packet_getter.get_proto(packet).landmark]
    return np.array(points, np.float32)


def landmarks_packet(points: Float32, size: tuple[int, int]) -> Packet:
    """Landmarks (N, 4) as `read_landmarks` gives them as a packet."""
    width, height = size
    marks = landmark_pb2.NormalizedLandmarkList()
    for x, y, z, visibility in points.tolist():
        marks.landmark.add(x=x / width, y=y / height, z=z / width, visibility=visibility)
    return packet_creator.create_proto(marks)


def read_detections(packet: Packet) -> list[detection_pb2.Detection]:
    """A packet's detections, coordinates relative to the image's sides."""
    return list(packet_getter.get_proto_list(packet))


def read_score(packet: Packet | None) -> float:
    """A packet's number; 0 without a packet."""
    return 0.0 if packet is None else float(packet_getter.get_float(packet))


def read_mask(packet: Packet) -> Float32:
    """A packet's mask as (H, W) float32."""
    return np.array(packet_getter.get_image_frame(packet).numpy_view(), np.float32).squeeze()
