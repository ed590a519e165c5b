"""The elements that come with the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.library.presets import FOLDER, find_preset, install, presets
from understudy.media.picture import probe_picture
from understudy.service.api.elements import MAX_DESCRIPTION, MAX_NAME, MAX_REFERENCES, TAGS
from understudy.tasks.files.storage import Storage


def test_a_preset_is_what_a_client_could_have_made() -> None:
    for preset in presets():
        assert 0 < len(preset.name) <= MAX_NAME
        assert 0 < len(preset.description) <= MAX_DESCRIPTION
        assert 2 <= len(preset.images) <= 1 + MAX_REFERENCES
        assert set(preset.tags) <= set(TAGS)


def test_presets_are_found_by_ids_that_no_client_is_given() -> None:
    ids = [preset.element_id for preset in presets()]
    assert len(set(ids)) == len(ids)
    for preset in presets():
        assert preset.element_id is not None
        assert preset.element_id < 1000
        assert find_preset(preset.element_id) == preset
    assert find_preset(2**52) is None


async def _installed(folder: Path) -> Storage:
    storage = Storage(folder.as_uri())
    await install(storage)
    return storage


@pytest.mark.anyio
async def test_their_pictures_lie_in_the_storage_once_installed(tmp_path: Path) -> None:
    storage = await _installed(tmp_path)
    for preset in presets():
        for source in preset.images:
            assert source.key is not None
            path = await storage.fetch(source.key, tmp_path / "fetched")
            assert probe_picture(path).format == "jpeg"


@pytest.mark.anyio
async def test_installing_again_writes_nothing(tmp_path: Path) -> None:
    await _installed(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jpg")}
    await _installed(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jpg")} == before


def test_all_of_them_are_small() -> None:
    pictures = list(FOLDER.rglob("*.jpg"))
    assert len(pictures) == sum(len(preset.images) for preset in presets())
    assert sum(path.stat().st_size for path in pictures) < 1_200_000
