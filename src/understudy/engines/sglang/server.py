"""One SGLang diffusion server, by its OpenAI-like video API.

Read from SGLang's sources (multimodal_gen/runtime/entrypoints/openai/video_api.py and protocol.py):
`POST /v1/videos` takes a multipart form and answers at once; `GET /v1/videos/{id}` says `queued`,
`completed` or `failed`, with a progress that is 0 until it is 100; `GET /v1/videos/{id}/content` is
the MP4. Jobs are kept in memory: after a restart they are unknown. `DELETE` forgets a job and does
not stop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import httpx2

from understudy.engines.sglang.options import ServerTimeouts

State = Literal["running", "completed", "failed", "unknown"]

_LISTED = 100


class ServerSilent(Exception):  # noqa: N818 - a state
    """The server does not answer"""


class ServerFull(Exception):  # noqa: N818 - a state
    """The server takes no more jobs now"""


class JobRefused(Exception):  # noqa: N818 - a state
    """The server does not take this job at all; the message is its own."""


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job is. progress: 0..100. error: the server's words."""

    state: State
    progress: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file of a form."""

    name: str
    content: bytes
    type: str


class Server:
    """A server; every call raises ServerSilent when it does not answer in time."""

    def __init__(self, url: str, key: str, timeouts: ServerTimeouts) -> None:
        self.url = url
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(timeouts.answer, connect=timeouts.connect),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def is_healthy(self) -> bool:
        """Whether it answers and is well."""
        try:
            return self._ask("GET", "/health").is_success
        except ServerSilent:
            return False

    def unfinished(self) -> int:
        """How many jobs it has that are not done."""
        answer = self._ask("GET", "/v1/videos", params={"limit": _LISTED})
        jobs = answer.json().get("data", []) if answer.is_success else []
        return sum(job.get("status") not in ("completed", "failed") for job in jobs)

    def submit(self, fields: Mapping[str, str], files: Mapping[str, FormFile]) -> str:
        """Hand in a job; its id. Raises ServerFull, JobRefused."""
        answer = self._ask(
            "POST",
            "/v1/videos",
            data=dict(fields),
            files={key: (file.name, file.content, file.type) for key, file in files.items()},
        )
        if answer.status_code == 429 or answer.status_code >= 500:
            raise ServerFull(f"{answer.status_code}")
        if not answer.is_success:
            raise JobRefused(_words(answer))
        return str(answer.json()["id"])

    def state(self, job: str) -> JobState:
        """How a job is; `unknown` after a restart."""
        answer = self._ask("GET", f"/v1/videos/{job}")
        if answer.status_code == 404:
            return JobState("unknown")
        if not answer.is_success:
            raise ServerSilent(f"{answer.status_code}")
        told = answer.json()
        status = told.get("status")
        state: State = status if status in ("completed", "failed") else "running"
        error = (told.get("error") or {}).get("message", "")
        return JobState(state, int(told.get("progress") or 0), str(error))

    def video(self, job: str) -> bytes | None:
        """The MP4; None where the server does not have it (any more)."""
        answer = self._ask("GET", f"/v1/videos/{job}/content")
        return answer.content if answer.is_success else None

    def forget(self, job: str) -> None:
        """Drop a job; what runs goes on to its end."""
        try:
            self._ask("DELETE", f"/v1/videos/{job}")
        except ServerSilent:
            return

    def _ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            return self._client.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise ServerSilent(f"{type(error).__name__}: {error}") from error


def _words(answer: httpx2.Response) -> str:
    try:
        return str(answer.json().get("detail", answer.text))[:500]
    except ValueError:
        return answer.text[:500]
