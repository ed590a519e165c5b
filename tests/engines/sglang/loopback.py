"""A loopback server that behaves as SGLang's diffusion server does, faults included.

Written from SGLang's video API (its form fields, answers and states) and its sampling parameters of
Wan-Animate-2: jobs are kept in memory, progress is 0 until it is 100, the content of an unfinished
job is a 404, `DELETE` forgets and does not stop, a `clip_len` becomes 4 k + 1.
"""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.yuv import YuvConverter

# Width and height of what it makes: odd, as the model's frames can be.
MADE = (42, 64)


@dataclass
class Loopback:
    """polls: looks at a job before it is done. fail: messages of the next jobs' failures. full:
    submissions that are turned away first. forget_after: looks after which it restarts once. key:
    the token that it asks for. jobs, forms: what it holds, what it was sent."""

    folder: Path
    polls: int = 2
    fail: list[str] = field(default_factory=list)
    full: int = 0
    forget_after: int | None = None
    key: str = ""
    healthy: bool = True
    url: str = ""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    looks: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/health", self._health),
                Route("/v1/videos", self._create, methods=["POST"]),
                Route("/v1/videos", self._list, methods=["GET"]),
                Route("/v1/videos/{id}", self._one, methods=["GET"]),
                Route("/v1/videos/{id}", self._delete, methods=["DELETE"]),
                Route("/v1/videos/{id}/content", self._content, methods=["GET"]),
            ]
        )

    async def _health(self, _: Request) -> Response:
        return Response(status_code=200 if self.healthy else 503)

    async def _create(self, request: Request) -> Response:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return JSONResponse({"detail": "Unauthorized"}, 401)
        if self.full:
            self.full -= 1
            return JSONResponse({"detail": "busy"}, 503)
        async with request.form() as form:
            sent: dict[str, Any] = {
                key: value if isinstance(value, str) else await value.read()
                for key, value in form.items()
            }
        self.forms.append(sent)
        if not sent.get("prompt"):
            return JSONResponse({"detail": "prompt is required"}, 400)
        if "input_reference" not in sent:
            return JSONResponse({"detail": "input_reference or reference_url is required"}, 400)
        if int(sent.get("clip_len", 37)) < 5:
            return JSONResponse({"detail": "clip_len is not supported"}, 400)
        job = {
            "id": f"video-{uuid.uuid4().hex}",
            "object": "video",
            "model": "wan-animate-2",
            "status": "queued",
            "progress": 0,
            "created_at": int(time.time()),
            "size": sent.get("size", ""),
            "error": None,
        }
        self.jobs[str(job["id"])] = {"left": self.polls, "form": sent, **job}
        return JSONResponse(job)

    async def _list(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_shown(job) for job in self.jobs.values()]})

    async def _one(self, request: Request) -> Response:
        self.looks += 1
        if self.forget_after is not None and self.looks > self.forget_after:
            self.forget_after = None
            self.jobs.clear()
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"detail": "Video not found"}, 404)
        job["left"] -= 1
        if job["left"] <= 0 and job["status"] == "queued":
            if self.fail:
                job.update(status="failed", error={"message": self.fail.pop(0)})
            else:
                job.update(status="completed", progress=100)
        return JSONResponse(_shown(job))

    async def _delete(self, request: Request) -> Response:
        job = self.jobs.pop(request.path_params["id"], None)
        if job is None:
            return JSONResponse({"detail": "Video not found"}, 404)
        self.deleted.append(str(job["id"]))
        return JSONResponse({**_shown(job), "status": "deleted"})

    async def _content(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"detail": "Video not found"}, 404)
        if job["status"] != "completed":
            return JSONResponse({"detail": "Generation is still in-progress"}, 404)
        return Response(self._made(job["form"]), media_type="video/mp4")

    def _made(self, form: dict[str, Any]) -> bytes:
        """The driving video's frames, small and upside down."""
        given = self.folder / "given.mp4"
        given.write_bytes(form["video_reference"])
        out = self.folder / "made.mp4"
        even = (MADE[0], MADE[1])
        converter = YuvConverter()
        with (
            av.open(str(given)) as container,
            VideoWriter(
                out, even, Fraction(int(form["fps"])), sound=None,
                provenance=Provenance("loopback", "loopback"),
            ) as writer,
        ):  # fmt: skip
            for frame in container.decode(video=0):
                image = frame.to_ndarray(format="rgb24", width=even[0], height=even[1])
                writer.write_yuv420(converter.planes(np.array(image[::-1], np.uint8)))
        return out.read_bytes()


def _shown(job: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if key not in ("left", "form")}


@contextmanager
def running(server: Loopback) -> Iterator[Loopback]:
    """Serve on a free port of the loopback."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(server.app(), log_level="warning", lifespan="off", ws="none")
        served = uvicorn.Server(config)
        thread = threading.Thread(target=served.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            served.should_exit = True
            thread.join(10)
