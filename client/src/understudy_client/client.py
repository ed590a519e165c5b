"""The blocking client."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx2

from understudy_client import http, resources
from understudy_client.connection import api_key_in, base_url_of, operations_for
from understudy_client.effects import Effect, Operation, Outcome, Save, Send, Sleep, Tell
from understudy_client.errors import ClientError
from understudy_client.media import Media
from understudy_client.options import ElementId, ElementOptions, TakeOptions
from understudy_client.pages import LARGEST_PAGE, Pages
from understudy_client.progress import Watcher, watching
from understudy_client.records import Element, Inspection, ResourcePack, StoredFile, Task
from understudy_client.retries import Retries
from understudy_client.wire import Reply

Value = TypeVar("Value")


class Client:
    """A server of the Motion Control API, an Understudy or Kling's own.

    base_url: by default UNDERSTUDY_BASE_URL, else a server on this machine. api_key (by default
    UNDERSTUDY_API_KEY), or access_key with secret_key. uploads: whether the server takes files;
    found out if not told. timeout: seconds without any byte after which a request has failed.
    retries: when what failed is tried again. http_client: your own, for proxies or certificates;
    it stays open.

    Every method raises ClientError's kinds (see understudy_client.errors). One client may be used
    by several threads. Close it, or use it in a `with` statement.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        api_key: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        uploads: bool | None = None,
        timeout: float = 60.0,
        retries: Retries | None = None,
        http_client: httpx2.Client | None = None,
    ) -> None:
        self.base_url = base_url_of(base_url)
        self._operations = operations_for(
            self.base_url,
            api_key=api_key,
            access_key=access_key,
            secret_key=secret_key,
            uploads=uploads,
            retries=retries,
        )
        self._owned = http_client is None
        self._http = http_client or httpx2.Client(
            timeout=timeout, headers={"user-agent": http.USER_AGENT}
        )

    @classmethod
    def from_credentials(
        cls, path: str | os.PathLike[str], base_url: str | None = None, **options: Any
    ) -> Self:
        """A client with the API key of a server's `credentials.json`."""
        return cls(base_url, api_key=api_key_in(path), **options)

    def animate(
        self,
        picture: Media | None,
        clip: Media,
        *,
        output: str | os.PathLike[str] | None = None,
        progress: Watcher = None,
        timeout: float | None = None,
        **options: Unpack[TakeOptions],
    ) -> Task:
        """Let the picture's character perform the clip's motion; returns when that is done.

        picture, clip: a path, bytes, an open binary file, a URL or an uploaded file. The picture
        may be None when an element is given. output: where the video goes, whole or not at all.
        progress: a function of Progress, a tqdm-like bar, or True for a bar on the terminal.
        timeout: seconds to wait for the result. Raises TaskFailedError and WaitTimeoutError beside
        what a request can end in.
        """
        with watching(progress) as watch:
            return self._run(
                self._operations.animate(
                    picture,
                    clip,
                    options,
                    output=None if output is None else Path(output),
                    timeout=timeout,
                    watch=watch,
                )
            )

    def create(self, picture: Media | None, clip: Media, **options: Unpack[TakeOptions]) -> Task:
        """Start what `animate` does and return at once."""
        return self._run(self._operations.create_take(picture, clip, options, None))

    def inspect(
        self, picture: Media | None, clip: Media | None, **options: Unpack[TakeOptions]
    ) -> Inspection:
        """The plan of a take, or its problems; nothing is rendered or charged. Understudy only.

        The picture or the clip may be None: the other is looked at by itself.
        """
        return self._run(self._operations.inspect(picture, clip, options))

    def task(self, task_id: str) -> Task:
        """A task by its id or external id."""
        return self._run(self._operations.task(task_id))

    def tasks(self, *, page_size: int = LARGEST_PAGE) -> Iterator[Task]:
        """All tasks of the account, newest first."""
        return self._iterate(resources.task_pages(self._operations, page_size))

    def wait(self, task_id: str, *, progress: Watcher = None, timeout: float | None = None) -> Task:
        """Wait until a task has ended. Raises TaskFailedError and WaitTimeoutError."""
        with watching(progress) as watch:
            return self._run(self._operations.wait(task_id, timeout=timeout, watch=watch))

    def cancel(self, task_id: str) -> Task:
        """Cancel a task; it ends `failed` and costs nothing. Understudy only."""
        return self._run(self._operations.cancel(task_id))

    def download(
        self, task: Task | str, path: str | os.PathLike[str], *, watermarked: bool = False
    ) -> Path:
        """Save a task's video, whole or not at all. Raises LookupError when it has none."""
        return self._run(self._operations.download(task, Path(path), watermarked=watermarked))

    def upload(self, media: Media) -> StoredFile:
        """Upload a picture or clip, to be used in several takes. Understudy only."""
        return self._run(self._operations.upload(media, field="file"))

    def create_element(
        self,
        name: str,
        description: str,
        *,
        timeout: float | None = None,
        **options: Unpack[ElementOptions],
    ) -> Element:
        """Make a character of the library from pictures or a clip; returns when that is done."""
        operation = self._operations.create_element(name, description, options, timeout=timeout)
        return self._run(resources.first_element(operation))

    def elements(self, *, page_size: int = LARGEST_PAGE) -> Iterator[Element]:
        """The account's elements, newest first."""
        return self._iterate(resources.element_pages(self._operations, page_size))

    def preset_elements(self, *, page_size: int = LARGEST_PAGE) -> Iterator[Element]:
        """The elements that come with the server."""
        return self._iterate(resources.preset_pages(self._operations, page_size))

    def delete_element(self, element: ElementId) -> None:
        """Delete an element. Raises RequestError when it is deleted already."""
        self._run(resources.delete_element(self._operations, element))

    def costs(self, start: datetime, end: datetime) -> tuple[ResourcePack, ...]:
        """The account's packs of units between two times, both aware."""
        return self._run(resources.costs(self._operations, start, end))

    def close(self) -> None:
        """Close the connections."""
        if self._owned:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _iterate(self, pages: Pages[Value]) -> Iterator[Value]:
        while not pages.done:
            yield from self._run(pages.turn())

    def _run(self, operation: Operation[Value]) -> Value:
        try:
            effect = next(operation)
            while True:
                try:
                    outcome = self._perform(effect)
                except ClientError as error:
                    effect = operation.throw(error)
                else:
                    effect = operation.send(outcome)
        except StopIteration as stop:
            result: Value = stop.value
            return result

    def _perform(self, effect: Effect) -> Outcome:
        match effect:
            case Send():
                return self._send(effect)
            case Save():
                return self._save(effect)
            case Sleep():
                time.sleep(effect.seconds)
            case Tell():
                effect.watch(effect.progress)
        return None

    def _send(self, effect: Send) -> Reply:
        with http.sending(self.base_url, effect) as arguments:
            response = self._http.request(**arguments)
        return http.reply_from(response, response.content)

    def _save(self, effect: Save) -> Reply:
        with (
            http.failures_named(),
            self._http.stream("GET", effect.url, follow_redirects=True) as response,
        ):
            if not response.is_success:
                return http.reply_from(response, response.read())
            with http.whole_file(effect.path) as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
        return http.reply_from(response, b"")
