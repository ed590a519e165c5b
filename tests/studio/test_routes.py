"""The page is served from the package, under a strict policy, and is built from its sources."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from understudy.studio import routes
from understudy.studio.routes import STATIC

SOURCE = Path(__file__).resolve().parents[2] / "studio"


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def test_the_page_allows_scripts_of_this_server_only(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)


def test_everything_that_the_page_loads_is_in_the_package(client: TestClient) -> None:
    page = client.get("/").text
    names = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert any(name.endswith(".js") for name in names)
    for name in names:
        assert name.startswith("./studio/")
        answer = client.get(name.removeprefix("."))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in (STATIC / "studio").iterdir():
        if path.suffix == ".css":
            assert not re.search(r"url\((?!['\"]?\./|['\"]?[\w-])", path.read_text("utf-8"))
            assert "//" not in re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)


def test_the_samples_are_listed_and_served(client: TestClient) -> None:
    samples = client.get("/studio/samples").json()
    assert {sample["kind"] for sample in samples} == {"picture", "clip"}
    for sample in samples:
        answer = client.get(f"/studio/samples/{sample['name']}")
        assert answer.status_code == 200
        kind = {"picture": "image/", "clip": "video/"}[sample["kind"]]
        assert answer.headers["content-type"].startswith(kind)
    assert client.get("/studio/samples/draw.py").status_code == 404
    assert client.get("/studio/samples/..%2Fpyproject.toml").status_code == 404


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/studio/none.js").status_code == 404
    assert client.get("/studio/../index.html").status_code == 404


def test_the_built_page_is_made_from_the_sources_as_they_are() -> None:
    if not SOURCE.is_dir():
        pytest.skip("the page's sources are not beside this package")
    names = ["index.html", "package-lock.json", "vite.config.ts"] + [
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "src").rglob("*")
        if path.is_file() and not path.name.endswith((".test.ts", ".d.ts"))
    ]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(name.encode() + b"\0" + (SOURCE / name).read_bytes() + b"\0")
    built = (STATIC / "built-from.txt").read_text("ascii")
    assert built == digest.hexdigest(), "run `npm run build` in studio/"
