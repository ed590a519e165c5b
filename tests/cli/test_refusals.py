"""What cannot be used is refused with exit status 2 and one line, before any work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_picture_that_is_not_there(understudy: Run, clip: Path, tmp_path: Path) -> None:
    done = understudy("animate", tmp_path / "no.png", clip, "-o", tmp_path / "out.mp4")
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: image_url: no such file")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["out.avi", "missing/out.mp4", "folder.mp4"])
def test_an_output_that_cannot_be_written(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    done = understudy("animate", picture, clip, "-o", tmp_path / name)
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: --output: ")
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


def test_a_preview_in_a_format_that_is_not_written(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    done = understudy("inspect", picture, clip, "--preview", tmp_path / "sheet.gif")
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: --preview: 'sheet.gif' ends in '.gif'")
    assert not (tmp_path / "sheet.gif").exists()


def test_writing_over_the_clip(understudy: Run, picture: Path, clip: Path) -> None:
    before = clip.read_bytes()
    done = understudy("animate", picture, clip, "-o", clip)
    assert done.returncode == 2
    assert "is also video_url" in done.stderr
    assert clip.read_bytes() == before


def test_one_file_for_two_outputs(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    done = understudy("animate", picture, clip, "-o", out, "--compare", out)
    assert done.returncode == 2
    assert done.stderr.startswith("understudy: --compare: ")


@pytest.mark.parametrize(
    ("options", "name", "said"),
    [
        (("--background", "transparent"), "out.mp4", "background: a .mp4 file cannot be"),
        (("--background", "no-such-file.jpg"), "out.mp4", "background: the value is"),
        (("--driver", "left"), "out.mp4", "driver: the value is 'left'; give"),
        (("--driver", "3"), "out.mp4", "driver: there is no person 3; choose one of 1 at"),
        (("--fidelity",), "out.gif", "--fidelity: the video is transparent or neither"),
        (("--strength", "200"), "out.mp4", "strength: the value is 200; use 0 to 150"),
        ((), "full", "--output: the folder"),
    ],
)
def test_outputs_and_drivers_that_cannot_be(
    options: tuple[str, ...],
    name: str,
    said: str,
    understudy: Run,
    picture: Path,
    clip: Path,
    tmp_path: Path,
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    done = understudy("animate", picture, clip, "-o", tmp_path / name, *options)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"understudy: {said}")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_clip_that_is_too_short_names_the_field(
    understudy: Run, picture: Path, too_short_clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    done = understudy("animate", picture, too_short_clip, "-o", out)
    assert done.returncode == 2
    assert "video_url" in done.stderr or "Video duration" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_a_text_that_calls_itself_a_picture(understudy: Run, clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "me.png"
    text.write_text("not a picture")
    done = understudy("animate", text, clip, "-o", tmp_path / "out.mp4")
    assert done.returncode == 2
    assert "image_url" in done.stderr
    assert not (tmp_path / "out.mp4").exists()


def test_a_prompt_that_is_too_long(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    done = understudy("animate", picture, clip, "-o", out, "--prompt", "x" * 2501)
    assert done.returncode == 2
    assert "prompt" in done.stderr


def test_an_engine_that_is_not_installed(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    done = understudy("animate", picture, clip, "-o", out, "--engine", "marionette")
    assert done.returncode == 2
    assert "puppet" in done.stderr


def test_inspect_says_why_a_pair_cannot_be_used(
    understudy: Run, picture: Path, too_short_clip: Path
) -> None:
    done = understudy("inspect", picture, too_short_clip, "--json")
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert (answer["usable"], answer["plan"]) == (False, None)
    (problem,) = answer["problems"]
    assert problem["field"] == "video_url"
    assert problem["message"]
    assert answer["picture"]["outline"]
    assert done.stderr == ""


def test_inspect_tells_all_problems_at_once(
    understudy: Run, too_short_clip: Path, tmp_path: Path
) -> None:
    done = understudy("inspect", tmp_path / "no.png", too_short_clip, "--prompt", "x" * 2501)
    assert done.returncode == 2
    assert done.stdout == ""
    prompt, picture, clip = done.stderr.splitlines()
    assert prompt.startswith("understudy: prompt: 2501 characters")
    assert picture.startswith("understudy: image_url: no such file")
    assert "Video duration" in clip
