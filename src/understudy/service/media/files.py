"""The file of a picture or clip that a client gave, for work that stores nothing of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from understudy.service.http.authentication import Caller
from understudy.service.media.checks import MediaChecks, MediaRequest, is_web_url, write_base64
from understudy.tasks.files.client_urls import seal_url
from understudy.tasks.files.localize import Localizer
from understudy.tasks.records import Source


async def media_file(
    checks: MediaChecks,
    wanted: MediaRequest,
    kind: Literal["picture", "clip", "background"],
    max_bytes: int,
    localizer: Localizer,
) -> Path:
    """The file of what a client gave: an upload's, a URL's, or one of base64.

    Raises ParameterInvalid, InputRefused.
    """
    upload = await checks.find_upload(wanted, None if kind == "background" else kind)
    if upload is None and not is_web_url(wanted.given):
        path = localizer.folder / kind
        await asyncio.to_thread(write_base64, wanted.given, path)
        return path
    source = Source(
        url=None if upload else seal_url(checks.keyring, wanted.given),
        key=upload.key if upload else None,
        max_bytes=max_bytes,
    )
    return await localizer.file(source, kind, wanted.field)


def media_request(given: str, caller: Caller, field: str) -> MediaRequest:
    """What a client gave, to be looked up: nothing of it is stored, and there is no deadline."""
    return MediaRequest(given, caller.account_id, field, key="", until=0.0)
