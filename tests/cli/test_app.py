"""The command line as a whole: it starts quickly, helps, and is documented."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.cli_reference import PAGE, reference
from tests.cli.conftest import Run
from understudy import __version__


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "understudy", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_of_the_command_line_has_the_help_of_every_command() -> None:
    assert PAGE.read_text() == reference(), "run `make docs`"


def test_help_is_there_at_once() -> None:
    def seconds() -> float:
        before = os.times()
        run("--help")
        after = os.times()
        used = after.children_user - before.children_user
        return used + after.children_system - before.children_system

    assert min(seconds() for _ in range(3)) < 0.3


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout.strip() == __version__


@pytest.mark.parametrize("arguments", [["dance"], ["doctor", "--cold"], ["animate"]])
def test_a_call_that_cannot_be_understood_ends_with_2(
    understudy: Run, arguments: list[str]
) -> None:
    refused = understudy(*arguments)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_the_installed_command_is_there() -> None:
    command = Path(sys.executable).with_name("understudy")
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == __version__


def test_a_reader_that_goes_away_gets_no_complaint() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "understudy", "doctor"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_doctor_looks_at_one_engine_when_asked(understudy: Run) -> None:
    able = understudy("doctor", "--engine", "puppet")
    assert able.returncode == 0
    assert "can run here" in able.stdout
    unable = understudy("doctor", "--engine", "none-of-ours", "--try")
    assert unable.returncode == 1
    assert "no engine is called 'none-of-ours'" in unable.stdout


def test_little_time_is_spent_on_looking_for_cycles() -> None:
    program = """if True:
        import atexit, gc, sys
        from understudy.cli import main
        def tell():
            print("left", gc.get_threshold()[0], gc.get_freeze_count() > 0, len(gc.get_objects()))
        atexit.register(tell)
        sys.argv = ["understudy", "--version"]
        main()
    """
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    threshold, frozen, left = shown.stdout.splitlines()[-1].split()[1:]
    assert int(threshold) >= 10_000
    assert frozen == "True"
    # Where nothing is frozen there are tens of thousands.
    assert int(left) < 1000
