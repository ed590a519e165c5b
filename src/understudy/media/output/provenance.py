"""Marks inside the file that a video was generated.

Two marks that need no key: the usual comment and description tags, and an XMP packet with IPTC's
`DigitalSourceType`, which exiftool and the platforms read (IPTC Photo Metadata 2023.1; XMP in MP4:
a `uuid` box, ISO 16684-3). Content Credentials, which are signed, are in `content_credentials`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

DigitalSourceType = Literal["trainedAlgorithmicMedia", "compositeSynthetic"]

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
_GIF_TRAILER = b"\x3b"
_WEBP_HAS_XMP = 0x04
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
   <xmp:CreatorTool>{tool}</xmp:CreatorTool>
   <dc:description>
    <rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt>
   </dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a video came to be.

    tool: the program and its version. engine: what drew the frames.
    source_type: IPTC's term. `trainedAlgorithmicMedia` where a trained model drew the pixels;
        `compositeSynthetic` where parts of a given picture were moved by a given performance.
    extra: further MP4 tags.
    """

    tool: str
    engine: str
    source_type: DigitalSourceType = "compositeSynthetic"
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What a person reads in the file's properties."""
        return (
            f"AI-generated: a picture animated with the motion of a video by {self.tool} "
            f"({self.engine})."
        )

    def tags(self) -> dict[str, str]:
        """The MP4 tags, by libav's names."""
        return {"comment": self.sentence, "description": self.sentence, **self.extra}

    def xmp(self) -> bytes:
        """The XMP packet, UTF-8."""
        return _PACKET.format(
            source_type=VOCABULARY + self.source_type,
            tool=escape(self.tool),
            description=escape(self.sentence),
        ).encode()


def mark(path: Path, provenance: Provenance, container: str) -> None:
    """Add the XMP packet to a finished file, by libav's name of its container.

    WebM has no place for one: its tags say the same. Raises OSError.
    """
    packet = provenance.xmp()
    if container in ("mp4", "mov"):
        append_xmp(path, packet)
    elif container == "gif":
        _append_to_gif(path, packet)
    elif container == "webp":
        _append_to_webp(path, packet)


def append_xmp(path: Path, packet: bytes) -> None:
    """Add an XMP packet to a finished MP4 as its last box. Raises OSError."""
    box = _XMP_BOX + packet
    with path.open("ab") as file:
        file.write((8 + len(box)).to_bytes(4, "big") + b"uuid" + box)


def _append_to_gif(path: Path, packet: bytes) -> None:
    """Before the trailer, as an application extension whose sub-blocks the packet itself reads as
    (XMP Specification Part 3, "GIF")."""
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    with path.open("r+b") as file:
        file.seek(-1, 2)
        if file.read(1) != _GIF_TRAILER:
            raise ValueError("the GIF does not end in its trailer")
        file.seek(-1, 2)
        file.write(b"\x21\xff\x0bXMP DataXMP" + packet + magic + _GIF_TRAILER)


def _append_to_webp(path: Path, packet: bytes) -> None:
    """As the last chunk, told of in the header's flags (WebP Container Specification)."""
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("the file is no WebP")
    chunks = data[12:]
    if chunks[:4] != b"VP8X":
        from PIL import Image

        # Of frames that are all the same the encoder makes a still picture without the header.
        with Image.open(path) as image:
            width, height = image.size
        sides = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
        chunks = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + sides + chunks
    flags = bytes([chunks[8] | _WEBP_HAS_XMP])
    xmp = b"XMP " + len(packet).to_bytes(4, "little") + packet + bytes(len(packet) % 2)
    chunks = chunks[:8] + flags + chunks[9:] + xmp
    path.write_bytes(b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks)
