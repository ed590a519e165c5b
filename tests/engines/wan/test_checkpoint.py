"""A checkpoint is checked before a take needs it."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from understudy.engines.wan.animate_2.published import ANIMATE_2
from understudy.engines.wan.checkpoint import find_checkpoint
from understudy.errors import EngineUnavailable
from understudy.weights.snapshots import ORIGIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "modular_model_index.json").write_text(
        json.dumps({"_class_name": "WanAnimate2DistilledModularPipeline"})
    )
    for part in ("text_encoder", "image_encoder", "vae", "transformer", "tokenizer", "scheduler"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text("{}")
        if part not in ("tokenizer", "scheduler"):
            _write_tensors(tmp_path / part / "model.safetensors")
    return tmp_path


def test_a_whole_checkpoint_is_known_by_kind_origin_and_fingerprint(folder: Path) -> None:
    (folder / ORIGIN).write_text(json.dumps({"repository": "a/b", "revision": "abc"}))
    found = find_checkpoint(folder, ANIMATE_2)
    assert (found.kind, found.repository, found.revision) == ("distilled", "a/b", "abc")
    before = found.fingerprint
    (folder / "transformer" / "config.json").write_text('{"dim": 1}')
    assert find_checkpoint(folder, ANIMATE_2).fingerprint != before


def test_no_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"understudy weights fetch wan-animate-2"):
        find_checkpoint(tmp_path, ANIMATE_2)


def test_a_part_that_is_missing_is_named(folder: Path) -> None:
    (folder / "vae" / "model.safetensors").unlink()
    with pytest.raises(EngineUnavailable, match=r"vae/\*\.safetensors"):
        find_checkpoint(folder, ANIMATE_2)


def test_a_file_that_is_cut_short_is_named(folder: Path) -> None:
    file = folder / "transformer" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(EngineUnavailable, match=r"transformer/model\.safetensors"):
        find_checkpoint(folder, ANIMATE_2)


def test_a_piece_that_the_table_names_must_be_there(folder: Path) -> None:
    table = {"weight_map": {"w": "model.safetensors", "v": "model-2.safetensors"}}
    (folder / "transformer" / "x.safetensors.index.json").write_text(json.dumps(table))
    with pytest.raises(EngineUnavailable, match=r"transformer/model-2\.safetensors"):
        find_checkpoint(folder, ANIMATE_2)


def test_another_models_checkpoint_is_refused(folder: Path) -> None:
    (folder / "modular_model_index.json").write_text('{"_class_name": "WanModularPipeline"}')
    with pytest.raises(EngineUnavailable, match="WanModularPipeline"):
        find_checkpoint(folder, ANIMATE_2)


def _write_tensors(file: Path) -> None:
    table = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    header = json.dumps(table).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
