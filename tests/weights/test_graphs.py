"""ONNX graphs made smaller."""

from __future__ import annotations

import numpy as np
import pytest

from tests.weights.onnx_bytes import (
    HALF,
    cast_to,
    doubled_in_halves,
    half_and_relu,
    model,
    node,
    value_info,
)
from understudy.weights.graphs import GraphUnfit, cut_to_first_output

onnxruntime = pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("sizes_joined", [False, True], ids=["one constant", "joined constants"])
def test_a_graph_is_cut_to_its_first_output_and_to_a_smaller_picture(sizes_joined: bool) -> None:
    before = half_and_relu(sizes_joined=sizes_joined)
    session = onnxruntime.InferenceSession(cut_to_first_output(before, 4))
    assert [output.name for output in session.get_outputs()] == ["half"]
    assert session.get_inputs()[0].shape == [1, 1, 4, 4]
    picture = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    (half,) = session.run(None, {"picture": picture})
    np.testing.assert_array_equal(half, picture[..., ::2, ::2])


def test_what_the_first_output_does_not_need_is_gone() -> None:
    before = half_and_relu()
    after = cut_to_first_output(before)
    assert b"Relu" in before
    assert b"Relu" not in after
    assert b"Resize" in after


def test_half_floats_are_widened_where_that_is_asked_for() -> None:
    to_half, before = cast_to(HALF), doubled_in_halves()
    assert to_half in before
    assert to_half in cut_to_first_output(before)
    after = cut_to_first_output(before, without_halves=True)
    assert to_half not in after
    # Half floats have eleven bits: they cannot tell 2049 from 2048.
    picture = np.array([2047, 2048, 2049, 2051], np.float32).reshape(1, 1, 2, 2)
    (doubled,) = onnxruntime.InferenceSession(after).run(None, {"picture": picture})
    np.testing.assert_array_equal(doubled, 2 * picture)


@pytest.mark.parametrize(
    "data",
    [
        b"no model",
        model([node("Relu", ["x"], ["y"])], [value_info("x", (1, 8))], [value_info("y", (1, 8))]),
        model([], [], []),
    ],
    ids=["no ONNX", "no picture", "no output"],
)
def test_a_file_that_cannot_be_cut_says_so(data: bytes) -> None:
    with pytest.raises(GraphUnfit):
        cut_to_first_output(data, 4)
