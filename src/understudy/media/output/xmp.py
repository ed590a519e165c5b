"""Reading the XMP packet of a file.

It is found by its header and trailer, wherever in the file it stands (XMP Specification Part 3,
1.1, "packet scanning"): that reads MP4, MOV, JPEG, PNG, GIF and WebP of any maker. WebM has none.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from understudy.media.output.provenance import VOCABULARY

_BEGIN, _END = b"<?xpacket begin=", b"<?xpacket end="
_MOST_BYTES = 1 << 20
_SOURCE_TYPE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
_TOOL = "{http://ns.adobe.com/xap/1.0/}CreatorTool"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an XMP packet says of how a file was made; None where it says nothing.

    source_type: IPTC's term, such as `compositeSynthetic`. tool: the program.
    """

    source_type: str | None = None
    tool: str | None = None


def read_xmp(path: Path) -> Stated:
    """What the last XMP packet in a file says. Raises OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        begin = data.rfind(_BEGIN)
        end = data.find(_END, begin) if begin >= 0 else -1
        if end < 0 or end - begin > _MOST_BYTES:
            return Stated()
        packet = data[begin : data.find(b"?>", end) + 2]
    try:
        root = ET.fromstring(packet)
    except ET.ParseError:
        return Stated()
    return Stated(term(_value(root, _SOURCE_TYPE)), _value(root, _TOOL))


def term(uri: str | None) -> str | None:
    """The term of IPTC's vocabulary that a URI names."""
    return None if uri is None else uri.removeprefix(VOCABULARY)


def _value(root: ET.Element, name: str) -> str | None:
    """A property, which stands as an element, as its resource, or as an attribute."""
    for found in root.iter(name):
        text: str | None = found.get(_RESOURCE) or (found.text or "").strip()
        if text:
            return text
    return next((text for each in root.iter() if (text := each.get(name))), None)
