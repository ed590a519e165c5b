"""A job from submission to its video, through restarts, silence and full servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from understudy.engines.engine import Cancelled
from understudy.engines.sglang.options import ServerTimeouts
from understudy.engines.sglang.server import (
    FormFile,
    JobRefused,
    JobState,
    Server,
    ServerFull,
    ServerSilent,
)
from understudy.errors import EngineUnavailable, TakeCancelled

OnProgress = Callable[[int], None]


class GenerationFailed(RuntimeError):  # noqa: N818 - a state
    """The servers took the job and made no video of it"""


@dataclass(frozen=True, slots=True)
class Generated:
    """video: an MP4. server: the URL of who made it. submissions: how often it was handed in."""

    video: bytes
    server: str
    submissions: int


def generate(  # noqa: PLR0913 - servers, a job's two parts, and the caller's three wishes
    servers: Sequence[Server],
    fields: Mapping[str, str],
    files: Mapping[str, FormFile],
    timeouts: ServerTimeouts,
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> Generated:
    """Have a video made by the least busy server, and by another where that one fails.

    on_progress: called with 0..100. Raises TakeCancelled, EngineUnavailable when no server answers
    or all stay full, GenerationFailed.
    """
    until = time.monotonic() + timeouts.whole
    avoided: set[str] = set()
    reason = ""
    for submission in range(1, timeouts.submissions + 1):
        server, job = _submitted(servers, avoided, fields, files, timeouts, cancelled)
        try:
            ended = _watch(server, job, timeouts, until, on_progress, cancelled)
            if ended.state == "completed":
                video = server.video(job)
                server.forget(job)
                if video is not None:
                    return Generated(video, server.url, submission)
                ended = JobState("failed", error="the video is gone")
            reason = ended.error or "the server forgot the job"
            # A server that restarted may do it the second time; one that failed may not.
            if ended.state == "failed":
                avoided.add(server.url)
        except ServerSilent as silence:
            reason = f"the server stopped answering ({silence})"
            avoided.add(server.url)
        except TakeCancelled:
            server.forget(job)
            raise
    raise GenerationFailed(f"sglang made no video in {timeouts.submissions} tries: {reason}")


def _submitted(  # noqa: PLR0913 - as `generate`
    servers: Sequence[Server],
    avoided: set[str],
    fields: Mapping[str, str],
    files: Mapping[str, FormFile],
    timeouts: ServerTimeouts,
    cancelled: Cancelled,
) -> tuple[Server, str]:
    """Hand the job to the least busy server that takes it; those to be avoided come last."""
    until = time.monotonic() + timeouts.full
    while True:
        full = False
        for server in _by_load(servers, avoided):
            try:
                return server, server.submit(fields, files)
            except ServerFull:
                full = True
            except ServerSilent:
                continue
            except JobRefused as refusal:
                raise GenerationFailed(f"sglang refused the job: {refusal}") from refusal
        if not full:
            raise EngineUnavailable("no SGLang server responds")
        if time.monotonic() > until:
            raise EngineUnavailable("all SGLang servers are full")
        _wait(timeouts.poll, cancelled)


def _by_load(servers: Sequence[Server], avoided: set[str]) -> list[Server]:
    loads: list[tuple[bool, int, int]] = []
    for place, server in enumerate(servers):
        try:
            loads.append((server.url in avoided, server.unfinished(), place))
        except ServerSilent:
            continue
    return [servers[place] for _, _, place in sorted(loads)]


def _watch(  # noqa: PLR0913 - as `generate`
    server: Server,
    job: str,
    timeouts: ServerTimeouts,
    until: float,
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> JobState:
    """Poll a job until it ends. Raises ServerSilent when nothing is heard for too long."""
    heard = time.monotonic()
    while True:
        _wait(timeouts.poll, cancelled)
        now = time.monotonic()
        if now > until:
            raise GenerationFailed(f"sglang took longer than {timeouts.whole:g} s")
        try:
            told = server.state(job)
        except ServerSilent:
            if now - heard > timeouts.silent:
                raise
            continue
        heard = now
        on_progress(told.progress)
        if told.state != "running":
            return told


def _wait(seconds: float, cancelled: Cancelled) -> None:
    if cancelled():
        raise TakeCancelled("the take was cancelled while a server generated it")
    time.sleep(seconds)
