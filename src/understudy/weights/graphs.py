"""Reducing ONNX graphs before they run: fewer outputs, a smaller picture, one precision.

A model that was exported at one size carries that size in constants, and one with helper outputs
computes them all. Both cost memory and time that the wanted output does not need. Half floats cost
time where the processor has no arithmetic for them: each layer's result is rounded and widened.

Only the fields named below are read; everything else in the file passes through untouched, as
protobuf keeps the fields that a schema leaves out. So the `onnx` package is not needed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "understudy_onnx"
# TensorProto.DataType
_FLOAT = 1
_INT64 = 7
_HALF = 10
_INT = 2  # AttributeProto.AttributeType

_Field = descriptor_pb2.FieldDescriptorProto
# Of onnx.proto: message -> (field, number, type or message, repeated).
_SCHEMA: dict[str, tuple[tuple[str, int, int | str, bool], ...]] = {
    "Model": (("graph", 7, "Graph", False),),
    "Graph": (
        ("node", 1, "Node", True),
        ("initializer", 5, "Tensor", True),
        ("input", 11, "ValueInfo", True),
        ("output", 12, "ValueInfo", True),
        ("value_info", 13, "ValueInfo", True),
    ),
    "Node": (
        ("input", 1, _Field.TYPE_STRING, True),
        ("output", 2, _Field.TYPE_STRING, True),
        ("op_type", 4, _Field.TYPE_STRING, False),
        ("attribute", 5, "Attribute", True),
    ),
    "Attribute": (
        ("name", 1, _Field.TYPE_STRING, False),
        ("i", 3, _Field.TYPE_INT64, False),
        ("t", 5, "Tensor", False),
        ("type", 20, _Field.TYPE_INT32, False),
    ),
    "Tensor": (
        ("data_type", 2, _Field.TYPE_INT32, False),
        ("name", 8, _Field.TYPE_STRING, False),
        ("raw_data", 9, _Field.TYPE_BYTES, False),
    ),
    "ValueInfo": (("name", 1, _Field.TYPE_STRING, False), ("type", 2, "Type", False)),
    "Type": (("tensor_type", 1, "TensorType", False),),
    "TensorType": (
        ("elem_type", 1, _Field.TYPE_INT32, False),
        ("shape", 2, "Shape", False),
    ),
    "Shape": (("dim", 1, "Dimension", True),),
    "Dimension": (("dim_value", 1, _Field.TYPE_INT64, False),),
}


class GraphUnfit(Exception):  # noqa: N818 - a state
    """The graph is not built the way that an edit needs."""


def cut_to_first_output(
    model: bytes, side: int | None = None, *, without_halves: bool = False
) -> bytes:
    """The ONNX file `model` with its first output only and, with `side`, for square pictures.

    without_halves: half floats are widened once, where they are read, and every layer computes in
    single precision.
    side: pixels of the pictures that it then takes; both of its sizes and the sizes that it resizes
    to inside are scaled from its own square size. Raises GraphUnfit where `model` is no ONNX graph
    that takes a square picture of one size.
    """
    parsed = _message("Model")()
    try:
        parsed.ParseFromString(model)
    except Exception as fault:  # protobuf's own error class moves between its versions
        raise GraphUnfit("not an ONNX file") from fault
    graph = parsed.graph
    if not graph.output:
        raise GraphUnfit("no output")
    _keep_first_output(graph)
    if side is not None:
        _scale(graph, side)
    if without_halves:
        _widen_halves(graph)
    return bytes(parsed.SerializeToString())


def _keep_first_output(graph: Any) -> None:
    maker = {name: index for index, node in enumerate(graph.node) for name in node.output if name}
    needed: set[str] = set()
    nodes: set[int] = set()
    pending = [graph.output[0].name]
    while pending:
        name = pending.pop()
        if name in needed:
            continue
        needed.add(name)
        index = maker.get(name)
        if index is not None:
            nodes.add(index)
            pending += [given for given in graph.node[index].input if given]
    for index in reversed(range(len(graph.node))):
        if index not in nodes:
            del graph.node[index]
    for index in reversed(range(len(graph.initializer))):
        if graph.initializer[index].name not in needed:
            del graph.initializer[index]
    del graph.output[1:]
    # Shapes that were worked out for the old size would contradict the new one.
    del graph.value_info[:]


def _scale(graph: Any, side: int) -> None:
    dims = graph.input[0].type.tensor_type.shape.dim
    if len(dims) != 4 or dims[2].dim_value != dims[3].dim_value or not dims[2].dim_value:
        raise GraphUnfit("no fixed square input")
    before = dims[2].dim_value
    constants = {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    constants |= {tensor.name: tensor for tensor in graph.initializer}
    maker = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type == "Resize":
            _scale_resize(node, constants, maker, before, side)
    for value in (graph.input[0], graph.output[0]):
        for dim in value.type.tensor_type.shape.dim[2:]:
            dim.dim_value = dim.dim_value * side // before


def _scale_resize(
    node: Any, constants: dict[str, Any], maker: dict[str, Any], before: int, side: int
) -> None:
    """Scale the size that a Resize node is told, height and width last; scales need no change."""
    if len(node.input) < 4 or not node.input[3]:
        return
    name = node.input[3]
    if name not in constants:
        joined = maker.get(name)
        if joined is None or joined.op_type != "Concat" or joined.input[-1] not in constants:
            # Worked out from the picture, and right for any of its sizes.
            return
        # The batch and the channels come from the picture, height and width from a constant.
        name = joined.input[-1]
    tensor = constants[name]
    if tensor.data_type != _INT64 or not tensor.raw_data:
        raise GraphUnfit("a size that is not kept as raw integers")
    sizes = np.frombuffer(tensor.raw_data, "<i8").copy()
    sizes[-2:] = sizes[-2:] * side // before
    tensor.raw_data = sizes.tobytes()


def _widen_halves(graph: Any) -> None:
    """Compute in single precision: what a Cast made half stays single, and halves that the file
    keeps pass a Cast, which the runtime does once, as it opens the model."""
    if any(value.type.tensor_type.elem_type == _HALF for value in graph.input):
        raise GraphUnfit("a picture in half floats")
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == _HALF:
                attribute.i = _FLOAT
            elif attribute.t.data_type == _HALF:
                halves = np.frombuffer(attribute.t.raw_data, "<f2")
                attribute.t.raw_data = halves.astype("<f4").tobytes()
                attribute.t.data_type = _FLOAT
    for tensor in graph.initializer:
        if tensor.data_type == _HALF:
            name = tensor.name
            tensor.name = f"{name}:half"
            widened = graph.node.add(input=[tensor.name], output=[name], op_type="Cast")
            widened.attribute.add(name="to", i=_FLOAT, type=_INT)
    for value in graph.output:
        if value.type.tensor_type.elem_type == _HALF:
            value.type.tensor_type.elem_type = _FLOAT


@cache
def _message(name: str) -> Any:
    """The message class of `_SCHEMA` with this name."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{_PACKAGE}.proto", package=_PACKAGE, syntax="proto2"
    )
    for title, fields in _SCHEMA.items():
        message = file.message_type.add(name=title)
        for field, number, kind, repeated in fields:
            added = message.field.add(name=field, number=number)
            added.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            if isinstance(kind, str):
                added.type = _Field.TYPE_MESSAGE
                added.type_name = f".{_PACKAGE}.{kind}"
            else:
                added.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
