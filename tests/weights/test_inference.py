"""Models in a process of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.weights.onnx_bytes import half_and_relu, model, node, value_info
from understudy.errors import TakeCancelled
from understudy.processes.child import ChildFailed
from understudy.weights import (
    ISNET,
    MOBILE_SAM,
    REALESR_ANIMEVIDEO,
    SPAN,
    U2NETP,
    Weight,
    find,
)
from understudy.weights.inference import InferenceProcess

PICTURE = np.arange(64, dtype=np.float32).reshape(1, 1, 8, 8) - 32

# A model of ncnn that drops what is below zero.
RECTIFIER = """7767517
2 2
Input            in0     0 1 in0
ReLU             out     1 1 in0 out0
"""


@pytest.fixture
def process() -> Iterator[InferenceProcess]:
    with InferenceProcess(threads=1) as started:
        yield started


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(half_and_relu())
    return path


def test_a_model_is_opened_while_its_owner_does_something_else(
    process: InferenceProcess, onnx: Path
) -> None:
    process.begin_to_open(onnx)
    opened = process.open(onnx)
    assert list(opened.run(PICTURE)) == ["half"]
    # One that is not wanted after all is dropped, and its answer is nobody else's.
    process.begin_to_open(onnx, side=4)
    assert list(opened.run(PICTURE)) == ["half"]
    assert process.open(onnx, side=4).inputs == {"picture": (1, 1, 4, 4)}


def test_a_model_runs_while_its_owner_does_something_else(
    process: InferenceProcess, onnx: Path
) -> None:
    opened, other = process.open(onnx), process.open(onnx, side=4)
    opened.begin(PICTURE, "relu")
    assert opened.has_begun
    assert not other.has_begun
    np.testing.assert_array_equal(opened.end()["relu"], np.maximum(PICTURE, 0))
    # A run that is not waited for is dropped, and its answer is nobody else's.
    opened.begin(PICTURE, "relu")
    assert list(other.run(PICTURE[..., :4, :4])) == ["half"]
    assert not opened.has_begun
    assert list(opened.run(PICTURE)) == ["half"]


def test_a_model_gives_its_first_output_or_those_that_are_named(
    process: InferenceProcess, onnx: Path
) -> None:
    opened = process.open(onnx)
    first = opened.run(PICTURE)
    assert list(first) == ["half"]
    both = opened.run({"picture": PICTURE}, "relu", "half")
    assert list(both) == ["relu", "half"]
    np.testing.assert_array_equal(both["relu"], np.maximum(PICTURE, 0))
    np.testing.assert_array_equal(first["half"], both["half"])


def test_a_model_is_opened_for_smaller_pictures(process: InferenceProcess, onnx: Path) -> None:
    small = process.open(onnx, side=4)
    assert small.inputs == {"picture": (1, 1, 4, 4)}
    assert small.run(PICTURE[..., :4, :4])["half"].shape == (1, 1, 2, 2)


def test_a_model_whose_size_cannot_be_changed_keeps_it(
    process: InferenceProcess, tmp_path: Path
) -> None:
    path = tmp_path / "row.onnx"
    row = [value_info(name, (1, 8)) for name in ("x", "y")]
    path.write_bytes(model([node("Relu", ["x"], ["y"])], row[:1], row[1:]))
    assert process.open(path, side=4).inputs == {"x": (1, 8)}


def test_a_model_of_ncnn_runs(process: InferenceProcess, tmp_path: Path) -> None:
    (tmp_path / "net.param").write_text(RECTIFIER)
    (tmp_path / "net.bin").write_bytes(b"")
    opened = process.open(tmp_path / "net.param", tmp_path / "net.bin")
    answer = opened.run(PICTURE[0])
    np.testing.assert_array_equal(answer["out0"], np.maximum(PICTURE[0], 0))


def test_a_closed_model_does_not_run_and_others_do(
    process: InferenceProcess, onnx: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(onnx.read_bytes())
    first, second = process.open(onnx), process.open(copy)
    first.close()
    assert second.run(PICTURE)["half"].shape == (1, 1, 4, 4)
    with pytest.raises(ChildFailed, match="inference"):
        first.run(PICTURE)


def test_a_process_that_keeps_its_models_opens_each_once(onnx: Path) -> None:
    with InferenceProcess(threads=1, keeps_models=True) as process:
        first = process.open(onnx)
        first.close()
        # The file is gone: it could not be opened again.
        onnx.unlink()
        process.begin_to_open(onnx)
        assert process.open(onnx).run(PICTURE)["half"].shape == (1, 1, 4, 4)
        process.close()
        with pytest.raises(ChildFailed, match="inference"):
            process.open(onnx)


def test_a_process_that_was_killed_is_not_whole(process: InferenceProcess, onnx: Path) -> None:
    assert process.is_whole
    process.open(onnx)
    assert process.is_whole
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_whole


def test_a_file_that_is_no_model_is_an_error_with_what_the_runtime_says(
    process: InferenceProcess, tmp_path: Path
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ChildFailed, match="exit code 1"):
        process.open(path)


def test_the_process_is_gone_after_the_block(onnx: Path) -> None:
    with InferenceProcess(threads=1) as process:
        process.open(onnx)
        pid = process.pid
        assert pid is not None
        assert pid != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_cancelled_take_does_not_wait_for_a_model(onnx: Path) -> None:
    with (
        InferenceProcess(threads=1, cancelled=lambda: True) as process,
        pytest.raises(TakeCancelled),
    ):
        process.open(onnx)


# Real weights: what goes in, and what shape comes out.
REAL = [
    (ISNET, 768, (1, 3, 768, 768), (1, 1, 768, 768)),
    (U2NETP, None, (1, 3, 320, 320), (1, 1, 320, 320)),
    (SPAN, None, (3, 64, 48), (3, 128, 96)),
    (REALESR_ANIMEVIDEO, None, (3, 64, 48), (3, 128, 96)),
]


@pytest.mark.parametrize(("weight", "side", "given", "expected"), REAL, ids=lambda v: None)
def test_fetched_weights_run(
    process: InferenceProcess,
    machine_weights: Path,
    weight: Weight,
    side: int | None,
    given: tuple[int, ...],
    expected: tuple[int, ...],
) -> None:
    fetched = find(weight, machine_weights)
    if fetched is None:
        pytest.skip(f"{weight.name} was not fetched to this machine")
    opened = process.open(*fetched.paths, side=side)
    (answer,) = opened.run(np.full(given, 0.5, np.float32)).values()
    assert answer.shape == expected
    assert np.isfinite(answer).all()


def test_the_fetched_segmenter_finds_a_square_by_a_point(
    process: InferenceProcess, machine_weights: Path
) -> None:
    fetched = find(MOBILE_SAM, machine_weights)
    if fetched is None:
        pytest.skip("mobile-sam was not fetched to this machine")
    encoder, decoder = (process.open(path) for path in fetched.paths)
    picture = np.full((1, 3, 1024, 1024), -1, np.float32)
    picture[..., 300:700, 300:700] = 1
    (embedding,) = encoder.run(picture).values()
    inputs = {
        "image_embeddings": embedding,
        "point_coords": np.array([[[500, 500], [0, 0]]], np.float32),
        "point_labels": np.array([[1, -1]], np.float32),
        "mask_input": np.zeros((1, 1, 256, 256), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.array([1024, 1024], np.float32),
    }
    mask = decoder.run(inputs, "masks")["masks"][0, 0] > 0
    square = picture[0, 0] > 0
    assert (mask & square).sum() / (mask | square).sum() > 0.95
