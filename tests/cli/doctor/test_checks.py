"""The doctor's checks, on the machine that runs the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from understudy import engines
from understudy.cli.doctor.checks import (
    CHECKS,
    Finding,
    check_engines,
    check_memory,
    check_signing,
    check_weights,
    opencv_remedy,
)
from understudy.errors import EngineUnavailable
from understudy.media.output.content_credentials import (
    CERTIFICATES_VARIABLE,
    KEY_VARIABLE,
    create_identity,
)


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


def test_every_generating_engine_that_can_run_gets_its_lines_for_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing = engines.load_engine("puppet").info
    infos = {
        "first": replace(drawing, name="first", whole_prompt=True),
        "puppet": drawing,
        "second": replace(drawing, name="second", whole_prompt=True),
    }

    def load(name: str) -> SimpleNamespace:
        if name not in infos:
            raise EngineUnavailable("there is no card")
        return SimpleNamespace(info=infos[name])

    monkeypatch.setattr(engines, "engine_names", lambda: (*infos, "third"))
    monkeypatch.setattr(engines, "load_engine", load)
    finding = check_engines()
    assert finding.detail == "first; puppet; second; third cannot run: there is no card"
    assert 'engine = "first", std' in finding.remedy
    assert 'engine = "second", std' in finding.remedy
    assert "puppet" not in finding.remedy


def identity_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up signing with an identity of one's own, valid for ten years from yesterday."""
    identity = create_identity("Example")
    for variable, text in (
        (CERTIFICATES_VARIABLE, identity.certificates),
        (KEY_VARIABLE, identity.key),
    ):
        file = folder / variable
        file.write_bytes(text)
        monkeypatch.setenv(variable, str(file))


def test_without_a_certificate_results_are_marked_and_not_signed() -> None:
    finding = check_signing()
    assert finding.state == "ok"
    assert "not signed" in finding.detail


def test_a_certificate_is_told_of_until_it_expires(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("c2pa")
    identity_in(tmp_path, monkeypatch)
    now = datetime.now(UTC)
    assert check_signing(now).state == "ok"
    soon = check_signing(now + timedelta(days=3640))
    assert soon.state == "note"
    assert "days are left" in soon.detail
    assert "expired" in check_signing(now + timedelta(days=3660)).detail


def test_half_of_what_signing_needs_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    identity_in(tmp_path, monkeypatch)
    monkeypatch.delenv(KEY_VARIABLE)
    finding = check_signing()
    assert finding.state == "missing"
    assert KEY_VARIABLE in finding.detail
    (tmp_path / CERTIFICATES_VARIABLE).unlink()
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / KEY_VARIABLE))
    assert check_signing().state == "missing"
