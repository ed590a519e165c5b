"""What went wrong becomes one line and an exit status."""

from __future__ import annotations

import errno

import pytest
import typer

from understudy.cli.faults import reporting_faults, sentence
from understudy.errors import ClipUnusable, EngineUnavailable, InputRefused, TakeCancelled

REFUSED = InputRefused("video_url", found="the clip lasts 2.4 s", allowed="allowed: 3 s to 30 s")


def status_of(fault: BaseException, *, debug: bool = False) -> int:
    with pytest.raises(typer.Exit) as exit_, reporting_faults(debug=debug):
        raise fault
    return exit_.value.exit_code


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (REFUSED, 2),
        (ClipUnusable("video_url", found="a cut at 1 s", allowed="3 s without one"), 2),
        (EngineUnavailable("wan needs a GPU"), 2),
        (TakeCancelled(), 130),
        (KeyboardInterrupt(), 130),
        (ValueError("x"), 1),
        (MemoryError(), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (ModuleNotFoundError("No module named 'cv2'"), 1),
    ],
)
def test_the_exit_status_tells_refusal_fault_and_interruption_apart(
    fault: BaseException, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(fault) == status
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("understudy: ")
    assert "Traceback" not in error


def test_a_refusal_names_field_found_and_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    status_of(REFUSED)
    expected = "understudy: video_url: the clip lasts 2.4 s; allowed: 3 s to 30 s\n"
    assert capsys.readouterr().err == expected


def test_debug_shows_the_traceback_of_a_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    status_of(ZeroDivisionError("division by zero"), debug=True)
    assert "Traceback" in capsys.readouterr().err


def test_debug_shows_no_traceback_of_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    status_of(REFUSED, debug=True)
    assert "Traceback" not in capsys.readouterr().err


def test_a_fault_of_ours_says_how_to_learn_more() -> None:
    assert "--debug" in sentence(RuntimeError("first line\nsecond line"))
    assert "second" not in sentence(RuntimeError("first line\nsecond line"))


def test_a_full_disk_is_named() -> None:
    assert "No space left" in sentence(OSError(errno.ENOSPC, "No space left on device"))


def test_success_passes_through() -> None:
    with reporting_faults(debug=False):
        pass
