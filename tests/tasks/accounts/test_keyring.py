"""Secrets open only with the key they were sealed with; keys can be rotated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from understudy.tasks.accounts.keyring import Keyring, KeyUnfit, digest_api_key, load_keyring

OLD, NEW = "the old key of the server", "the new key of the server"


def test_a_sealed_secret_opens_with_its_key_alone() -> None:
    sealed = Keyring([OLD]).seal("whsec_x")
    assert "whsec" not in sealed
    assert Keyring([OLD]).unseal(sealed) == "whsec_x"
    with pytest.raises(KeyUnfit):
        Keyring([NEW]).unseal(sealed)


def test_the_old_key_still_opens_and_verifies_beside_the_new_one() -> None:
    old, both = Keyring([OLD]), Keyring([NEW, OLD])
    assert both.unseal(old.seal("s")) == "s"
    assert both.verify("m", old.sign("m"))
    assert not old.verify("m", both.sign("m"))


@pytest.mark.parametrize("signature", ["", "é", "x" * 43, "x" * 10_000])
def test_a_made_up_signature_is_refused(signature: str) -> None:
    assert not Keyring([OLD]).verify("m", signature)


def test_a_signature_is_for_its_message() -> None:
    ring = Keyring([OLD])
    assert not ring.verify("n", ring.sign("m"))


@pytest.mark.parametrize("configured", ["short", "long enough to be a key,short"])
def test_a_short_key_is_refused(configured: str, tmp_path: Path) -> None:
    with pytest.raises(KeyUnfit, match="16"):
        load_keyring(configured, tmp_path)


def test_servers_that_start_at_once_make_one_key_file_only_its_owner_can_read(
    tmp_path: Path,
) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: load_keyring(None, tmp_path / "data"), range(8)))
    assert all(ring.verify("m", rings[0].sign("m")) for ring in rings)
    (file,) = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_api_key_is_stored_as_its_sha_256() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_api_key("abc") == expected
