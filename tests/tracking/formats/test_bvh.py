"""BVH is read by a library of other hands, and by the rules of the programs that open it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bvh import Bvh
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from tests.tracking.formats.walker import FPS
from understudy.tracking.formats import write_performance
from understudy.tracking.formats.animation.body import LANDMARKS, NAMES
from understudy.tracking.formats.animation.from_performance import animation_of, driver_points
from understudy.tracking.formats.animation.hierarchy import joint_positions
from understudy.tracking.formats.bvh import running_angles
from understudy.tracking.formats.bvh_reading import read_bvh
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@pytest.fixture(scope="module")
def written(walk: Performance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bvh") / "motion.bvh"
    write_performance(walk, path)
    return path


def positions_by_bvh_library(path: Path) -> dict[str, Float64]:
    """Places (T, 3) of the joints as the library `bvh` reads the file, by name."""
    mocap = Bvh(path.read_text())
    places: dict[str, Float64] = {}
    turned: dict[str, Rotation] = {}
    for name in mocap.get_joints_names():
        channels = mocap.joint_channels(name)
        values = np.array(mocap.frames_joint_channels(name, channels))
        turns = [n for n, channel in enumerate(channels) if channel.endswith("rotation")]
        order = "".join(channels[n][0] for n in turns)
        local = Rotation.from_euler(order, values[:, turns], degrees=True)
        parent = mocap.joint_parent(name)
        if parent is None:
            places[name], turned[name] = values[:, :3], local
        else:
            offset = np.array(mocap.joint_offset(name))
            places[name] = places[parent.name] + turned[parent.name].apply(offset)
            turned[name] = turned[parent.name] * local
    return places


def test_a_library_reads_the_joints_where_the_performance_has_them(
    written: Path, walk: Performance
) -> None:
    places = positions_by_bvh_library(written)
    assert list(places) == list(NAMES)
    points = driver_points(walk)
    errors = [
        np.linalg.norm(places[NAMES[joint]] - places["Hips"] - points[:, landmark], axis=1)
        for joint, landmark in LANDMARKS.items()
    ]
    assert float(np.mean(errors)) < 0.005


def test_rate_and_number_of_frames_are_the_clips(written: Path, walk: Performance) -> None:
    mocap = Bvh(written.read_text())
    assert mocap.nframes == len(walk)
    assert mocap.frame_time == pytest.approx(1 / FPS, abs=1e-6)


def test_animated_drawings_rules_hold(written: Path) -> None:
    """Its reader takes lines word by word with single spaces and the root's first three channels
    as its place; its `fair1` configurations name these joints."""
    lines = written.read_text().splitlines()
    assert lines[0] == "HIERARCHY"
    motion = lines.index("MOTION")
    channels = 0
    for line in lines[1:motion]:
        words = line.strip().split(" ")
        assert words[0] in {"ROOT", "JOINT", "End", "OFFSET", "CHANNELS", "{", "}"}
        assert all(words)
        if words[0] == "CHANNELS":
            assert int(words[1]) == len(words[2:]) == (6 if channels == 0 else 3)
            if channels == 0:
                assert words[2:5] == ["Xposition", "Yposition", "Zposition"]
            channels += int(words[1])
    assert int(lines[motion + 1].split(":")[-1]) == len(lines) - motion - 3
    assert float(lines[motion + 2].split(":")[-1]) > 0
    for line in lines[motion + 3 :]:
        assert len([float(word) for word in line.strip().split(" ")]) == channels
    names = {line.split()[1] for line in lines[1:motion] if line.split()[0] in {"ROOT", "JOINT"}}
    for side in ("Left", "Right"):
        used = ("Shoulder", "Arm", "ForeArm", "Hand", "HandEnd", "UpLeg", "Leg", "Foot", "ToeBase")
        assert {f"{side}{name}" for name in used} <= names
    assert {"Hips", "Spine", "Spine1", "Spine2", "Spine3", "Neck", "Head"} <= names


def test_blender_s_rules_hold(written: Path) -> None:
    """Its importer counts lines: the offset follows the name by two, the channels by three; each
    joint has one of the six orders of turns, a bone has a length, and names differ."""
    lines = [line.split() for line in written.read_text().splitlines()]
    heads = [n for n, words in enumerate(lines) if words[0] in {"ROOT", "JOINT"}]
    assert len({lines[n][1] for n in heads}) == len(heads)
    for n in heads:
        assert lines[n + 1] == ["{"]
        assert lines[n + 2][0] == "OFFSET"
        assert lines[n + 3][0] == "CHANNELS"
        turns = [word[0] for word in lines[n + 3][2:] if word.endswith("rotation")]
        assert sorted(turns) == ["X", "Y", "Z"]
        if lines[n][0] == "JOINT":
            assert np.linalg.norm([float(word) for word in lines[n + 2][1:]]) > 0.001
    # The root's offset is none, since programs disagree on whether it adds to the positions.
    assert lines[heads[0] + 2][1:] == ["0.000000"] * 3


def test_what_is_written_is_read_back(written: Path, walk: Performance) -> None:
    back, animation = read_bvh(written), animation_of(walk)
    assert [joint.name for joint in back.hierarchy] == list(NAMES)
    np.testing.assert_allclose(joint_positions(back), joint_positions(animation), atol=1e-4)


def test_angles_run_on_through_full_turns() -> None:
    wanted = np.linspace(0, 800, 90)
    turns = Rotation.from_euler("YXZ", np.stack([wanted, 0 * wanted, 0 * wanted], 1), degrees=True)
    angles = running_angles(turns.as_matrix(), "YXZ")
    np.testing.assert_allclose(angles[:, 0], wanted, atol=1e-6)


FOREIGN = """HIERARCHY
ROOT My Hips
{ OFFSET 1 2 3
  CHANNELS 6 Zrotation Yrotation Xrotation Xposition Yposition Zposition
  JOINT Knee
  {
    OFFSET 0 -10 0
    CHANNELS 3 Xrotation Zrotation Yrotation
    End Site { OFFSET 0 -10 0 }
  }
}
MOTION
Frames: 2
Frame Time: 0.0333333
90 0 0 5 6 7   0 0 0
0 0 0 5 6 8   90 0 0
"""


def test_files_of_other_tools_are_read(tmp_path: Path) -> None:
    (tmp_path / "foreign.bvh").write_text(FOREIGN)
    animation = read_bvh(tmp_path / "foreign.bvh")
    assert [joint.name for joint in animation.hierarchy] == ["My Hips", "Knee"]
    assert animation.hierarchy[1].end == (0, -10, 0)
    np.testing.assert_allclose(animation.times, [0, 0.0333333])
    places = joint_positions(animation)
    # A quarter turn about z takes down to the right of y.
    np.testing.assert_allclose(places[0], [[5, 6, 7], [15, 6, 7]], atol=1e-9)
    np.testing.assert_allclose(places[1], [[5, 6, 8], [5, -4, 8]], atol=1e-9)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no MOTION"),
        ("HIERARCHY\nMOTION\nFrames: 2\nFrame Time: 0.1\n1 2\n", "not complete"),
        (FOREIGN.replace("0.0333333", "0"), "frame time"),
        (FOREIGN.replace("OFFSET 1 2 3", "OFFSET 1 2 x"), "in place of a number"),
        (FOREIGN.replace("90 0 0 5", "90 nan 0 5"), "something else than numbers"),
        (FOREIGN.replace("Zrotation Y", "Wrotation Y"), "a channel 'Wrotation'"),
        (FOREIGN.replace("Frames: 2", "Frames: 0"), "without frames"),
        (FOREIGN.replace("Frames: 2", "Frames: 99999999999"), "channels"),
        (FOREIGN.replace("HIERARCHY", "SOMETHING"), "does not begin"),
    ],
)
def test_what_is_no_bvh_is_refused(content: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "x.bvh").write_text(content)
    with pytest.raises(ValueError, match=reason):
        read_bvh(tmp_path / "x.bvh")
