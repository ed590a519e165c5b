"""What a caller gives as a picture or a clip, told apart: what has a URL and what must be sent."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from understudy_client.records import StoredFile

Media = str | os.PathLike[str] | bytes | BinaryIO | StoredFile


@dataclass(frozen=True, slots=True)
class Remote:
    """Media that the server fetches itself."""

    url: str


@dataclass(frozen=True, slots=True)
class Local:
    """Media that only the caller has. content: its path, or its bytes. name: for people."""

    content: Path | bytes
    name: str

    def open(self) -> BinaryIO:
        """The content from its start; the caller closes it. Raises OSError."""
        return self.content.open("rb") if isinstance(self.content, Path) else BytesIO(self.content)

    def base64(self) -> str:
        """The content as the contract takes pictures in a body: no `data:` prefix."""
        with self.open() as file:
            return base64.b64encode(file.read()).decode()


def recognise(media: Media, *, name: str) -> Remote | Local:
    """Tell a URL or an uploaded file from a path, bytes or an open file.

    A str is a URL when it starts with http:// or https://, else a path. An open file is read from
    where it stands to its end and stays open. `name` stands for content that has no name.
    Raises FileNotFoundError when a path leads nowhere, TypeError for anything else.
    """
    match media:
        case StoredFile():
            return Remote(media.url)
        case str() if media.lower().startswith(("http://", "https://")):
            return Remote(media)
        case str() | os.PathLike():
            path = Path(media)
            if not path.is_file():
                raise FileNotFoundError(f"{name}: there is no file {path}")
            return Local(path, path.name)
        case bytes() | bytearray() | memoryview():
            return Local(bytes(media), name)
    read = getattr(media, "read", None)
    content = read() if callable(read) else None
    if not isinstance(content, bytes):
        raise TypeError(f"{name}: give a path, bytes, a binary file, a URL or an uploaded file")
    return Local(content, Path(str(getattr(media, "name", name))).name)
