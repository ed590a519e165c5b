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


def append_xmp(path: Path, packet: bytes) -> None:
    """Add an XMP packet to a finished MP4 as its last box. Raises OSError."""
    box = _XMP_BOX + packet
    with path.open("ab") as file:
        file.write((8 + len(box)).to_bytes(4, "big") + b"uuid" + box)
