"""MediaPipe's models as plain calls: a region of an image in, points in the image's pixels out.

Only worker processes import this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from understudy.geometry.landmarks import BODY_LANDMARKS, FACE_LANDMARKS, Body, Float32
from understudy.tracking.trackers import mediapipe_graphs as graphs
from understudy.tracking.trackers.mediapipe_graphs import Graph
from understudy.tracking.trackers.tflite import cut_output
from understudy.tracking.trackers.tracker import Detection, Region, Rgb

_CIRCLE_MARGIN = 1.25  # radii: MediaPipe widens the circle about a person by a quarter
_LEAST_DETECTION = 0.3  # score from which a person is reported; MediaPipe's own graph has 0.5
_LEAST_PRESENCE = 0.3  # presence from which a body is reported; MediaPipe's own graph has 0.5
LEAST_WRIST_VISIBILITY = 0.1  # with less of a wrist no hand is looked for

# Wrist, little finger and forefinger among the landmarks of the body: what says where a hand is.
LEFT_ARM = (Body.LEFT_WRIST, Body.LEFT_PINKY, Body.LEFT_INDEX)
RIGHT_ARM = (Body.RIGHT_WRIST, Body.RIGHT_PINKY, Body.RIGHT_INDEX)


class Image:
    """An image as the models take it."""

    def __init__(self, rgb: Rgb) -> None:
        """Wrap an image (H, W, 3) uint8 RGB."""
        self.size = (rgb.shape[1], rgb.shape[0])
        self.packet = graphs.image_packet(rgb)


@dataclass(frozen=True, slots=True, eq=False)
class BodyLook:
    """What one look at a region tells of a body.

    points: (33, 4) float32 x, y, z in pixels and visibility. world: (33, 3) float32 metres.
    region: where the landmarks say the person is. presence: in 0..1.
    mask: (H, W) float32 in 0..1 where it was asked for.
    """

    points: Float32
    world: Float32
    region: Region
    presence: float
    mask: Float32 | None


@dataclass(frozen=True, slots=True, eq=False)
class PartLook:
    """What one look at a region tells of a face or a hand.

    points: (N, 3) float32 pixels. region: where the landmarks say the part is. presence: in 0..1.
    """

    points: Float32
    region: Region
    presence: float


class MediaPipeModels:
    """The models, each loaded when first needed; none remembers the image before."""

    def __init__(self) -> None:
        self._loaded: dict[str, Graph] = {}

    def detect(self, image: Image) -> list[Detection]:
        """The people of an image, most certain first."""
        graph = self._loaded.get("people") or self._load(
            "people",
            Graph(
                graphs.PEOPLE,
                ["detections"],
                options={"min_score_thresh: 0.5": f"min_score_thresh: {_LEAST_DETECTION}"},
            ),
        )
        found = graph.run(image=image.packet)
        if "detections" not in found:
            return []
        width, height = image.size
        people = []
        for detection in graphs.read_detections(found["detections"]):
            place = detection.location_data
            box = place.relative_bounding_box
            hips, rim = ((p.x * width, p.y * height) for p in place.relative_keypoints[:2])
            people.append(
                Detection(
                    box=(
                        box.xmin * width,
                        box.ymin * height,
                        (box.xmin + box.width) * width,
                        (box.ymin + box.height) * height,
                    ),
                    region=_circle_region(hips, rim),
                    score=float(detection.score[0]),
                )
            )
        return sorted(people, key=lambda person: -person.score)

    def body(
        self, image: Image, region: Region, *, segment: bool = False, heavy: Path | None = None
    ) -> BodyLook | None:
        """The body in a region; None where there is none.

        heavy: the file of BlazePose's heavy model, which the wheel lacks; None for the full one.
        """
        name = f"body{'+mask' if segment else ''}{'' if heavy is None else ' heavy'}"
        graph = self._loaded.get(name) or self._load(name, _body_graph(segment, heavy))
        found = graph.run(image=image.packet, region=graphs.region_packet(region, image.size))
        if "landmarks" not in found or "next_region" not in found:
            return None
        return BodyLook(
            points=graphs.read_landmarks(found["landmarks"], image.size)[:BODY_LANDMARKS],
            world=graphs.read_world(found["world"])[:BODY_LANDMARKS],
            region=graphs.read_region(found["next_region"], image.size),
            presence=graphs.read_score(found.get(graphs.BODY_PRESENCE)),
            mask=graphs.read_mask(found["mask"]) if segment else None,
        )

    def find_face(self, image: Image, body: Float32) -> Region | None:
        """Where the face of a body (33, 4) is; None where the head shows none."""
        graph = self._loaded.get("find face") or self._load(
            "find face", Graph(graphs.FIND_FACE, ["region"])
        )
        found = graph.run(image=image.packet, body=graphs.landmarks_packet(body, image.size))
        return graphs.read_region(found["region"], image.size) if "region" in found else None

    def face(self, image: Image, region: Region) -> PartLook | None:
        """The face (468, 3) in a region; None where there is none."""
        graph = self._loaded.get("face") or self._load(
            "face",
            Graph(
                graphs.FACE,
                ["landmarks", "next_region", graphs.FACE_PRESENCE],
                side={"refine": graphs.flag(True)},
            ),
        )
        return self._part(graph, graphs.FACE_PRESENCE, image, region, FACE_LANDMARKS)

    def find_hand(self, image: Image, wrist_pinky_index: Float32) -> Region | None:
        """Where the hand of an arm is, from three landmarks (3, 4) of the body."""
        graph = self._loaded.get("find hand") or self._load(
            "find hand", Graph(graphs.FIND_HAND, ["region"])
        )
        packet = graphs.landmarks_packet(wrist_pinky_index, image.size)
        found = graph.run(image=image.packet, wrist_pinky_index=packet)
        return graphs.read_region(found["region"], image.size) if "region" in found else None

    def hand(self, image: Image, region: Region) -> PartLook | None:
        """The hand (21, 3) in a region; None where there is none."""
        graph = self._loaded.get("hand") or self._load(
            "hand",
            Graph(
                graphs.HAND,
                ["landmarks", "next_region", graphs.HAND_PRESENCE],
                side={"complexity": graphs.whole(1)},
            ),
        )
        return self._part(graph, graphs.HAND_PRESENCE, image, region, None)

    def unload_detector(self) -> None:
        """Give back the memory that only `detect` needs."""
        self._loaded.pop("people", None)

    def _load(self, name: str, graph: Graph) -> Graph:
        self._loaded[name] = graph
        return graph

    @staticmethod
    def _part(
        graph: Graph, presence: str, image: Image, region: Region, count: int | None
    ) -> PartLook | None:
        found = graph.run(image=image.packet, region=graphs.region_packet(region, image.size))
        if "landmarks" not in found or "next_region" not in found:
            return None
        return PartLook(
            points=graphs.read_landmarks(found["landmarks"], image.size)[:count, :3],
            region=graphs.read_region(found["next_region"], image.size),
            presence=graphs.read_score(found.get(presence)),
        )


def _body_graph(segment: bool, heavy: Path | None) -> Graph:
    options = {"      threshold: 0.5": f"      threshold: {_LEAST_PRESENCE}"}
    side = {
        "complexity": graphs.whole(1 if heavy is None else 2),
        "segment": graphs.flag(segment),
    }
    if heavy is not None:
        options[graphs.HEAVY_BODY_MODEL] = graphs.resource_path(heavy)
    elif not segment:
        # The mask is nearly half of the model's work, whether or not it is asked for.
        options[graphs.MODEL_FROM_FILE] = graphs.MODEL_FROM_MEMORY
        model = graphs.read_resource(graphs.BODY_MODEL)
        side["model"] = graphs.blob(
            cut_output(model, graphs.BODY_MASK_OUTPUT, graphs.BODY_PRESENCE_OUTPUT)
        )
    outputs = ["landmarks", "world", "mask", "next_region", graphs.BODY_PRESENCE]
    return Graph(graphs.BODY, outputs, side=side, options=options)


def _circle_region(centre: tuple[float, float], rim: tuple[float, float]) -> Region:
    """The square about the circle through `rim`, turned so that the person stands upright."""
    dx, dy = rim[0] - centre[0], rim[1] - centre[1]
    angle = math.remainder(math.pi / 2 - math.atan2(-dy, dx), 2 * math.pi)
    return Region(centre[0], centre[1], 2 * math.hypot(dx, dy) * _CIRCLE_MARGIN, angle)
