from __future__ import annotations

import subprocess
import sys

import flatbuffers
import numpy as np
import pytest
from flatbuffers import number_types
from flatbuffers.table import Table

from tests.tracking.clip_maker import EXAMPLES
from understudy.tracking.trackers.tflite import cut_output

# Prints how much the body's landmarks differ with and without the mask, and the presence.
SAME_LANDMARKS = """
import cv2, sys
import numpy as np
from understudy.tracking.trackers.mediapipe_models import Image, MediaPipeModels
image = Image(cv2.cvtColor(cv2.imread(sys.argv[1]), cv2.COLOR_BGR2RGB))
models = MediaPipeModels()
region = models.detect(image)[0].region
one, other = (models.body(image, region, segment=segment) for segment in (True, False))
off = max(np.abs(one.points - other.points).max(), np.abs(one.world - other.world).max())
print(off, one.region == other.region, one.presence == other.presence, other.mask is None)
"""


def table(builder: flatbuffers.Builder, fields: dict[int, int]) -> int:
    builder.StartObject(max(fields) + 1)
    for number, place in fields.items():
        builder.PrependUOffsetTRelativeSlot(number, place, 0)
    return int(builder.EndObject())


def places(builder: flatbuffers.Builder, elements: list[int]) -> int:
    builder.StartVector(4, len(elements), 4)
    for element in reversed(elements):
        builder.PrependUOffsetTRelative(element)
    return int(builder.EndVector())


def model(operators: list[tuple[list[int], list[int]]], outputs: list[int]) -> bytes:
    """A model of operators, each with the tensors that it takes and makes, and nothing else."""

    def numbers(values: list[int]) -> int:
        return int(builder.CreateNumpyVector(np.array(values, np.int32)))

    builder = flatbuffers.Builder()
    made = [table(builder, {1: numbers(takes), 2: numbers(makes)}) for takes, makes in operators]
    graph = table(builder, {2: numbers(outputs), 3: places(builder, made)})
    builder.Finish(table(builder, {2: places(builder, [graph])}))
    return bytes(builder.Output())


def read(data: bytes) -> tuple[list[tuple[list[int], list[int]]], list[int]]:
    """The operators and the outputs of such a model."""

    def tables(owner: Table, field: int) -> list[Table]:
        offset = owner.Offset(4 + 2 * field)
        start = owner.Vector(offset)
        return [Table(data, owner.Indirect(start + 4 * k)) for k in range(owner.VectorLen(offset))]

    def numbers(owner: Table, field: int) -> list[int]:
        offset = owner.Offset(4 + 2 * field)
        return [int(n) for n in owner.GetVectorAsNumpy(number_types.Int32Flags, offset)]

    (graph,) = tables(Table(data, int.from_bytes(data[:4], "little")), 2)
    return [(numbers(one, 1), numbers(one, 2)) for one in tables(graph, 3)], numbers(graph, 2)


# Tensor 0 goes in. 1 is made for all, 2 and 3 for the first output, 4 and 5 for the last.
FORKED = [([0], [1]), ([1], [2]), ([1], [4]), ([2], [3]), ([4, 1], [5])]


def test_what_only_the_output_needs_is_cut_off() -> None:
    left = [FORKED[0], FORKED[1], FORKED[3]]
    assert read(cut_output(model(FORKED, [3, 5]), 1, 0)) == (left, [3, 3])
    left = [FORKED[0], FORKED[2], FORKED[4]]
    assert read(cut_output(model(FORKED, [3, 5]), 0, 1)) == (left, [5, 5])


def test_what_another_output_needs_stays() -> None:
    assert read(cut_output(model(FORKED, [3, 1, 5]), 1, 2)) == (FORKED, [3, 5, 5])


@pytest.mark.parametrize(("output", "stand_in"), [(2, 0), (0, 2), (0, 0)])
def test_an_output_that_is_not_there_is_an_error(output: int, stand_in: int) -> None:
    with pytest.raises(ValueError, match="2 outputs"):
        cut_output(model(FORKED, [3, 5]), output, stand_in)


def test_a_body_without_its_mask_has_the_same_landmarks() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SAME_LANDMARKS, EXAMPLES / "photo.jpg"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["0.0", "True", "True", "True"]
