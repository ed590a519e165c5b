"""The client for asyncio and trio."""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import anyio
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


class AsyncClient:
    """`Client`, awaited: the same arguments, the same errors; lists are asynchronous iterators.

    A function given as `progress` may be a coroutine function. Close it with `aclose`, or use it
    in an `async with` statement.
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
        http_client: httpx2.AsyncClient | None = None,
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
        self._http = http_client or httpx2.AsyncClient(
            timeout=timeout, headers={"user-agent": http.USER_AGENT}
        )

    @classmethod
    def from_credentials(
        cls, path: str | os.PathLike[str], base_url: str | None = None, **options: Any
    ) -> Self:
        """A client with the API key of a server's `credentials.json`."""
        return cls(base_url, api_key=api_key_in(path), **options)

    async def animate(
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
            return await self._run(
                self._operations.animate(
                    picture,
                    clip,
                    options,
                    output=None if output is None else Path(output),
                    timeout=timeout,
                    watch=watch,
                )
            )

    async def create(
        self, picture: Media | None, clip: Media, **options: Unpack[TakeOptions]
    ) -> Task:
        """Start what `animate` does and return at once."""
        return await self._run(self._operations.create_take(picture, clip, options, None))

    async def inspect(
        self, picture: Media | None, clip: Media | None, **options: Unpack[TakeOptions]
    ) -> Inspection:
        """The plan of a take, or its problems; nothing is rendered or charged. Understudy only.

        The picture or the clip may be None: the other is looked at by itself.
        """
        return await self._run(self._operations.inspect(picture, clip, options))

    async def task(self, task_id: str) -> Task:
        """A task by its id or external id."""
        return await self._run(self._operations.task(task_id))

    def tasks(self, *, page_size: int = LARGEST_PAGE) -> AsyncIterator[Task]:
        """All tasks of the account, newest first."""
        return self._iterate(resources.task_pages(self._operations, page_size))

    async def wait(
        self, task_id: str, *, progress: Watcher = None, timeout: float | None = None
    ) -> Task:
        """Wait until a task has ended. Raises TaskFailedError and WaitTimeoutError."""
        with watching(progress) as watch:
            return await self._run(self._operations.wait(task_id, timeout=timeout, watch=watch))

    async def cancel(self, task_id: str) -> Task:
        """Cancel a task; it ends `failed` and costs nothing. Understudy only."""
        return await self._run(self._operations.cancel(task_id))

    async def download(
        self, task: Task | str, path: str | os.PathLike[str], *, watermarked: bool = False
    ) -> Path:
        """Save a task's video, whole or not at all. Raises LookupError when it has none."""
        return await self._run(self._operations.download(task, Path(path), watermarked=watermarked))

    async def upload(self, media: Media) -> StoredFile:
        """Upload a picture or clip, to be used in several takes. Understudy only."""
        return await self._run(self._operations.upload(media, field="file"))

    async def create_element(
        self,
        name: str,
        description: str,
        *,
        timeout: float | None = None,
        **options: Unpack[ElementOptions],
    ) -> Element:
        """Make a character of the library from pictures or a clip; returns when that is done."""
        operation = self._operations.create_element(name, description, options, timeout=timeout)
        return await self._run(resources.first_element(operation))

    def elements(self, *, page_size: int = LARGEST_PAGE) -> AsyncIterator[Element]:
        """The account's elements, newest first."""
        return self._iterate(resources.element_pages(self._operations, page_size))

    def preset_elements(self, *, page_size: int = LARGEST_PAGE) -> AsyncIterator[Element]:
        """The elements that come with the server."""
        return self._iterate(resources.preset_pages(self._operations, page_size))

    async def delete_element(self, element: ElementId) -> None:
        """Delete an element. Raises RequestError when it is deleted already."""
        await self._run(resources.delete_element(self._operations, element))

    async def costs(self, start: datetime, end: datetime) -> tuple[ResourcePack, ...]:
        """The account's packs of units between two times, both aware."""
        return await self._run(resources.costs(self._operations, start, end))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _iterate(self, pages: Pages[Value]) -> AsyncIterator[Value]:
        while not pages.done:
            for value in await self._run(pages.turn()):
                yield value

    async def _run(self, operation: Operation[Value]) -> Value:
        try:
            effect = next(operation)
            while True:
                try:
                    outcome = await self._perform(effect)
                except ClientError as error:
                    effect = operation.throw(error)
                else:
                    effect = operation.send(outcome)
        except StopIteration as stop:
            result: Value = stop.value
            return result

    async def _perform(self, effect: Effect) -> Outcome:
        match effect:
            case Send():
                return await self._send(effect)
            case Save():
                return await self._save(effect)
            case Sleep():
                await anyio.sleep(effect.seconds)
            case Tell():
                told = effect.watch(effect.progress)
                if inspect.isawaitable(told):
                    await told
        return None

    async def _send(self, effect: Send) -> Reply:
        with http.sending(self.base_url, effect) as arguments:
            response = await self._http.request(**arguments)
        return http.reply_from(response, response.content)

    async def _save(self, effect: Save) -> Reply:
        with http.failures_named():
            async with self._http.stream("GET", effect.url, follow_redirects=True) as response:
                if not response.is_success:
                    return http.reply_from(response, await response.aread())
                with http.whole_file(effect.path) as file:
                    async for chunk in response.aiter_bytes():
                        file.write(chunk)
        return http.reply_from(response, b"")
