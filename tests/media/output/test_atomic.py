"""Files that appear only when they are complete."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from understudy.media.output.atomic import UnfinishedFile, remove_abandoned

WRITE_AND_WAIT = """
import sys
from pathlib import Path
from understudy.media.output.atomic import UnfinishedFile
with UnfinishedFile(Path(sys.argv[1])) as file:
    file.path.write_bytes(b"half")
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_file_appears_when_it_is_finished(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"old")
    with UnfinishedFile(target) as file:
        file.path.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_bytes(b"old")

    def fail_half_way() -> None:
        with UnfinishedFile(target) as file:
            file.path.write_bytes(b"new")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        UnfinishedFile(tmp_path / "none" / "out.bin")


def test_a_finished_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    target, plain = tmp_path / "out.bin", tmp_path / "plain.bin"
    with UnfinishedFile(target) as file:
        file.path.write_bytes(b"new")
    plain.touch()
    assert target.stat().st_mode == plain.stat().st_mode


def test_what_a_killed_process_left_goes_and_what_a_living_one_writes_stays(
    tmp_path: Path,
) -> None:
    foreign = tmp_path / ".something-else.unfinished"
    foreign.touch()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE_AND_WAIT, str(tmp_path / "out.bin")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    assert remove_abandoned(tmp_path) == 0
    os.kill(writers[0].pid, signal.SIGKILL)
    writers[0].wait()
    assert remove_abandoned(tmp_path) == 1
    writers[1].communicate(b"")
    assert writers[1].returncode == 0
    assert sorted(tmp_path.iterdir()) == [foreign, tmp_path / "out.bin"]
    assert (tmp_path / "out.bin").read_bytes() == b"half"
    for writer in writers:
        for pipe in (writer.stdin, writer.stdout):
            if pipe is not None:
                pipe.close()
