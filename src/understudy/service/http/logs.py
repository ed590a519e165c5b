"""The log: one line an event, to be followed by task or request, without secrets.

Lines carry `request_id` and `account` or `task` and `attempt`. What looks like a key, a token, a
signature, a secret or a URL's query is masked wherever it stands, tracebacks included.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import sys
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"

_SECRETS = re.compile(
    r"""
    api-key-[\w-]+                              # API keys
    | whsec_[\w+/=-]+                           # callback secrets
    | eyJ[\w-]+\.[\w-]+\.[\w-]*                 # JWTs
    | (?<=//)[^/\s@]+(?=@)                      # a URL's user and password
    | (?<=\?)[^\s'"<>]*(?:signature|sig|token|key|credential|expires)=[^\s'"<>]*  # signed URLs
    """,
    re.VERBOSE | re.IGNORECASE,
)


# What a terminal would obey: all control characters but the tab, and the line end of tracebacks.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def mask_secrets(text: str) -> str:
    """A text without what must not be in a log."""
    return _SECRETS.sub(MASK, text)


def escape_controls(text: str) -> str:
    """A text whose control characters are written out, such as `\\x1b`."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def configure_logs(
    level: Literal["debug", "info", "warning", "error"], form: Literal["auto", "console", "json"]
) -> None:
    """Send everything that is logged, by libraries too, to stderr in one form."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    # Our own lines go straight out: the standard library's way costs twice the time.
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Unfailing(sys.stderr))),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_Unfailing(sys.stderr))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "httpx2", "httpcore2", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


class _Unfailing(io.TextIOBase):
    """A stream whose lines are lost when they cannot be written: no request fails for its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def _mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {
        name: escape_controls(mask_secrets(value)) if isinstance(value, str) else value
        for name, value in event.items()
    }
