"""`understudy weights`, and what `doctor` says of weights."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def run(understudy: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `understudy` with variables of the environment."""

    def with_variables(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        for name, value in ({"UNDERSTUDY_WEIGHTS_FETCH": "false"} | environment).items():
            monkeypatch.setenv(name, value)
        return understudy(*words)

    return with_variables


def test_the_list_names_every_weight_and_the_folder(run: Run, tmp_path: Path) -> None:
    done = run("weights", "list", UNDERSTUDY_WEIGHTS_DIR=str(tmp_path))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[1].split()[:2] == ["isnet", "no"]
    assert lines[-1] == f"Folder: {tmp_path}"


def test_with_fetching_off_a_line_for_each_says_what_is_lost(run: Run, tmp_path: Path) -> None:
    done = run("weights", "fetch", "isnet", UNDERSTUDY_WEIGHTS_DIR=str(tmp_path))
    assert done.returncode == 0
    first, second = done.stdout.splitlines()
    assert "UNDERSTUDY_WEIGHTS_FETCH" in first
    assert second.startswith("isnet: not installed; hair")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["list", "fetch", "verify", "path"])
def test_a_name_that_is_not_in_the_catalogue_is_refused(run: Run, command: str) -> None:
    done = run("weights", command, "nobody")
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: NAME is nobody; allowed: isnet, ")


def test_a_mirror_without_the_file_and_no_other_source_is_no_error(
    run: Run, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    done = run(
        *("weights", "fetch", "span-x2"),
        UNDERSTUDY_WEIGHTS_FETCH="true",
        UNDERSTUDY_WEIGHTS_DIR=str(tmp_path / "weights"),
        UNDERSTUDY_WEIGHTS_MIRROR=str(mirror),
        PIP_CONFIG_FILE=os.devnull,
        PIP_NO_INDEX="1",
    )
    assert done.returncode == 0
    assert done.stdout == "span-x2: not installed; small photos are cast at their own size\n"
    assert f"mirror {mirror}: lacks it" in done.stderr


def test_what_is_damaged_is_told_and_fails(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "u2netp"
    place.mkdir()
    (place / "u2netp.onnx").write_bytes(bytes(4_574_861))
    done = run("weights", "verify", "u2netp", UNDERSTUDY_WEIGHTS_DIR=str(tmp_path))
    assert done.stdout.split() == ["u2netp", "damaged"]
    assert done.returncode == 1


def test_the_paths_of_what_is_here_are_printed(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "u2netp"
    place.mkdir()
    (place / "u2netp.onnx").write_bytes(bytes(4_574_861))
    done = run("weights", "path", UNDERSTUDY_WEIGHTS_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"{place / 'u2netp.onnx'}\n")
    lacking = run("weights", "path", "isnet", UNDERSTUDY_WEIGHTS_DIR=str(tmp_path))
    assert lacking.returncode == 2
    assert "understudy weights fetch isnet" in lacking.stderr
