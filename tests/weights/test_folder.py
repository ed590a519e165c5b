"""Where weights lie, and which of them are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.weights.making import weight, weight_file
from understudy.weights import CATALOGUE, check, find, named, weights_folder


def test_the_variable_names_the_folder_before_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNDERSTUDY_CACHE_DIR", str(tmp_path / "cache"))
    assert weights_folder() == tmp_path / "cache" / "weights"
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_DIR", str(tmp_path / "weights"))
    assert weights_folder() == tmp_path / "weights"


def test_without_variables_the_folder_is_in_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNDERSTUDY_CACHE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert weights_folder().is_relative_to(tmp_path)
    assert weights_folder().name == "weights"


def test_a_weight_of_the_wrong_size_counts_as_missing(tmp_path: Path) -> None:
    entry = weight("net", weight_file("net.onnx", b"content"))
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "net.onnx").write_bytes(b"conten")
    assert find(entry, tmp_path) is None
    assert check(entry, tmp_path) == "damaged"


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert all(find(entry, tmp_path / "absent") is None for entry in CATALOGUE)
    assert all(check(entry, tmp_path / "absent") == "missing" for entry in CATALOGUE)


def test_entries_are_found_by_name() -> None:
    assert [named(entry.name) for entry in CATALOGUE] == list(CATALOGUE)
    assert named("absent") is None


def test_names_and_hashes_are_unique_and_well_formed() -> None:
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE)
    files = [f for entry in CATALOGUE for edition in entry.editions for f in edition.files]
    assert len({file.sha256 for file in files}) == len(files)
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.sources
