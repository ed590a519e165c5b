"""Animation as GLB: a skinned skeleton with its motion, glTF 2.0 in one binary file.

Each joint is a node; a mesh of one pointed bone from joint to joint is bound to them, so that every
viewer shows something. Metres, y up, facing +z, as glTF has it
(https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from understudy.media.output.atomic import UnfinishedFile
from understudy.tracking.formats.animation.hierarchy import Animation, Hierarchy

Float64 = NDArray[np.float64]

# Of the format: component types, targets of buffer views and marks of its chunks.
_BYTE, _SHORT, _FLOAT = 5121, 5123, 5126
_VERTICES, _INDICES = 34962, 34963
_MAGIC, _JSON_CHUNK, _BINARY_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, slots=True)
class BoneNumbers:
    """The shape of a bone: two pyramids, base to base."""

    waist: float = 0.15
    """Where it is thickest, in lengths from its joint."""
    width: float = 0.09
    """Half its thickness there, in lengths."""
    widest: float = 0.025
    """Metres: at most that."""
    shortest: float = 0.01
    """Metres: a shorter bone is not drawn."""
    colour: tuple[float, float, float, float] = (0.75, 0.72, 0.66, 1.0)
    roughness: float = 0.8


NUMBERS = BoneNumbers()


def write_glb(animation: Animation, path: Path) -> None:
    """Write an animation, whole or not at all. Raises OSError."""
    with UnfinishedFile(path) as file:
        file.path.write_bytes(glb_bytes(animation))


def glb_bytes(animation: Animation) -> bytes:
    """An animation as a GLB file."""
    hierarchy = animation.hierarchy
    rest = _rest_places(hierarchy)
    buffer = _Buffer()
    joints = list(range(len(hierarchy)))
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Understudy"},
        "scene": 0,
        "scenes": [{"nodes": [0, len(hierarchy)]}],
        "nodes": [*_nodes(hierarchy, rest), {"name": "Body", "mesh": 0, "skin": 0}],
        "skins": [
            {"joints": joints, "skeleton": 0, "inverseBindMatrices": _inverse_binds(buffer, rest)}
        ],
        "meshes": [{"name": "Bones", "primitives": [_bones(buffer, hierarchy, rest)]}],
        "materials": [
            {
                "name": "Bone",
                "pbrMetallicRoughness": {
                    "baseColorFactor": list(NUMBERS.colour),
                    "metallicFactor": 0.0,
                    "roughnessFactor": NUMBERS.roughness,
                },
            }
        ],
        "animations": [_motion(buffer, animation)],
    }
    document |= buffer.described()
    return _packed(document, bytes(buffer.data))


@dataclass(slots=True)
class _Buffer:
    """The binary part, and what it is described by."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, values: NDArray[Any], kind: str, *, target: int | None = None, bounds: bool = False
    ) -> int:
        """Append an array with a row for each element; the index of its accessor."""
        types = {"uint8": _BYTE, "uint16": _SHORT, "float32": _FLOAT}
        view: dict[str, Any] = {
            "buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes
        }  # fmt: skip
        if target is not None:
            view["target"] = target
        accessor: dict[str, Any] = {
            "bufferView": len(self.views),
            "componentType": types[values.dtype.name],
            "count": len(values),
            "type": kind,
        }
        if bounds:
            flat = values.reshape(len(values), -1)
            accessor |= {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        self.data += np.ascontiguousarray(values).tobytes()
        self.data += bytes(-len(self.data) % 4)
        self.views.append(view)
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def described(self) -> dict[str, Any]:
        """The parts of the document that describe the buffer."""
        return {
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.data)}],
        }


def _rest_places(hierarchy: Hierarchy) -> Float64:
    """Places (J, 3) of the joints in the rest pose, which stands on the floor."""
    places = np.zeros((len(hierarchy), 3))
    for index, joint in enumerate(hierarchy):
        if joint.parent is not None:
            places[index] = places[joint.parent] + joint.offset
    places[:, 1] -= places[:, 1].min()
    return places


def _nodes(hierarchy: Hierarchy, rest: Float64) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for index, joint in enumerate(hierarchy):
        offset = rest[0].tolist() if joint.parent is None else list(joint.offset)
        node: dict[str, Any] = {"name": joint.name, "translation": offset}
        children = [child for child, below in enumerate(hierarchy) if below.parent == index]
        if children:
            node["children"] = children
        nodes.append(node)
    return nodes


def _inverse_binds(buffer: _Buffer, rest: Float64) -> int:
    # In the rest pose nothing is turned. Matrices are stored column by column.
    matrices = np.tile(np.eye(4, dtype=np.float32), (len(rest), 1, 1))
    matrices[:, 3, :3] = -rest
    return buffer.add(matrices.reshape(-1, 16), "MAT4")


def _bones(buffer: _Buffer, hierarchy: Hierarchy, rest: Float64) -> dict[str, Any]:
    """The primitive of all bones, each bound to the joint that it begins at."""
    corners, joints = [], []
    for index, joint in enumerate(hierarchy):
        ends = [rest[n] for n, below in enumerate(hierarchy) if below.parent == index]
        if joint.end is not None:
            ends.append(rest[index] + joint.end)
        for end in ends:
            if np.linalg.norm(end - rest[index]) >= NUMBERS.shortest:
                corners.append(_bone(rest[index], end))
                joints += [index] * len(corners[-1])
    points = np.concatenate(corners)
    faces = points.reshape(-1, 3, 3)
    normals = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    bound = np.zeros((len(points), 4), np.uint8)
    bound[:, 0] = joints
    weights = np.zeros((len(points), 4), np.float32)
    weights[:, 0] = 1
    attributes = {
        "POSITION": buffer.add(points.astype(np.float32), "VEC3", target=_VERTICES, bounds=True),
        "NORMAL": buffer.add(
            np.asarray(normals.repeat(3, axis=0), np.float32), "VEC3", target=_VERTICES
        ),
        "JOINTS_0": buffer.add(bound, "VEC4", target=_VERTICES),
        "WEIGHTS_0": buffer.add(weights, "VEC4", target=_VERTICES),
    }
    order = np.arange(len(points), dtype=np.uint16)
    indices = buffer.add(order, "SCALAR", target=_INDICES)
    return {"attributes": attributes, "indices": indices, "material": 0}


def _bone(start: Float64, end: Float64) -> Float64:
    """The corners (24, 3) of a bone's eight faces, each seen counter-clockwise from outside."""
    way = end - start
    length = float(np.linalg.norm(way))
    along = way / length
    helper = np.array([0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    side = np.cross(along, helper)
    side /= np.linalg.norm(side)
    width = min(NUMBERS.width * length, NUMBERS.widest)
    ring = [
        start + NUMBERS.waist * way + width * direction
        for direction in (side, np.cross(along, side), -side, -np.cross(along, side))
    ]
    faces = []
    for n in range(4):
        one, other = ring[n], ring[(n + 1) % 4]
        faces += [start, other, one, end, one, other]
    return np.array(faces)


def _motion(buffer: _Buffer, animation: Animation) -> dict[str, Any]:
    times = (animation.times - animation.times[0]).astype(np.float32)
    clock = buffer.add(times, "SCALAR", bounds=True)
    samplers = [
        {
            "input": clock,
            "output": buffer.add(animation.root.astype(np.float32), "VEC3"),
            "interpolation": "LINEAR",
        }
    ]
    channels = [{"sampler": 0, "target": {"node": 0, "path": "translation"}}]
    for index in range(len(animation.hierarchy)):
        turns = buffer.add(_quaternions(animation.rotations[:, index]), "VEC4")
        samplers.append({"input": clock, "output": turns, "interpolation": "LINEAR"})
        channels.append(
            {"sampler": len(samplers) - 1, "target": {"node": index, "path": "rotation"}}
        )
    return {"name": "Motion", "samplers": samplers, "channels": channels}


def _quaternions(rotations: Float64) -> NDArray[np.float32]:
    """Quaternions x, y, z, w (T, 4), each on the side of the one before."""
    turns = Rotation.from_matrix(rotations).as_quat()
    apart = np.sign((turns[1:] * turns[:-1]).sum(axis=1))
    turns[1:] *= np.cumprod(np.where(apart < 0, -1, 1))[:, None]
    return np.asarray(turns, np.float32)


def _packed(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        (
            struct.pack("<III", _MAGIC, 2, length),
            struct.pack("<II", len(text), _JSON_CHUNK),
            text,
            struct.pack("<II", len(binary), _BINARY_CHUNK),
            binary,
        )
    )
