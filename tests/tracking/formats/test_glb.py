"""GLB is valid by Khronos' own validator, and read by a library of other hands."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pygltflib import GLTF2
from scipy.spatial.transform import Rotation

from understudy.tracking.formats import write_performance
from understudy.tracking.formats.animation.body import LANDMARKS, NAMES
from understudy.tracking.formats.animation.from_performance import animation_of, driver_points
from understudy.tracking.formats.animation.hierarchy import joint_positions
from understudy.tracking.performance import Performance

VALIDATOR = Path(__file__).resolve().parents[3] / "studio/node_modules/gltf-validator"
_VALIDATE = """
const validator = require(process.argv[1])
const bytes = new Uint8Array(require('fs').readFileSync(process.argv[2]))
validator.validateBytes(bytes).then(report => console.log(JSON.stringify(report.issues)))
"""
_TYPES = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@pytest.fixture(scope="module")
def written(walk: Performance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("glb") / "motion.glb"
    write_performance(walk, path)
    return path


@pytest.mark.skipif(
    shutil.which("node") is None or not VALIDATOR.is_dir(),
    reason="the validator is not there; studio/check installs it",
)
def test_the_validator_finds_nothing(written: Path) -> None:
    done = subprocess.run(
        ["node", "-e", _VALIDATE, str(VALIDATOR), str(written)],
        capture_output=True,
        text=True,
        check=True,
    )
    issues = json.loads(done.stdout)
    assert issues["messages"] == []


def values(model: GLTF2, index: int) -> NDArray[np.float64]:
    """The rows of an accessor."""
    accessor = model.accessors[index]
    view = model.bufferViews[accessor.bufferView]
    kind, width = _TYPES[accessor.componentType], _WIDTHS[accessor.type]
    blob = model.binary_blob()
    assert blob is not None
    flat = np.frombuffer(blob, kind, accessor.count * width, view.byteOffset)
    return np.asarray(flat.reshape(-1, width), np.float64)


def animated(model: GLTF2) -> NDArray[np.float64]:
    """Places (T, J, 3) of the joints of the first skin through the first animation."""
    skin, motion = model.skins[0], model.animations[0]
    tracks = {
        (c.target.node, c.target.path): values(model, motion.samplers[c.sampler].output)
        for c in motion.channels
    }
    parents = {child: n for n, node in enumerate(model.nodes) for child in node.children or ()}
    frames = len(next(iter(tracks.values())))
    places: dict[int, NDArray[np.float64]] = {}
    turned: dict[int, Rotation] = {}
    for node in skin.joints:
        still = np.tile(np.array(model.nodes[node].translation, np.float64), (frames, 1))
        offset = tracks.get((node, "translation"), still)
        local = Rotation.from_quat(tracks[node, "rotation"])
        if node in parents:
            above = parents[node]
            places[node] = places[above] + turned[above].apply(offset)
            turned[node] = turned[above] * local
        else:
            places[node], turned[node] = offset, local
    return np.stack([places[node] for node in skin.joints], axis=1)


def test_a_library_reads_the_skeleton_and_its_motion(written: Path, walk: Performance) -> None:
    model = GLTF2().load(str(written))
    assert model is not None
    assert [model.nodes[n].name for n in model.skins[0].joints] == list(NAMES)
    places = animated(model)
    np.testing.assert_allclose(places, joint_positions(animation_of(walk)), atol=1e-4)
    points = driver_points(walk)
    errors = [
        np.linalg.norm(places[:, joint] - places[:, 0] - points[:, landmark], axis=1)
        for joint, landmark in LANDMARKS.items()
    ]
    assert float(np.mean(errors)) < 0.005


def test_times_begin_at_nought_and_keep_the_clips_rate(written: Path, walk: Performance) -> None:
    model = GLTF2().load(str(written))
    assert model is not None
    times = values(model, model.animations[0].samplers[0].input)[:, 0]
    np.testing.assert_allclose(times, walk.times - walk.times[0], atol=1e-6)


def test_the_mesh_hangs_on_the_joints(written: Path) -> None:
    model = GLTF2().load(str(written))
    assert model is not None
    attributes = model.meshes[0].primitives[0].attributes
    points, weights = values(model, attributes.POSITION), values(model, attributes.WEIGHTS_0)
    bound = values(model, attributes.JOINTS_0)[:, 0].astype(int)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert len(points) > 24 * 20
    # Every bone begins at the joint that moves it; a matrix takes it there.
    binds = values(model, model.skins[0].inverseBindMatrices)
    joints = -binds[:, 12:15]
    reach = np.linalg.norm(points - joints[bound], axis=1)
    assert reach.max() < 0.6
    assert -0.02 < points[:, 1].min() < 0.1
    assert 1.4 < points[:, 1].max() < 2.0


def test_neighbouring_turns_are_on_one_side(written: Path) -> None:
    model = GLTF2().load(str(written))
    assert model is not None
    motion = model.animations[0]
    for channel in motion.channels:
        if channel.target.path == "rotation":
            turns = values(model, motion.samplers[channel.sampler].output)
            assert (turns[1:] * turns[:-1]).sum(axis=1).min() > 0
