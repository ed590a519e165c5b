"""Messages between the main process and a worker: plain data, never pickle.

A worker decodes what strangers send, so what comes out of it is not trusted either. A message is a
4-byte length, a JSON object of that length, and the bytes of the arrays which the object lists.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_LENGTH = struct.Struct("<I")
_DTYPES = frozenset({"|u1", "<i4", "<f4", "<f8"})
_MAX_HEADER = 16 << 20
_MAX_ARRAY = 2 << 30


class MessageError(Exception):
    """The bytes on the pipe are not a message."""


class ByteSource(Protocol):
    """Where the bytes of a message come from."""

    def read(self, size: int, /) -> bytes | bytearray:
        """Exactly `size` bytes, or fewer at the end of the stream."""
        ...


class ByteSink(Protocol):
    """Where the bytes of a message go."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take all the bytes."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message: what kind, JSON values and arrays by name."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)


def write_message(sink: ByteSink, message: Message) -> None:
    """Write one message."""
    arrays = message.arrays
    layout = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    header = json.dumps([message.kind, dict(message.values), layout]).encode()
    sink.write(_LENGTH.pack(len(header)) + header)
    for array in arrays.values():
        if array.size:
            sink.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def read_message(source: ByteSource) -> Message | None:
    """Read one message; None where the stream ends before it.

    Raises MessageError when what comes is not a message or ends within one.
    """
    head = source.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise MessageError("the stream ended within a message's length")
    (length,) = _LENGTH.unpack(head)
    if length > _MAX_HEADER:
        raise MessageError(f"a header of {length} bytes")
    try:
        kind, values, layout = json.loads(_read_exactly(source, length))
        named = [(str(name), str(dtype), tuple(map(int, shape))) for name, dtype, shape in layout]
        values = dict(values)
    except (ValueError, TypeError) as error:
        raise MessageError(f"a header that cannot be read: {error}") from error
    arrays = {name: _read_array(source, dtype, shape) for name, dtype, shape in named}
    return Message(str(kind), values, arrays)


def _read_array(source: ByteSource, dtype: str, shape: tuple[int, ...]) -> Array:
    if dtype not in _DTYPES or any(side < 0 for side in shape):
        raise MessageError(f"an array of {dtype} {shape}")
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size > _MAX_ARRAY:
        raise MessageError(f"an array of {size} bytes")
    return np.frombuffer(_read_exactly(source, size), dtype).reshape(shape)


def _read_exactly(source: ByteSource, size: int) -> bytes | bytearray:
    data = source.read(size) if size else b""
    if len(data) < size:
        raise MessageError(f"the stream ended {size - len(data)} bytes too early")
    return data
