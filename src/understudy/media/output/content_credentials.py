"""Content Credentials (C2PA): a signed statement of how a video was made, inside the file.

Needs the extra `understudy[provenance]` and a signing identity: a certificate chain and its key.
One made here works offline and makes every later change to the file evident; validators call its
issuer unknown until they are told to trust it, as they do with any issuer outside their lists.
(C2PA Technical Specification 2.1, sections 14 and 15.)
"""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from understudy.errors import UnderstudyError
from understudy.media.output.atomic import UnfinishedFile
from understudy.media.output.provenance import VOCABULARY, Provenance

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    SigningKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

CERTIFICATES_VARIABLE = "UNDERSTUDY_SIGNING_CERTIFICATES"
KEY_VARIABLE = "UNDERSTUDY_SIGNING_KEY"
LIBRARY_MISSING = "install understudy[provenance] to sign Content Credentials"

# How long a certificate of one's own is valid.
_YEARS = 10
# What can be signed, by its ending. WebM has no place for a manifest.
_MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
_CURVES = {256: "es256", 384: "es384", 521: "es512"}


class CannotSign(UnderstudyError):  # noqa: N818 - a state of the installation
    """Content Credentials cannot be made here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """Who signs.

    certificates: PEM, the signer's first, then its issuers'. key: PEM, PKCS #8, of the first: an
    elliptic one on P-256, P-384 or P-521, an Ed25519 or an RSA one.
    """

    certificates: bytes
    key: bytes


def is_available() -> bool:
    """Whether the library that signs is installed."""
    return importlib.util.find_spec("c2pa") is not None


def load_identity(certificates: Path, key: Path) -> SigningIdentity:
    """Read an identity from two PEM files. Raises CannotSign."""
    try:
        return SigningIdentity(certificates.read_bytes(), key.read_bytes())
    except OSError as error:
        raise CannotSign("the signing certificate or its key cannot be read") from error


def configured_identity(
    certificates: Path | None = None, key: Path | None = None
) -> SigningIdentity | None:
    """Who signs here: of the files given, else of those that the variables name; None for nobody.

    Raises CannotSign where one of the two is missing, a file cannot be read, the key is none, or
    the library is not installed.
    """
    certificates = certificates or _named(CERTIFICATES_VARIABLE)
    key = key or _named(KEY_VARIABLE)
    if certificates is None and key is None:
        return None
    if certificates is None or key is None:
        raise CannotSign(f"to sign, set both {CERTIFICATES_VARIABLE} and {KEY_VARIABLE}")
    if not is_available():
        raise CannotSign(LIBRARY_MISSING)
    identity = load_identity(certificates, key)
    _algorithm(identity)
    return identity


def first_expiry(identity: SigningIdentity) -> datetime:
    """When the first of an identity's certificates expires. Raises CannotSign."""
    from cryptography import x509

    try:
        chain = x509.load_pem_x509_certificates(identity.certificates)
    except ValueError as error:
        raise CannotSign("the signing certificates are no PEM certificates") from error
    return min(certificate.not_valid_after_utc for certificate in chain)


def _named(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def create_identity(organization: str, key: SigningKey | None = None) -> SigningIdentity:
    """Create an identity of one's own: an issuer, whose key is forgotten, and a signer.

    key: the signer's, by default a new one on P-256. Valid for ten years from yesterday.
    """
    # Not needed by any take that signs nothing.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    issuer = ec.generate_private_key(ec.SECP256R1())
    signer = key or ec.generate_private_key(ec.SECP256R1())
    chain = (
        _certificate(organization, "signer", signer, issuer),
        _certificate(organization, "issuer", issuer, issuer),
    )
    pem = serialization.Encoding.PEM
    return SigningIdentity(
        certificates=b"".join(one.public_bytes(pem) for one in chain),
        key=signer.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _certificate(
    organization: str,
    role: Literal["issuer", "signer"],
    key: SigningKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A certificate (RFC 5280) for a key, with the uses that its role asks for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    issues = role == "issuer"
    begin = datetime.now(UTC) - timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(organization, role))
        .issuer_name(_name(organization, "issuer"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(issues, 0 if issues else None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(issuer, False)
    )
    if not issues:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(organization: str, role: str) -> x509.Name:
    from cryptography import x509

    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{organization} {role}"),
        ]
    )


def signable(path: Path) -> bool:
    """Whether a file of that ending can hold Content Credentials."""
    return path.suffix.lower() in _MEDIA_TYPES


def sign_in_place(path: Path, provenance: Provenance, identity: SigningIdentity) -> None:
    """Sign a finished file; nothing stands there meanwhile but the whole file, signed or not.

    Raises CannotSign, OSError.
    """
    with UnfinishedFile(path) as signed:
        sign(path, signed.path, provenance, identity, path.suffix)


def sign(
    source: Path,
    target: Path,
    provenance: Provenance,
    identity: SigningIdentity,
    suffix: str = ".mp4",
) -> None:
    """Write `source`, a finished file, to `target` with a signed manifest; `target` is replaced.

    suffix: of what `signable` accepts, as which the file is read. Nothing is asked of any server:
    the signature carries no trusted time. Raises CannotSign.
    """
    try:
        import c2pa
    except ImportError as error:
        raise CannotSign(LIBRARY_MISSING) from error
    media_type = _MEDIA_TYPES[suffix.lower()]
    manifest = {
        "claim_generator_info": [{"name": provenance.tool}],
        "format": media_type,
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.created",
                            "digitalSourceType": VOCABULARY + provenance.source_type,
                            "softwareAgent": {"name": provenance.engine},
                            "description": provenance.sentence,
                        }
                    ]
                },
            }
        ],
    }
    try:
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(
                alg=_algorithm(identity).encode(),
                sign_cert=identity.certificates,
                private_key=identity.key,
                ta_url=None,
            )
        )
        with source.open("rb") as read, target.open("w+b") as write:
            c2pa.Builder(json.dumps(manifest)).sign(signer, media_type, read, write)
    except c2pa.C2paError as error:
        raise CannotSign(f"Content Credentials could not be signed: {error}") from error


def _algorithm(identity: SigningIdentity) -> str:
    """The name of the signature algorithm that goes with the key (C2PA 2.1, 13.2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(identity.key, None)
    except (ValueError, TypeError) as error:
        raise CannotSign("the signing key is not a PEM key without a password") from error
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size in _CURVES:
        return _CURVES[key.key_size]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise CannotSign("the signing key must be elliptic (P-256, P-384, P-521), Ed25519 or RSA")
