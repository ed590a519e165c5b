"""Leaving out what a TensorFlow Lite model computes in vain.

An interpreter computes all the outputs of a model, also those that nobody reads. Here such an
output is cut off, with the operators that only it needs; all others compute what they did. The file
is edited in place: its buffers, and what is not mentioned below, stay where they are.

The numbers of fields are those of TensorFlow Lite's schema.fbs. Only worker processes import this
module.
"""

from __future__ import annotations

import struct

from flatbuffers import encode, number_types
from flatbuffers.table import Table

_MODEL_SUBGRAPHS = 2
_GRAPH_OUTPUTS = 2
_GRAPH_OPERATORS = 3
_OPERATOR_INPUTS = 1
_OPERATOR_OUTPUTS = 2
_WORD = 4  # bytes of an element: a tensor's number, or the way to a table


def cut_output(model: bytes, output: int, stand_in: int) -> bytes:
    """The TFLite file `model` without one of its outputs, counted from 0.

    The other outputs keep their numbers; in the place of the one cut off comes the output
    `stand_in` once more. Raises ValueError where the model has no such outputs.
    """
    data = bytearray(model)
    graph = _tables(_root(data), _MODEL_SUBGRAPHS)[0]
    outputs = _numbers(graph, _GRAPH_OUTPUTS)
    if not {output, stand_in} <= set(range(len(outputs))) or output == stand_in:
        raise ValueError(f"{len(outputs)} outputs, no number {output} for which {stand_in} stands")
    operators = _tables(graph, _GRAPH_OPERATORS)
    wanted = [tensor for number, tensor in enumerate(outputs) if number != output]
    kept = [operators[number] for number in _needed(operators, wanted)]
    place, _ = _vector(graph, _GRAPH_OUTPUTS)
    struct.pack_into("<i", data, place + _WORD * output, outputs[stand_in])
    place, _ = _vector(graph, _GRAPH_OPERATORS)
    struct.pack_into("<I", data, place - _WORD, len(kept))
    for number, operator in enumerate(kept):
        here = place + _WORD * number
        # The way to a table is counted from where it is written.
        struct.pack_into("<I", data, here, operator.Pos - here)
    return bytes(data)


def _needed(operators: list[Table], tensors: list[int]) -> list[int]:
    """The numbers of the operators that some tensors are computed with, in order."""
    made_by = {
        tensor: number
        for number, operator in enumerate(operators)
        for tensor in _numbers(operator, _OPERATOR_OUTPUTS)
    }
    needed: set[int] = set()
    waiting = list(tensors)
    while waiting:
        number = made_by.get(waiting.pop())
        if number is not None and number not in needed:
            needed.add(number)
            waiting += _numbers(operators[number], _OPERATOR_INPUTS)
    return sorted(needed)


def _root(data: bytearray) -> Table:
    return Table(data, encode.Get(number_types.UOffsetTFlags.packer_type, data, 0))


def _vector(table: Table, field: int) -> tuple[int, int]:
    """Where a field's elements begin, and how many there are; none where it is left out."""
    # The first two entries of a table's list of fields are lengths.
    offset = table.Offset(_WORD + 2 * field)
    return (table.Vector(offset), table.VectorLen(offset)) if offset else (0, 0)


def _tables(table: Table, field: int) -> list[Table]:
    start, count = _vector(table, field)
    places = range(start, start + _WORD * count, _WORD)
    return [Table(table.Bytes, table.Indirect(place)) for place in places]


def _numbers(table: Table, field: int) -> list[int]:
    start, count = _vector(table, field)
    return list(struct.unpack_from(f"<{count}i", table.Bytes, start))
