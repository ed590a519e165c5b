"""Small ONNX files, written field by field; the numbers are those of onnx.proto."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_FLOAT, _INT64, HALF = 1, 7, 10  # TensorProto.DataType
_INT, _STRING, _TENSOR = 2, 3, 4  # AttributeProto.AttributeType


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: int | bytes | str) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def value_info(name: str, shape: Sequence[int]) -> bytes:
    """A float tensor that goes into or out of a graph."""
    dims = b"".join(field(1, field(1, side)) for side in shape)
    tensor = field(1, _FLOAT) + field(2, dims)
    return field(1, name) + field(2, field(1, tensor))


def int64_tensor(name: str, values: Sequence[int]) -> bytes:
    """A row of long integers, kept raw."""
    raw = np.asarray(values, "<i8").tobytes()
    return field(1, len(values)) + field(2, _INT64) + field(8, name) + field(9, raw)


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], attribute: bytes = b"") -> bytes:
    """A node of a graph."""
    ends = b"".join(field(1, name) for name in inputs) + b"".join(field(2, n) for n in outputs)
    return ends + field(4, kind) + (field(5, attribute) if attribute else b"")


def nearest() -> bytes:
    """The attribute of a Resize that takes the nearest pixel."""
    return field(1, "mode") + field(4, "nearest") + field(20, _STRING)


def constant(name: str, values: Sequence[int]) -> bytes:
    """A Constant node of long integers."""
    attribute = field(1, "value") + field(5, int64_tensor("", values)) + field(20, _TENSOR)
    return node("Constant", [], [name], attribute)


def model(
    nodes: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    initializers: Sequence[bytes] = (),
) -> bytes:
    """A whole file."""
    graph = b"".join(field(1, entry) for entry in nodes) + field(2, "graph")
    graph += b"".join(field(5, entry) for entry in initializers)
    graph += b"".join(field(11, entry) for entry in inputs)
    graph += b"".join(field(12, entry) for entry in outputs)
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))


def half_and_relu(*, sizes_joined: bool = False) -> bytes:
    """A model of a (1, 1, 8, 8) picture: `half` is a quarter of its pixels, `relu` a helper output.

    sizes_joined: the size of `half` is put together from two constants.
    """
    resize = node("Resize", ["picture", "", "", "size"], ["half"], nearest())
    relu = node("Relu", ["picture"], ["relu"])
    nodes, initializers = [relu, resize], [int64_tensor("size", [1, 1, 4, 4])]
    if sizes_joined:
        axis = field(1, "axis") + field(3, 0) + field(20, _INT)
        joined = node("Concat", ["front", "back"], ["size"], axis)
        nodes = [relu, constant("front", [1, 1]), constant("back", [4, 4]), joined, resize]
        initializers = []
    outputs = [value_info("half", (1, 1, 4, 4)), value_info("relu", (1, 1, 8, 8))]
    return model(nodes, [value_info("picture", (1, 1, 8, 8))], outputs, initializers)


def doubled_in_halves() -> bytes:
    """A model of a (1, 1, 2, 2) picture that makes it half floats and doubles them, by a weight."""
    weight = field(1, 1) + field(2, HALF) + field(8, "two")
    weight += field(9, np.array([2], "<f2").tobytes())
    nodes = [
        node("Cast", ["picture"], ["halves"], cast_to(HALF)),
        node("Mul", ["halves", "two"], ["product"]),
        node("Cast", ["product"], ["doubled"], cast_to(_FLOAT)),
    ]
    shape = (1, 1, 2, 2)
    return model(nodes, [value_info("picture", shape)], [value_info("doubled", shape)], [weight])


def cast_to(kind: int) -> bytes:
    """The attribute of a Cast."""
    return field(1, "to") + field(3, kind) + field(20, _INT)
