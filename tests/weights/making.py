"""Weights for tests: entries of a catalogue, and who gives their files, all on this machine."""

from __future__ import annotations

import hashlib
import io
import stat
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from understudy.weights.entry import Edition, Licence, Source, Weight, WeightFile

NPM = f"""#!{sys.executable}
import pathlib, shutil, sys
packages = pathlib.Path(__file__).resolve().parent / "packages"
words = sys.argv[1:]
archive = packages / (words[1].replace("/", "+") + ".tgz")
if not archive.exists():
    print("npm error code E404", file=sys.stderr)
    sys.exit(1)
with open(packages / "calls", "a") as calls:
    print(words[0], words[1], file=calls)
if words[0] == "pack":
    shutil.copy(archive, pathlib.Path(words[words.index("--pack-destination") + 1]) / "x.tgz")
"""


def weight_file(name: str, content: bytes, *sources: Source) -> WeightFile:
    """A file of the catalogue with this content."""
    return WeightFile(name, len(content), hashlib.sha256(content).hexdigest(), sources)


def weight(name: str, *files: WeightFile, more: tuple[Edition, ...] = ()) -> Weight:
    """An entry of the catalogue with these files."""
    licence = Licence("Apache-2.0")
    editions = (Edition("first", files), *more)
    return Weight(name, "tries fetching", "nothing is lost", licence, licence, "none", editions)


def tgz(members: Mapping[str, bytes]) -> bytes:
    """An npm package's archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def make_npm(place: Path, packages: Mapping[str, Mapping[str, bytes]]) -> Path:
    """A folder with an executable `npm` that packs these packages (`name@version`: members)."""
    (place / "packages").mkdir(parents=True)
    for package, members in packages.items():
        (place / "packages" / f"{package.replace('/', '+')}.tgz").write_bytes(tgz(members))
    npm = place / "npm"
    npm.write_text(NPM)
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    return place


def make_wheel(
    place: Path, name: str, version: str, members: Mapping[str, bytes], tag: str = "py3-none-any"
) -> None:
    """A wheel in the folder `place`."""
    place.mkdir(parents=True, exist_ok=True)
    snake = name.replace("-", "_")
    info = f"{snake}-{version}.dist-info"
    with zipfile.ZipFile(place / f"{snake}-{version}-{tag}.whl", "w") as wheel:
        for member, content in members.items():
            entry = zipfile.ZipInfo(member)
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, content)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")


class FileServer:
    """Files over HTTP on loopback, with ranges, and with the faults that servers have.

    cut: paths whose first answer ends after so many bytes of the body. held: answers wait for
    `gate`. requests: path and `Range` header of every request.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.cut: dict[str, int] = {}
        self.ranges = True
        self.gate = threading.Event()
        self.gate.set()
        self.requests: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        asked = handler.headers.get("Range")
        self.requests.append((handler.path, asked))
        self.gate.wait()
        content = self.files.get(handler.path)
        if content is None:
            handler.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        body = content[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: self.cut.pop(handler.path, len(body))])

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[FileServer]:
    """A file server for the time of a block."""
    server = FileServer(files)
    try:
        yield server
    finally:
        server.close()
