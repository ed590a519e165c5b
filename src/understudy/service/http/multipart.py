"""Receiving one uploaded file, streamed to disk and capped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from understudy.service.http.contract_errors import MalformedRequest, ParameterInvalid

_OVERHEAD_BYTES = 64 * 1024
_MAX_HEADER_BYTES = 8 * 1024


async def receive_file(request: Request, path: Path, *, part: str, max_bytes: int) -> int:
    """Write the part named `part` of a multipart/form-data body to `path`; returns its size.

    Raises MalformedRequest for another body, ParameterInvalid for a part that is missing, empty or
    of more than `max_bytes`.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise MalformedRequest("A multipart/form-data body is expected")
    with path.open("wb") as file:
        sink = _Sink(file.write, part, max_bytes)
        try:
            parser = MultipartParser(boundary, sink.callbacks())  # type: ignore[arg-type]
            received = 0
            async for chunk in request.stream():
                received += len(chunk)
                if received > max_bytes + _OVERHEAD_BYTES:
                    raise ParameterInvalid(_too_large(part, max_bytes))
                parser.write(chunk)
            parser.finalize()
        except FormParserError as error:
            raise MalformedRequest("The multipart/form-data body is malformed") from error
    if not sink.ended:
        raise MalformedRequest("The multipart/form-data body is malformed")
    if not sink.found:
        raise ParameterInvalid(f"{part}: must not be blank")
    if not sink.size:
        most = max_bytes // 1024 // 1024
        raise ParameterInvalid(f"{part}: the file is empty; at most {most} MB is allowed")
    return sink.size


class _Sink:
    """Takes the parser's callbacks; passes on the first part of the right name."""

    def __init__(self, write: Callable[[bytes], object], part: str, max_bytes: int) -> None:
        self._write = write
        self._part = part
        self._max_bytes = max_bytes
        self._header_field = b""
        self._header_value = b""
        self._disposition = b""
        self._open = False
        self.found = False
        self.ended = False
        self.size = 0

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """By the parser's names."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end_part,
            "on_header_field": self._field,
            "on_header_value": self._value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._header_field = self._header_value = self._disposition = b""

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header_field += data[start:end]
        self._check_headers()

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._check_headers()

    def _check_headers(self) -> None:
        if len(self._header_field) + len(self._header_value) > _MAX_HEADER_BYTES:
            raise MalformedRequest("The multipart/form-data body is malformed")

    def _end_header(self) -> None:
        if self._header_field.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_field = self._header_value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self._open = name == self._part and not self.found
        self.found = self.found or self._open

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._open:
            return
        self.size += end - start
        if self.size > self._max_bytes:
            raise ParameterInvalid(_too_large(self._part, self._max_bytes))
        self._write(data[start:end])

    def _end_part(self) -> None:
        self._open = False

    def _end(self) -> None:
        self.ended = True


def _too_large(part: str, max_bytes: int) -> str:
    most = max_bytes // 1024 // 1024
    return f"{part}: the file has more than {most} MB; at most {most} MB is allowed"
