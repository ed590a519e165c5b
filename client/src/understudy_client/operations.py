"""What the client does, as operations (see effects): written once for both clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from understudy_client.auth import Credentials, KeyPair
from understudy_client.effects import Operation, Sleep, Tell, save, send
from understudy_client.errors import (
    ApiError,
    AuthenticationError,
    ClientError,
    NotFoundError,
    RequestError,
    TaskFailedError,
    UploadUnsupportedError,
    WaitTimeoutError,
)
from understudy_client.media import Local, Media, Remote, recognise
from understudy_client.options import (
    TAKES,
    ElementOptions,
    TakeOptions,
    element_body,
    take_body,
    take_call,
    under_an_id,
)
from understudy_client.parse import element_task_from, file_from, inspection_from, task_from
from understudy_client.records import ElementTask, Inspection, Progress, StoredFile, Task
from understudy_client.retries import Retries, may_have_acted
from understudy_client.wire import Call, data_of, refused

ELEMENTS = "/v1/general/advanced-custom-elements"
FILES = "/v1/files"

_EXPIRED = 1004
_WRONG_METHOD = 1202
_POLL_SECONDS = (0.1, 5.0)
Watch = Callable[[Progress], object]
_Waited = TypeVar("_Waited", Task, ElementTask)


@dataclass(slots=True)
class Operations:
    """The operations under one set of credentials.

    uploads: the server takes files; where it does not, pictures go as base64 and clips not at all.
    clock: seconds that only go up.
    """

    credentials: Credentials
    retries: Retries
    uploads: bool = True
    clock: Callable[[], float] = time.monotonic

    def request(self, call: Call) -> Operation[Any]:
        """Send a call that may safely be sent twice; its `data`. Raises ClientError."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return (yield from self._once(call))
            except ClientError as error:
                pause = self.retries.pause(attempt, error)
                if pause is None:
                    raise
            yield Sleep(pause)

    def create(self, path: str, body: dict[str, Any]) -> Operation[Any]:
        """Create what `body` describes, once, however often it has to be sent; its record.

        When it is not known whether the server acted on a try, the external id tells: tasks of
        either design are looked up in the legacy one.
        """
        body, external_id = under_an_id(body)
        named = Call("GET", _one(ELEMENTS if path == ELEMENTS else TAKES, external_id))
        acted = False
        attempt = 0
        while True:
            attempt += 1
            try:
                return (yield from self._once(Call("POST", path, body=body)))
            except ClientError as error:
                acted = acted or may_have_acted(error)
                if acted and (record := (yield from self._found(named))) is not None:
                    return record
                pause = self.retries.pause(attempt, error)
                if pause is None:
                    raise
            yield Sleep(pause)

    def create_take(
        self, picture: Media | None, clip: Media, options: TakeOptions, watch: Watch | None
    ) -> Operation[Task]:
        """Upload what is local and create a task.

        Raises ValueError for an element without a picture under a key pair, which the contract
        knows on legacy paths only.
        """
        if picture is None and "element" in options and isinstance(self.credentials, KeyPair):
            raise ValueError("picture: a take without a picture needs an API key, not a key pair")
        image, video = yield from self._place_take(picture, clip, watch)
        assert video is not None
        path, body = take_call(image, video, options)
        return task_from((yield from self.create(path, body)))

    def inspect(
        self, picture: Media | None, clip: Media | None, options: TakeOptions
    ) -> Operation[Inspection]:
        """Upload what is local and ask what would become of it; no task is made."""
        image, video = yield from self._place_take(picture, clip, None)
        body = take_body(image, video, options)
        call = Call("POST", f"{TAKES}/inspect", body=body)
        return inspection_from((yield from self.request(call)))

    def animate(
        self,
        picture: Media | None,
        clip: Media,
        options: TakeOptions,
        *,
        output: Path | None,
        timeout: float | None,
        watch: Watch | None,
    ) -> Operation[Task]:
        """Create a task, wait for its end, and save its video where an output is given."""
        task = yield from self.create_take(picture, clip, options, watch)
        task = yield from self.wait(task.id, timeout=timeout, watch=watch)
        if output is not None:
            yield from self.download(task, output, watermarked=False)
        return task

    def task(self, task_id: str) -> Operation[Task]:
        """A task by its id or external id."""
        return task_from((yield from self.request(Call("GET", _one(TAKES, task_id)))))

    def cancel(self, task_id: str) -> Operation[Task]:
        """Cancel a task; the record comes back."""
        call = Call("POST", f"{_one(TAKES, task_id)}/cancel")
        return task_from((yield from self.request(call)))

    def wait(self, task_id: str, *, timeout: float | None, watch: Watch | None) -> Operation[Task]:
        """Poll a task until it has ended; raises TaskFailedError and WaitTimeoutError."""
        return (yield from self._ended(lambda: self.task(task_id), timeout, watch))

    def download(self, task: Task | str, path: Path, *, watermarked: bool) -> Operation[Path]:
        """Save a task's video. Raises LookupError when it has none of that kind."""
        if isinstance(task, str):
            task = yield from self.task(task)
        url = task.video.watermark_url if watermarked else task.video.url
        if url is None:
            raise LookupError(f"task {task.id} was not asked for a watermarked video")
        return (yield from self.save(url, path))

    def save(self, url: str, path: Path) -> Operation[Path]:
        """Save what a result's URL leads to, whole or not at all."""
        attempt = 0
        while True:
            attempt += 1
            try:
                reply = yield from save(url, path)
                if 200 <= reply.status < 300:
                    return path
                raise refused(reply)
            except ClientError as error:
                pause = self.retries.pause(attempt, error)
                if pause is None:
                    raise
            yield Sleep(pause)

    def upload(self, media: Media, *, field: str) -> Operation[StoredFile]:
        """Upload a file or bytes; raises UploadUnsupportedError where that cannot be done."""
        source = recognise(media, name=field)
        if not isinstance(source, Local):
            raise TypeError(f"{field}: it has a URL already")
        return (yield from self._stored(source, field))

    def create_element(
        self, name: str, description: str, options: ElementOptions, *, timeout: float | None
    ) -> Operation[ElementTask]:
        """Create an element and wait until it is made."""
        frontal = clip = None
        if "frontal" in options:
            frontal = yield from self._placed_media(options["frontal"], "frontal_image")
        others = yield from self._placed_all(options.get("others", ()))
        if "clip" in options:
            clip = yield from self._placed_media(options["clip"], "video_url")
        body = element_body(name, description, options, frontal=frontal, others=others, clip=clip)
        task = element_task_from((yield from self.create(ELEMENTS, body)))
        return (yield from self._ended(lambda: self.element_task(task.id), timeout, None))

    def element_task(self, task_id: str) -> Operation[ElementTask]:
        """The making of an element, by its id or external id."""
        record = yield from self.request(Call("GET", _one(ELEMENTS, task_id)))
        return element_task_from(record)

    def _once(self, call: Call) -> Operation[Any]:
        reply = yield from send(call, self.credentials.token())
        try:
            return data_of(reply)
        except AuthenticationError as error:
            if error.code != _EXPIRED or not self.credentials.renew():
                raise
        return data_of((yield from send(call, self.credentials.token())))

    def _found(self, named: Call) -> Operation[Any]:
        try:
            return (yield from self.request(named))
        except RequestError:
            return None

    def _ended(
        self,
        read: Callable[[], Operation[_Waited]],
        timeout: float | None,
        watch: Watch | None,
    ) -> Operation[_Waited]:
        started = self.clock()
        for pause in _pauses():
            task = yield from read()
            if watch is not None:
                yield Tell(watch, getattr(task, "progress", Progress(task.status)))
            if task.status == "failed":
                raise TaskFailedError(task)
            if task.ended:
                return task
            left = float("inf") if timeout is None else started + timeout - self.clock()
            if left <= 0:
                raise WaitTimeoutError(task)
            yield Sleep(min(pause, left))
        raise AssertionError("the pauses never end")

    def _place_take(
        self, picture: Media | None, clip: Media | None, watch: Watch | None
    ) -> Operation[tuple[str | None, str | None]]:
        # Both are looked at before either is sent, and where a clip cannot be sent, nothing is.
        found = {
            field: recognise(media, name=field)
            for field, media in (("video_url", clip), ("image_url", picture))
            if media is not None
        }
        placed: dict[str, str] = {}
        for field, source in found.items():
            placed[field] = yield from self._placed(source, field, watch)
        return placed.get("image_url"), placed.get("video_url")

    def _placed_all(self, media: Sequence[Media]) -> Operation[list[str]]:
        placed: list[str] = []
        for one in media:
            placed += [(yield from self._placed_media(one, "image_url"))]
        return placed

    def _placed_media(self, media: Media, field: str) -> Operation[str]:
        return (yield from self._placed(recognise(media, name=field), field))

    def _placed(
        self, source: Remote | Local, field: str, watch: Watch | None = None
    ) -> Operation[str]:
        if isinstance(source, Remote):
            return source.url
        if watch is not None:
            yield Tell(watch, Progress("uploading", field))
        try:
            return (yield from self._stored(source, field)).url
        except UploadUnsupportedError:
            if field == "video_url":
                raise
            return source.base64()

    def _stored(self, source: Local, field: str) -> Operation[StoredFile]:
        if self.uploads:
            try:
                # Told the field, the server takes its kind only, and a refusal names it.
                params = {"field": field} if field in ("image_url", "video_url") else {}
                call = Call("POST", FILES, params=params, upload=source)
                return file_from((yield from self.request(call)))
            except ApiError as error:
                if not isinstance(error, NotFoundError) and error.code != _WRONG_METHOD:
                    raise
                self.uploads = False
        raise UploadUnsupportedError(field)


def _one(path: str, task_id: str) -> str:
    return f"{path}/{quote(task_id, safe='')}"


def _pauses() -> Iterator[float]:
    pause, longest = _POLL_SECONDS
    while True:
        yield pause
        pause = min(longest, pause * 1.3)
