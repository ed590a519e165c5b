"""Warming up leaves nothing behind but what it compiled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from understudy.cache import user_cache
from understudy.cli.doctor.warm_up import empty_cache
from understudy.weights import weights_folder


def test_the_empty_cache_ends_with_its_block_and_leaves_the_weights_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNDERSTUDY_WEIGHTS_DIR", raising=False)
    cache, weights = user_cache().folder, weights_folder()
    with empty_cache(str(tmp_path)):
        assert user_cache().folder.is_relative_to(tmp_path)
        assert weights_folder() == weights
    assert user_cache().folder == cache
    assert "UNDERSTUDY_WEIGHTS_DIR" not in os.environ
