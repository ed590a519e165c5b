"""Clients' URLs of pictures and clips, as they are stored: sealed, because many are signed."""

from __future__ import annotations

from understudy.tasks.accounts.keyring import Keyring


def seal_url(keyring: Keyring, url: str) -> str:
    """The URL for a `Source`."""
    return keyring.seal(url)


def open_url(keyring: Keyring, sealed: str) -> str:
    """The URL of a `Source`; in rows of earlier versions it is not sealed."""
    return sealed if sealed[:4].lower() == "http" else keyring.unseal(sealed)
