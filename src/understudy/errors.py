"""The tree of exceptions.

    UnderstudyError
    ├── InputRefused        the caller's picture, clip or option; carries field, found, allowed
    │   └── ClipUnusable    the clip opens, yet holds no run that a take can be made of
    ├── EngineUnavailable   the engine asked for cannot run on this machine
    ├── MachineFault        the machine lacks disk space, file descriptors or processes
    └── TakeCancelled       somebody asked for the take to stop

Everything else that is raised is a fault of ours and is left to fail loudly.
"""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterator

_SHOWN_CHARACTERS = 60  # of a value in a message
_MACHINE_FAULTS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EFBIG: "the disk is full",
    errno.EROFS: "the disk cannot be written to",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}
"""What the system says when the machine, and no input, is at fault. EFBIG: a limit on the size of
files stands in the way like a full disk."""


class UnderstudyError(Exception):
    """The base of what Understudy raises on purpose."""


class InputRefused(UnderstudyError):  # noqa: N818 - the state, not the word "error", is what a user reads
    """An input that a user gave cannot be used.

    `field` is the wire contract's name of the input (`image_url`, `video_url`, `prompt`, ...),
    `found` says what was there, `allowed` what may be there; both are plain words that name no
    path of the machine. `code` is the contract's error code. `contract` is the contract's sentence
    for it, which clients compare: it comes before the one made of the three. `message` stands in
    place of both.
    """

    def __init__(  # noqa: PLR0913 - the parts of a message
        self,
        field: str,
        *,
        found: str,
        allowed: str,
        code: int = 1201,
        contract: str = "",
        message: str | None = None,
    ) -> None:
        self.field = field
        self.found = found
        self.allowed = allowed
        self.code = code
        own = f"{field}: {found}; {allowed}"
        self.message = message or (f"{contract.removesuffix('.')}. {own}" if contract else own)
        super().__init__(self.message)


def found_value(value: object) -> str:
    """The `found` of a JSON value that is not allowed, shortened."""
    text = json.dumps(value, default=str)
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[: _SHOWN_CHARACTERS - 3]}..."
    return f"the value is {text}"


class ClipUnusable(InputRefused):
    """The clip was read, but no run of it is long and clear enough to make a take from."""


class EngineUnavailable(UnderstudyError):  # noqa: N818 - a state
    """The engine that was asked for cannot run here; the message says what it misses."""


class TakeCancelled(UnderstudyError):  # noqa: N818 - a state
    """The take was cancelled."""


class MachineFault(UnderstudyError):  # noqa: N818
    """The machine lacks what the work needs; the message says what, and no input is at fault."""


def machine_fault(error: BaseException) -> str | None:
    """What the machine lacks, in a few words, if that is why `error` was raised; else None.

    Looks at the errors that it was raised from as well, because libraries wrap the system's own.
    """
    for cause in _causes(error):
        if isinstance(cause, MachineFault):
            return str(cause)
        if isinstance(cause, socket.gaierror):
            if cause.errno == socket.EAI_SYSTEM:
                return "names cannot be looked up"
            continue
        # Also of errors that are no OSError, such as libav's.
        number = getattr(cause, "errno", None)
        if isinstance(number, int) and number in _MACHINE_FAULTS:
            return _MACHINE_FAULTS[number]
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it was raised from."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting += [each for each in (cause.__cause__, cause.__context__) if each is not None]
