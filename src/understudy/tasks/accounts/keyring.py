"""The server's own key, kept outside the database: encrypts stored secrets and signs URLs.

A stolen database therefore reveals no key: API keys are stored as digests, and secrets that the
server must read again (those that sign JWTs and callbacks) are encrypted with this key.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "secret.key"
MIN_KEY_CHARACTERS = 16


class KeyUnfit(Exception):  # noqa: N818 - a state
    """The server's key is too short, or stored secrets were encrypted with another one."""


class Keyring:
    """One or more keys, the newest first. The first one encrypts and signs; all decrypt and
    verify."""

    def __init__(self, keys: list[str]) -> None:
        if not keys or any(len(key) < MIN_KEY_CHARACTERS for key in keys):
            raise KeyUnfit(f"a secret key must have at least {MIN_KEY_CHARACTERS} characters")
        self._sealer = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derive(key, "seal"))) for key in keys]
        )
        self._signing = [_derive(key, "sign") for key in keys]

    def seal(self, secret: str) -> str:
        """Encrypt a value for storage (Fernet: AES-128-CBC and HMAC-SHA-256)."""
        return self._sealer.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The inverse of `seal`; raises KeyUnfit."""
        try:
            return self._sealer.decrypt(sealed).decode()
        except InvalidToken as error:
            raise KeyUnfit("the stored secrets were encrypted with another secret key") from error

    def sign(self, message: str) -> str:
        """A signature (HMAC-SHA-256, 43 URL-safe characters)."""
        return _signature(self._signing[0], message)

    def verify(self, message: str, signature: str) -> bool:
        """Whether one of the keys made this signature."""
        given = signature.encode()
        return any(
            hmac.compare_digest(_signature(key, message).encode(), given) for key in self._signing
        )


def load_keyring(configured: str | None, data: Path) -> Keyring:
    """The keyring of the configured keys (separated by commas), else of a file created once.

    The file is `secret.key` in `data`, readable by its owner alone. Raises KeyUnfit.
    """
    if configured:
        return Keyring([key.strip() for key in configured.split(",") if key.strip()])
    path = data / KEY_FILE
    # Not drafted anew where there is one: a server that has run before starts on a full disk.
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        # Another server may be making it at this moment.
        with contextlib.suppress(FileExistsError):
            write_private(path, secrets.token_urlsafe(32) + "\n")
    return Keyring([path.read_text().strip()])


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, completely or not at all.

    Raises FileExistsError when there is one.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()


def digest_api_key(api_key: str) -> str:
    """The digest of an API key that is stored: its SHA-256 in hexadecimal."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def _derive(key: str, purpose: str) -> bytes:
    derivation = HKDF(hashes.SHA256(), 32, salt=None, info=f"understudy {purpose}".encode())
    return derivation.derive(key.encode())


def _signature(key: bytes, message: str) -> str:
    digest = hmac.digest(key, message.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
