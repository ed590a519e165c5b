"""Reading back what a file says of how it was made: its tags, its XMP, its Content Credentials."""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import av
import av.error

from understudy.media.clip.container import open_container
from understudy.media.output import content_credentials
from understudy.media.output.xmp import read_xmp, term

# The description box of a store of C2PA manifests: JUMBF's kind, and the first bytes of its UUID
# (C2PA Technical Specification 2.1, 11.1.4.2).
_MANIFEST_STORE = b"jumdc2pa\x00\x11\x00\x10"
_SAYS = "AI-generated"
_EBML = b"\x1a\x45\xdf\xa3"  # with which WebM begins
# IPTC's terms for what no camera took (https://cv.iptc.org/newscodes/digitalsourcetype/).
_GENERATED = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicMedia",
    }
)

CredentialState = Literal["trusted", "valid", "invalid", "unchecked"]


@dataclass(frozen=True, slots=True)
class ContentCredentials:
    """A file's Content Credentials.

    state: `trusted` of an issuer that is known, `valid` intact but of an unknown one, `invalid`
    where the file or the signature was changed, `unchecked` where the library that checks is not
    installed. issuer: of the signer's certificate. source_type: IPTC's term.
    """

    state: CredentialState
    issuer: str | None = None
    source_type: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file says of itself; None where it says nothing.

    sentence: of its tags, that it is AI-generated. source_type: IPTC's term in its XMP. tool: that
    made it, by its XMP.
    """

    sentence: str | None
    source_type: str | None
    tool: str | None
    credentials: ContentCredentials | None

    @property
    def generated(self) -> bool:
        """Whether any of them says that the file is AI-generated."""
        signed = None if self.credentials is None else self.credentials.source_type
        return self.sentence is not None or not {self.source_type, signed}.isdisjoint(_GENERATED)


def read_marks(path: Path) -> Marks:
    """The marks of a picture or video. Raises OSError."""
    stated = read_xmp(path)
    return Marks(_tagged(path), stated.source_type, stated.tool, _credentials(path))


def _tagged(path: Path) -> str | None:
    with path.open("rb") as file:
        is_webm = file.read(len(_EBML)) == _EBML
    try:
        # libav is told the format, here as everywhere: it never guesses.
        with (
            av.open(f"file:{path}", format="matroska") if is_webm else open_container(path)
        ) as container:
            tags = [value for value in container.metadata.values() if _SAYS in value]
    except av.error.FFmpegError:
        return None
    return tags[0] if tags else None


def _credentials(path: Path) -> ContentCredentials | None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(_MANIFEST_STORE) < 0:
            return None
    if not content_credentials.is_available():
        return ContentCredentials("unchecked")
    import c2pa

    try:
        store: dict[str, Any] = json.loads(c2pa.Reader(str(path)).json())
    except c2pa.C2paError:
        return ContentCredentials("invalid")
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    actions = [
        action
        for assertion in manifest.get("assertions", [])
        if assertion.get("label", "").startswith("c2pa.actions")
        for action in assertion.get("data", {}).get("actions", [])
    ]
    terms = [action["digitalSourceType"] for action in actions if "digitalSourceType" in action]
    states: dict[str, CredentialState] = {"Trusted": "trusted", "Valid": "valid"}
    return ContentCredentials(
        states.get(store.get("validation_state", ""), "invalid"),
        manifest.get("signature_info", {}).get("issuer"),
        term(terms[0]) if terms else None,
    )
