"""Pictures and clips are recognised by what they are given as."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from understudy_client import StoredFile
from understudy_client.media import Local, Remote, recognise


def content(source: Local | Remote) -> bytes:
    assert isinstance(source, Local)
    with source.open() as file:
        return file.read()


@pytest.mark.parametrize("url", ["http://a.example/p.png", "HTTPS://a.example/p.png"])
def test_a_url_stays_with_the_server(url: str) -> None:
    assert recognise(url, name="image_url") == Remote(url)


def test_an_uploaded_file_is_its_url() -> None:
    stored = StoredFile("f", "http://a.example/f", "picture", 3)
    assert recognise(stored, name="image_url") == Remote("http://a.example/f")


def test_a_path_is_opened_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"picture")
    for given in (path, str(path)):
        source = recognise(given, name="image_url")
        assert content(source) == content(source) == b"picture"
        assert isinstance(source, Local)
        assert source.name == "picture.png"


@pytest.mark.parametrize("given", [b"clip", bytearray(b"clip"), io.BytesIO(b"clip")])
def test_bytes_and_open_files_can_be_read_again(given: Any) -> None:
    source = recognise(given, name="video_url")
    assert content(source) == content(source) == b"clip"


def test_an_open_file_is_read_from_where_it_stands_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        file.seek(4)
        source = recognise(file, name="video_url")
        assert content(source) == b"456789"
        assert isinstance(source, Local)
        assert source.name == "clip.mp4"
        assert not file.closed


def test_base64_has_no_prefix() -> None:
    assert Local(b"picture", "p").base64() == "cGljdHVyZQ=="


def test_a_path_that_leads_nowhere_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="image_url"):
        recognise(tmp_path / "none.png", name="image_url")


@pytest.mark.parametrize("given", [3, None, io.StringIO("text")])
def test_what_is_no_media_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="video_url"):
        recognise(given, name="video_url")
