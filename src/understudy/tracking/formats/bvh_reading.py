"""Reading BVH files of any tool.

Axes, units, names and orders of turns are the file's own. Positions of other joints than the root,
which some tools write, are taken as fixed at their median: bones do not stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from understudy.tracking.formats.animation.hierarchy import Animation, HierarchyJoint, Vector

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BvhLimits:
    """What a file may hold at most: it may come from a stranger."""

    joints: int = 1000
    depth: int = 100
    values: int = 50_000_000
    """Numbers in the rows."""
    frame_seconds: tuple[float, float] = (1e-4, 10.0)
    """Least and most time of a frame."""


LIMITS = BvhLimits()

_MOTION = re.compile(
    r"^\s*MOTION\s+Frames:\s*(\d+)\s+Frame\s+Time:\s*(\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_CHANNEL = re.compile(r"([XYZ])(position|rotation)", re.IGNORECASE)


def read_bvh(path: Path) -> Animation:
    """Read an animation.

    Raises ValueError where the file holds something else, OSError where it cannot be read.
    """
    text = path.read_text("utf-8-sig", errors="replace")
    motion = _MOTION.search(text)
    if motion is None:
        raise ValueError("not BVH: no MOTION with Frames and Frame Time")
    nodes = _parse_hierarchy(text[: motion.start()])
    count, seconds = int(motion[1]), _number(motion[2])
    if not LIMITS.frame_seconds[0] <= seconds <= LIMITS.frame_seconds[1]:
        raise ValueError(f"not BVH: a frame time of {motion[2]}")
    return _animation(nodes, _rows(text[motion.end() :], count, nodes), seconds)


@dataclass(slots=True)
class _Node:
    """A joint while it is read. channels: axis and kind of each, in order."""

    name: str
    parent: int | None
    offset: Vector = (0.0, 0.0, 0.0)
    end: Vector | None = None
    channels: list[tuple[str, str]] = field(default_factory=list)


def _parse_hierarchy(text: str) -> list[_Node]:
    words = iter(text.replace("{", " { ").replace("}", " } ").split())
    if next(words, "").upper() != "HIERARCHY":
        raise ValueError("not BVH: it does not begin with HIERARCHY")
    nodes: list[_Node] = []
    # The joints that are open; None for an end site.
    opened: list[int | None] = []
    for word in words:
        match word.upper():
            case "ROOT" | "JOINT":
                name = " ".join(_until_brace(words))
                nodes.append(_Node(name, opened[-1] if opened else None))
                opened.append(len(nodes) - 1)
            case "END":
                _until_brace(words)
                opened.append(None)
            case "OFFSET":
                _set_offset(nodes, opened, _vector(words))
            case "CHANNELS":
                if not opened or opened[-1] is None:
                    raise ValueError("not BVH: channels outside a joint")
                nodes[opened[-1]].channels = _channels(words)
            case "}" if opened:
                opened.pop()
            case _:
                raise ValueError(f"not BVH: '{word[:40]}' in the hierarchy")
        if len(nodes) > LIMITS.joints or len(opened) > LIMITS.depth:
            raise ValueError("not BVH: too many joints")
    if not nodes or opened:
        raise ValueError("not BVH: the hierarchy is not complete")
    if sum(node.parent is None for node in nodes) > 1:
        raise ValueError("a BVH file with several skeletons; use one with a single skeleton")
    return nodes


def _set_offset(nodes: list[_Node], opened: list[int | None], offset: Vector) -> None:
    if not opened:
        raise ValueError("not BVH: an offset outside a joint")
    if opened[-1] is not None:
        nodes[opened[-1]].offset = offset
    elif len(opened) > 1 and opened[-2] is not None:
        nodes[opened[-2]].end = offset


def _until_brace(words: Iterator[str]) -> list[str]:
    taken: list[str] = []
    for word in words:
        if word == "{":
            return taken
        taken.append(word)
    raise ValueError("not BVH: the hierarchy is not complete")


def _vector(words: Iterator[str]) -> Vector:
    return _number(next(words, "")), _number(next(words, "")), _number(next(words, ""))


def _channels(words: Iterator[str]) -> list[tuple[str, str]]:
    count = next(words, "")
    if count not in {"0", "1", "2", "3", "4", "5", "6"}:
        raise ValueError(f"not BVH: {count[:40]} channels")
    channels = []
    for _ in range(int(count)):
        word = next(words, "")
        match = _CHANNEL.fullmatch(word)
        if match is None:
            raise ValueError(f"not BVH: a channel '{word[:40]}'")
        channels.append((match[1].upper(), match[2].lower()))
    return channels


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"not BVH: '{word[:40]}' in place of a number")
    return value


def _rows(text: str, count: int, nodes: list[_Node]) -> Float64:
    """The rows of the motion, (frames, channels); a file that was cut off has fewer frames."""
    width = sum(len(node.channels) for node in nodes)
    if width == 0 or count * width > LIMITS.values:
        raise ValueError(f"not BVH: {count} frames of {width} channels")
    words = text.split()
    frames = min(count, len(words) // width)
    if frames == 0:
        raise ValueError("a BVH file without frames")
    try:
        rows = np.array(words[: frames * width], np.float64)
    except ValueError as error:
        raise ValueError("not BVH: the motion holds something else than numbers") from error
    if not np.isfinite(rows).all():
        raise ValueError("not BVH: the motion holds something else than numbers")
    return rows.reshape(frames, width)


def _animation(nodes: list[_Node], rows: Float64, seconds: float) -> Animation:
    frames = len(rows)
    root = np.tile(np.array(nodes[0].offset), (frames, 1))
    rotations = np.tile(np.eye(3), (frames, len(nodes), 1, 1))
    joints = []
    first = 0
    for index, node in enumerate(nodes):
        columns = rows[:, first : first + len(node.channels)]
        first += len(node.channels)
        place = np.tile(np.array(node.offset), (frames, 1))
        order, turns = "", []
        for (axis, kind), column in zip(node.channels, columns.T, strict=True):
            if kind == "position":
                place[:, "XYZ".index(axis)] = column
            else:
                order += axis
                turns.append(column)
        if order:
            angles = np.stack(turns, axis=1)
            rotations[:, index] = Rotation.from_euler(order, angles, degrees=True).as_matrix()
        if node.parent is None:
            root = place
        x, y, z = np.median(place, axis=0).tolist()
        joints.append(HierarchyJoint(node.name, node.parent, (x, y, z), node.end))
    times = np.arange(frames, dtype=np.float64) * seconds
    return Animation(tuple(joints), times, root, rotations)
