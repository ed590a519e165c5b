"""The doctor's checks, on the machine that runs the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.cli.doctor.checks import CHECKS, Finding, check_memory, check_weights, opencv_remedy


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_missing_where_the_tests_run(check: object) -> None:
    assert callable(check)
    finding = check()
    assert isinstance(finding, Finding)
    assert finding.state != "missing", finding


def test_little_memory_is_noted() -> None:
    assert check_memory(total=1 << 30).state == "note"
    assert check_memory(total=8 << 30).state == "ok"


def test_the_windowed_opencv_is_exchanged_for_the_headless_one_of_the_same_version() -> None:
    remedy = opencv_remedy({"opencv-contrib-python": "4.11.0.86"})
    assert "pip uninstall -y opencv-contrib-python" in remedy
    assert "opencv-python-headless==4.11.0.86" in remedy


def test_a_broken_headless_opencv_is_installed_again() -> None:
    remedy = opencv_remedy({"opencv-python-headless": "5.0.0.93"})
    assert "--force-reinstall" in remedy
    assert "opencv-python-headless==5.0.0.93" in remedy


def test_without_opencv_the_headless_one_is_advised() -> None:
    assert opencv_remedy({}) == "pip install opencv-python-headless"


def test_a_missing_weight_is_noted_with_what_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_DIR", str(tmp_path))
    finding = check_weights()
    assert finding.state == "note"
    assert "without isnet: hair, ears" in finding.detail
    assert finding.remedy == "understudy doctor --fetch"
