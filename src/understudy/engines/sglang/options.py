"""Where the SGLang servers are, and how long to wait for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from understudy.errors import EngineUnavailable
from understudy.media.limits import Mode

NAME = "sglang"
URLS_VARIABLE = "UNDERSTUDY_SGLANG_URLS"
KEY_VARIABLE = "UNDERSTUDY_SGLANG_KEY"
STEPS_VARIABLE = "UNDERSTUDY_SGLANG_STEPS"
GUIDANCE_VARIABLE = "UNDERSTUDY_SGLANG_GUIDANCE"

# The two sizes that SGLang's Wan-Animate-2 lists, of which it takes the area.
SIZES: Mapping[Mode, str] = MappingProxyType({"std": "640x800", "pro": "720x1280"})


@dataclass(frozen=True, slots=True)
class ServerTimeouts:
    """Seconds.

    connect: until a server answers at all. answer: until it has answered, uploads included. poll:
    between two looks at a job. silent: that a server may be silent before the job goes elsewhere.
    full: that all servers may be full. whole: for the take. submissions: how often a job is handed
    in at most, because servers forget their jobs when they restart.
    """

    connect: float = 5.0
    answer: float = 120.0
    poll: float = 2.0
    silent: float = 60.0
    full: float = 600.0
    whole: float = 3600.0
    submissions: int = 3


@dataclass(frozen=True, slots=True)
class SGLangOptions:
    """urls: of the servers. key: sent as a bearer token, '' for none. steps, guidance: of a job,
    None for what the server's model defaults to. clip_len: frames of a segment."""

    urls: tuple[str, ...]
    key: str = ""
    steps: int | None = None
    guidance: float | None = None
    clip_len: int = 81
    timeouts: ServerTimeouts = ServerTimeouts()


def read_options() -> SGLangOptions:
    """The options that the variables name. Raises EngineUnavailable."""
    urls = tuple(
        url.strip().rstrip("/")
        for url in os.environ.get(URLS_VARIABLE, "").split(",")
        if url.strip()
    )
    if not urls:
        raise EngineUnavailable(
            f"{NAME} needs at least one server: set {URLS_VARIABLE}, for example to http://gpu-1:30000"
        )
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise EngineUnavailable(f"{URLS_VARIABLE} contains {url!r}; use http or https URLs")
    steps, guidance = os.environ.get(STEPS_VARIABLE), os.environ.get(GUIDANCE_VARIABLE)
    try:
        return SGLangOptions(
            urls=urls,
            key=os.environ.get(KEY_VARIABLE, ""),
            steps=int(steps) if steps else None,
            guidance=float(guidance) if guidance else None,
        )
    except ValueError as error:
        raise EngineUnavailable(
            f"{STEPS_VARIABLE} and {GUIDANCE_VARIABLE} must be numbers: {error}"
        ) from error
