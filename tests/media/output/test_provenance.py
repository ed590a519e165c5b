"""Marks that say how a video was made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest
from PIL import Image

from understudy.media.boxes import top_boxes
from understudy.media.clip import open_clip
from understudy.media.output import content_credentials
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance

SIZE = (352, 352)
MADE = Provenance(tool="Understudy 1.0 <test> & more", engine="puppet")
NAMES = {
    "iptc": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def write(path: Path, **options: object) -> Path:
    with VideoWriter(path, SIZE, Fraction(25), provenance=MADE, **options) as writer:
        for shade in range(76):
            writer.write_rgb(np.full((352, 352, 3), shade, np.uint8))
    return path


def find_xmp(path: Path) -> bytes:
    """The XMP packet in the last `uuid` box of an MP4: after size, kind and 16 bytes of UUID."""
    with path.open("rb") as file:
        box = [b for b in top_boxes(file, path.stat().st_size) if b.kind == b"uuid"][-1]
        file.seek(box.start)
        return file.read(box.size)[box.header + 16 :]


def source_type(packet: bytes) -> str | None:
    return ET.fromstring(packet).findtext(".//iptc:DigitalSourceType", None, NAMES)


def test_the_usual_tags_say_that_a_machine_made_it(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "out.mp4"))) as container:
        for tag in ("comment", "description"):
            assert container.metadata[tag].startswith("AI-generated: a picture animated")


def test_xmp_names_the_digital_source_type(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4")
    packet = find_xmp(path)
    assert source_type(packet) == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    )
    assert ET.fromstring(packet).findtext(".//xmp:CreatorTool", None, NAMES) == MADE.tool
    with path.open("rb") as file:
        assert [b.kind for b in top_boxes(file, path.stat().st_size)][-1] == b"uuid"
    assert open_clip(path, orientation="video").frame_count == 76


def test_a_model_that_draws_the_pixels_is_named_as_such() -> None:
    drawn = Provenance(tool="t", engine="wan", source_type="trainedAlgorithmicMedia")
    assert source_type(drawn.xmp()) == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )


def test_a_cover_carries_the_mark_and_appears_whole(tmp_path: Path) -> None:
    rgb = np.zeros((120, 90, 3), np.uint8)
    rgb[:, 45:] = (200, 30, 60)
    path = tmp_path / "cover.jpg"
    write_cover(path, rgb, MADE)
    assert list(tmp_path.iterdir()) == [path]
    with Image.open(path) as image:
        assert image.format == "JPEG"
        assert source_type(image.info["xmp"]) is not None
        assert np.abs(np.asarray(image).astype(int) - rgb).mean() < 3
    write_cover(path, rgb)
    with Image.open(path) as image:
        assert "xmp" not in image.info


def test_a_preview_is_small() -> None:
    data = encode_preview(np.full((1056, 720, 3), 90, np.uint8))
    assert data.startswith(b"\xff\xd8\xff")
    assert len(data) < 8000


def test_an_identity_signs_for_itself() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    identity = content_credentials.create_identity("A test")
    signer, issuer = x509.load_pem_x509_certificates(identity.certificates)
    signer.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(issuer)
    assert load_pem_private_key(identity.key, None).public_key() == signer.public_key()


def test_an_identity_is_read_from_files(tmp_path: Path) -> None:
    identity = content_credentials.create_identity("A test")
    certificates, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificates.write_bytes(identity.certificates)
    key.write_bytes(identity.key)
    assert content_credentials.load_identity(certificates, key) == identity
    with pytest.raises(content_credentials.CannotSign, match="cannot be read"):
        content_credentials.load_identity(certificates, tmp_path / "none.pem")


@pytest.mark.skipif(content_credentials.is_available(), reason="the library is installed")
def test_without_the_library_signing_says_what_to_install(tmp_path: Path) -> None:
    identity = content_credentials.create_identity("A test")
    with pytest.raises(content_credentials.CannotSign, match=r"understudy\[c2pa\]"):
        write(tmp_path / "out.mp4", identity=identity)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not content_credentials.is_available(), reason="needs the extra `c2pa`")
def test_a_signed_video_verifies_and_shows_any_change(tmp_path: Path) -> None:
    import json

    import c2pa

    identity = content_credentials.create_identity("A test")
    path = write(tmp_path / "out.mp4", identity=identity)
    assert list(tmp_path.iterdir()) == [path]
    manifest = json.loads(c2pa.Reader(str(path)).json())
    assert manifest["validation_state"] == "Valid"
    assert "compositeSynthetic" in json.dumps(manifest)
    assert find_xmp(path).startswith(b"<?xpacket")
    assert open_clip(path, orientation="video").frame_count == 76
    data = bytearray(path.read_bytes())
    data[data.index(b"mdat") + 100] ^= 255
    path.write_bytes(data)
    assert json.loads(c2pa.Reader(str(path)).json())["validation_state"] == "Invalid"
