"""Marks that say how a video was made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from PIL import Image

from tests.media.media_maker import write_clip
from understudy.media.boxes import top_boxes
from understudy.media.clip import open_clip
from understudy.media.output import content_credentials
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import VideoWriter
from understudy.media.output.encodings import ENCODINGS
from understudy.media.output.marks import ContentCredentials, Marks, read_marks
from understudy.media.output.provenance import Provenance
from understudy.media.output.xmp import Stated, read_xmp

SIZE = (352, 352)
MADE = Provenance(tool="Understudy 1.0 <test> & more", engine="puppet")
needs_library = pytest.mark.skipif(
    not content_credentials.is_available(), reason="needs the extra `provenance`"
)
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


def frames_of(path: Path) -> int:
    """How many frames a video or an animated picture has."""
    if path.suffix in (".mp4", ".mov"):
        return open_clip(path, orientation="video").frame_count
    with Image.open(path) as image:
        return image.n_frames


def signing_files(folder: Path, kind: str) -> tuple[Path, Path]:
    """Certificates and key of an operator, as an authority hands them out."""
    key = {
        "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
        "Ed25519": ed25519.Ed25519PrivateKey.generate,
        "RSA": lambda: rsa.generate_private_key(65537, 2048),
    }[kind]()
    identity = content_credentials.create_identity("An operator", key)
    certificates, secret = folder / "chain.pem", folder / "key.pem"
    certificates.write_bytes(identity.certificates)
    secret.write_bytes(identity.key)
    return certificates, secret


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


def test_an_identity_that_is_half_set_up_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(content_credentials.CERTIFICATES_VARIABLE, raising=False)
    monkeypatch.delenv(content_credentials.KEY_VARIABLE, raising=False)
    assert content_credentials.configured_identity() is None
    monkeypatch.setenv(content_credentials.KEY_VARIABLE, str(tmp_path / "key.pem"))
    with pytest.raises(content_credentials.CannotSign, match="set both UNDERSTUDY_SIGNING"):
        content_credentials.configured_identity()


@pytest.mark.skipif(content_credentials.is_available(), reason="the library is installed")
def test_without_the_library_signing_says_what_to_install(tmp_path: Path) -> None:
    identity = content_credentials.create_identity("A test")
    with pytest.raises(content_credentials.CannotSign, match=r"understudy\[provenance\]"):
        write(tmp_path / "out.mp4", identity=identity)
    assert list(tmp_path.iterdir()) == []


@needs_library
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".gif", ".webp"])
def test_a_signed_video_verifies_and_shows_any_change(tmp_path: Path, suffix: str) -> None:
    identity = content_credentials.create_identity("A test")
    path = write(tmp_path / f"out{suffix}", identity=identity, encoding=ENCODINGS[suffix])
    assert list(tmp_path.iterdir()) == [path]
    found = read_marks(path)
    assert found.credentials == ContentCredentials("valid", "A test", "compositeSynthetic")
    assert found.source_type == "compositeSynthetic"
    # WebP keeps frames that look the same once.
    assert frames_of(path) == frames_of(write(tmp_path / f"un{suffix}", encoding=ENCODINGS[suffix]))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    changed = read_marks(path).credentials
    assert changed is not None
    assert changed.state == "invalid"


@needs_library
@pytest.mark.parametrize("kind", ["P-384", "P-521", "Ed25519", "RSA"])
def test_an_operator_signs_with_any_kind_of_key_that_the_standard_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    certificates, key = signing_files(tmp_path, kind)
    monkeypatch.setenv(content_credentials.CERTIFICATES_VARIABLE, str(certificates))
    monkeypatch.setenv(content_credentials.KEY_VARIABLE, str(key))
    path = tmp_path / "cover.jpg"
    write_cover(path, np.zeros((64, 64, 3), np.uint8), MADE)
    identity = content_credentials.configured_identity()
    assert identity is not None
    content_credentials.sign_in_place(path, MADE, identity)
    assert read_marks(path).credentials == ContentCredentials(
        "valid", "An operator", "compositeSynthetic"
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm", ".gif", ".webp"])
def test_what_a_file_says_of_itself_is_read_back(tmp_path: Path, suffix: str) -> None:
    found = read_marks(write(tmp_path / f"out{suffix}", encoding=ENCODINGS[suffix]))
    assert found.generated
    assert found.credentials is None
    if suffix != ".webm":
        assert (found.source_type, found.tool) == ("compositeSynthetic", MADE.tool)
    if suffix in (".mp4", ".mov", ".webm"):
        assert found.sentence == MADE.sentence


def test_a_file_that_says_nothing_of_itself_is_no_generated_one(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", size=(64, 64), frames=3)
    assert read_marks(path) == Marks(None, None, None, None)
    assert not read_marks(path).generated


@pytest.mark.parametrize(
    "packet",
    [
        '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" i:DigitalSourceType="{uri}"/>',
        '<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        '<i:DigitalSourceType rdf:resource="{uri}"/></rdf:Description>',
    ],
)
def test_the_term_is_read_as_other_tools_write_it(tmp_path: Path, packet: str) -> None:
    uri = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    path = tmp_path / "other.jpg"
    path.write_bytes(
        b"..<?xpacket begin='' id='x'?>"
        + packet.format(uri=uri).encode()
        + b"<?xpacket end='w'?>.."
    )
    assert read_xmp(path) == Stated("trainedAlgorithmicMedia", None)
