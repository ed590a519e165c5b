"""Content Credentials (C2PA): a signed statement of how a video was made, inside the file.

Needs the extra `understudy[c2pa]` and a signing identity: a certificate chain and its key. One made
here works offline and makes every later change to the file evident; validators call its issuer
unknown until they are told to trust it, as they do with any issuer outside their lists.
(C2PA Technical Specification 2.1, sections 14 and 15.)
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from understudy.errors import UnderstudyError
from understudy.media.output.provenance import VOCABULARY, Provenance

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

# How long a certificate of one's own is valid.
_YEARS = 10


class CannotSign(UnderstudyError):  # noqa: N818 - a state of the installation
    """Content Credentials cannot be made here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """Who signs.

    certificates: PEM, the signer's first, then its issuers'. key: PEM, PKCS #8, of the first, an
    elliptic key on P-256.
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


def create_identity(organization: str) -> SigningIdentity:
    """Create an identity of one's own: an issuer, whose key is forgotten, and a signer.

    Valid for ten years from yesterday.
    """
    # Not needed by any take that signs nothing.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    issuer, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
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
    key: ec.EllipticCurvePrivateKey,
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


def sign(source: Path, target: Path, provenance: Provenance, identity: SigningIdentity) -> None:
    """Write `source`, a finished MP4, to `target` with a signed manifest; `target` is replaced.

    Nothing is asked of any server: the signature carries no trusted time. Raises CannotSign.
    """
    try:
        import c2pa
    except ImportError as error:
        raise CannotSign("install understudy[c2pa] to sign Content Credentials") from error
    manifest = {
        "claim_generator_info": [{"name": provenance.tool}],
        "format": "video/mp4",
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
                alg=b"es256",
                sign_cert=identity.certificates,
                private_key=identity.key,
                ta_url=None,
            )
        )
        with source.open("rb") as read, target.open("w+b") as write:
            c2pa.Builder(json.dumps(manifest)).sign(signer, "video/mp4", read, write)
    except c2pa.C2paError as error:
        raise CannotSign(f"Content Credentials could not be signed: {error}") from error
