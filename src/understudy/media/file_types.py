"""What a file is by its first bytes: names of the accepted formats and of other common ones."""

from __future__ import annotations

HEAD_BYTES = 4096

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\x8aMNG\r\n\x1a\n", "MNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"qoif", "QOI"),
    (b"FLV\x01", "FLV"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"\x00\x00\x01\xba", "MPEG"),
    (b"\x00\x00\x01\xb3", "MPEG"),
    (b"#EXTM3U", "an HLS playlist"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)

_RIFF = {b"WEBP": "WebP", b"AVI ": "AVI", b"WAVE": "WAV"}

_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"crx ": "a raw camera picture",
    b"M4A ": "M4A (sound only)",
    b"M4B ": "M4A (sound only)",
    b"M4P ": "M4A (sound only)",
    b"qt  ": "mov",
}
_3GP_PREFIXES = (b"3gp", b"3g2", b"3ge", b"3gr", b"3gs", b"3gg")
# A QuickTime file from before `ftyp` starts with one of these boxes.
_BARE_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def name_format(head: bytes) -> str:  # noqa: PLR0911 - one return per kind of file
    """The format that a file's first bytes (`HEAD_BYTES` are enough) tell.

    Returns `jpeg`, `png`, `mp4` or `mov` for what the product takes, the usual name for other
    formats (`WebP`, `HEIC`, `MKV`, `an HTML page`, ...), and `an unknown format` otherwise.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "RIFF")
    if head[:4] == b"FORM":
        return "AIFF"
    if head[4:8] == b"ftyp":
        return _name_brand(head)
    if head[4:8] in _BARE_QUICKTIME:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "WebM" if b"webm" in head[:64] else "MKV"
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return "MPEG transport stream"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "MP3"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "AAC (sound only)"
    return _name_text(head)


def _name_brand(head: bytes) -> str:
    size = int.from_bytes(head[:4], "big")
    major = head[8:12]
    brands = [major, *(head[i : i + 4] for i in range(16, min(size, len(head) - 3), 4))]
    if major in _BRANDS:
        return _BRANDS[major]
    if major.startswith(_3GP_PREFIXES) and not any(
        b.startswith((b"mp4", b"iso", b"avc")) for b in brands
    ):
        return "3GP"
    return "mp4"


def _name_text(head: bytes) -> str:  # noqa: PLR0911 - one return per kind of file
    try:
        text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return "an unknown format"
    text = text.lstrip().lower()
    if not text or any(ord(c) < 9 for c in text):
        return "an unknown format"
    if "<svg" in text:
        return "SVG"
    if text.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    if text.startswith(("{", "[")):
        return "JSON"
    if text.startswith("<?xml"):
        return "XML"
    return "text"


def is_or_a(name: str) -> str:
    """A format's name as it stands in a sentence: "WebP", "an HTML page"."""
    return name if name.startswith(("a ", "an ")) else f"{name} by its content"
