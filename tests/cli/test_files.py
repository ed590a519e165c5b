"""Files are checked before any work is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.cli.files import check_distinct, check_input, check_output
from understudy.errors import InputRefused


def test_an_input_that_is_not_there_is_refused_by_its_field(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"^image_url: no such file") as refusal:
        check_input(tmp_path / "none.png", field="image_url")
    assert refusal.value.field == "image_url"


def test_a_folder_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"^video_url: .* is not a file"):
        check_input(tmp_path, field="video_url")


def test_an_output_in_an_existing_folder_is_taken_and_not_made(tmp_path: Path) -> None:
    out = tmp_path / "out.MP4"
    check_output(out, option="--output", suffixes=(".mp4",))
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/out.mp4", "no such folder"),
        ("out.avi", r"ends in '\.avi'; allowed: \.mp4"),
        ("out", r"'out'; allowed: \.mp4"),
        ("o" * 300 + ".mp4", "File name too long"),
        (".", "is a folder"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        check_output(tmp_path / name, option="--output", suffixes=(".mp4",))


def test_a_folder_that_ends_in_mp4_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").mkdir()
    with pytest.raises(InputRefused, match="is a folder"):
        check_output(tmp_path / "out.mp4", option="--output", suffixes=(".mp4",))


def test_a_device_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").symlink_to("/dev/null")
    with pytest.raises(InputRefused, match="is not a file"):
        check_output(tmp_path / "out.mp4", option="--output", suffixes=(".mp4",))


def test_a_folder_that_may_not_be_written_is_refused() -> None:
    # /proc refuses new files to everybody, root included.
    folder = Path("/proc")
    if not folder.is_dir():
        pytest.skip("needs Linux")
    with pytest.raises(InputRefused, match="is not writable"):
        check_output(folder / "out.mp4", option="--output", suffixes=(".mp4",))


def test_writing_over_an_input_is_refused_however_it_is_spelt(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    (tmp_path / "other").mkdir()
    same = tmp_path / "other" / ".." / "clip.mp4"
    with pytest.raises(InputRefused, match=r"^--output: .* is also video_url"):
        check_distinct({"video_url": clip, "--output": same})


def test_different_files_are_taken(tmp_path: Path) -> None:
    check_distinct({"--output": tmp_path / "a.mp4", "--compare": tmp_path / "b.mp4"})
