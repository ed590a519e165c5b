"""The tree of exceptions.

    UnderstudyError
    ├── InputRefused        the caller's picture, clip or option; carries field, found, allowed
    │   └── ClipUnusable    the clip opens, yet holds no run that a take can be made of
    ├── EngineUnavailable   the engine asked for cannot run on this machine
    └── TakeCancelled       somebody asked for the take to stop

Everything else that is raised is a fault of ours and is left to fail loudly.
"""

from __future__ import annotations


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


class ClipUnusable(InputRefused):
    """The clip was read, but no run of it is long and clear enough to make a take from."""


class EngineUnavailable(UnderstudyError):  # noqa: N818 - a state
    """The engine that was asked for cannot run here; the message says what it misses."""


class TakeCancelled(UnderstudyError):  # noqa: N818 - a state
    """The take was cancelled."""
