from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from understudy.processes.messages import Message, MessageError, read_message, write_message

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
ARRAYS = st.sampled_from(["<f4", "<f8", "|u1", "<i4"]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
)


def written(*messages: Message) -> io.BytesIO:
    stream = io.BytesIO()
    for message in messages:
        write_message(stream, message)
    stream.seek(0)
    return stream


@given(
    st.text(max_size=8),
    st.dictionaries(st.text(max_size=4), JSON_VALUES, max_size=3),
    st.dictionaries(st.text(max_size=4), ARRAYS, max_size=3),
)
def test_what_is_written_is_read(
    kind: str, values: dict[str, object], arrays: dict[str, np.ndarray]
) -> None:
    message = read_message(written(Message(kind, values, arrays)))
    assert message is not None
    assert message.kind == kind
    assert message.values == values
    assert list(message.arrays) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(message.arrays[name], array)
        assert message.arrays[name].dtype == array.dtype


def test_arrays_that_are_views_are_written_as_they_look() -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1)[::-1]
    message = read_message(written(Message("x", {}, {"a": array})))
    assert message is not None
    np.testing.assert_array_equal(message.arrays["a"], array)


def test_messages_follow_one_another_until_the_stream_ends() -> None:
    stream = written(Message("one"), Message("two"))
    kinds = [message.kind for message in iter(lambda: read_message(stream), None) if message]
    assert kinds == ["one", "two"]


@given(st.integers(1, 120))
def test_a_stream_that_ends_within_a_message_is_an_error(cut: int) -> None:
    whole = written(Message("x", {"a": 1}, {"b": np.zeros(30, np.float32)})).getvalue()
    with pytest.raises(MessageError):
        read_message(io.BytesIO(whole[: len(whole) - cut]))


@given(st.binary(min_size=1, max_size=60))
def test_noise_is_an_error_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(MessageError):
        read_message(io.BytesIO(noise))


@pytest.mark.parametrize(
    "layout",
    [
        [["a", "|O", [1]]],
        [["a", "<f4", [-1]]],
        [["a", "<f4", [1 << 40]]],
        [["a", "<f4", "many"]],
        "nothing",
    ],
)
def test_arrays_of_objects_and_of_absurd_sizes_are_refused(layout: object) -> None:
    header = json.dumps(["x", {}, layout]).encode()
    with pytest.raises(MessageError):
        read_message(io.BytesIO(struct.pack("<I", len(header)) + header + b"\0" * 64))
