"""Several pictures and clips in one call."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import av
import pytest

from tests.cli.conftest import ROOT, Run
from tests.tracking.formats.walker import walker
from understudy.cli.animate.batch import pairs_of
from understudy.errors import InputRefused
from understudy.tracking.formats import write_performance


@pytest.fixture(scope="module")
def motions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two short motions."""
    folder = tmp_path_factory.mktemp("motion")
    for name, turned in (("ahead.bvh", 0.0), ("aside.npz", 30.0)):
        write_performance(walker(12, turned=turned), folder / name)
    return sorted(folder.iterdir())


def test_every_picture_performs_every_clip_and_a_table_ends_it(
    understudy: Run, picture: Path, motions: list[Path], tmp_path: Path
) -> None:
    out, report = tmp_path / "out", tmp_path / "all.json"
    drawing = ROOT / "examples" / "drawing.jpg"
    done = understudy("animate", picture, *motions, drawing, "-o", out, "--report", report)
    assert done.returncode == 0, done.stderr
    names = [f"{one.stem}-{other.stem}.mp4" for one in (drawing, picture) for other in motions]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    with av.open(str(out / names[0])) as video:
        assert video.streams.video[0].frames == 12
    head, *rows, total = done.stdout.splitlines()
    assert head.split()[:3] == ["RESULT", "PICTURE", "CLIP"]
    assert [row.split()[0] for row in rows] == ["done"] * 4
    assert total == "4 of 4 videos made"
    reports = json.loads(report.read_text())
    assert [Path(r["output"]).name for r in reports] == [
        f"{one.stem}-{other.stem}.mp4" for other in motions for one in (picture, drawing)
    ]
    assert all(r["report"]["output"]["frames"] == 12 for r in reports)


def test_one_that_is_refused_does_not_keep_the_others_from_being_made(
    understudy: Run, picture: Path, motions: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.bvh"
    broken.write_text("HIERARCHY nothing")
    report = tmp_path / "all.json"
    done = understudy(
        "animate", picture, broken, motions[0], "-o", tmp_path / "out", "--report", report
    )
    assert done.returncode == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["photo-ahead.mp4"]
    refused, made = json.loads(report.read_text())
    assert (refused["status"], refused["output"]) == ("refused", None)
    assert refused["message"].startswith("video_url: the motion cannot be read")
    assert made["status"] == "done"
    assert done.stdout.splitlines()[-1] == "1 of 2 videos made"


def test_what_cannot_be_a_batch_is_refused_at_once(
    understudy: Run, picture: Path, motions: list[Path], tmp_path: Path
) -> None:
    for arguments, reason in (
        ((picture, *motions, "-o", tmp_path / "out.mp4"), "is a single file"),
        ((*motions, motions[0], "-o", tmp_path / "out"), "0 pictures and 3 clips"),
        ((picture, *motions, "-o", tmp_path / "out", "--compare", tmp_path / "c.mp4"), "several"),
        ((picture, *motions, tmp_path / "missing.png", "-o", tmp_path / "out"), "no such file"),
    ):
        done = understudy("animate", *arguments)
        assert done.returncode == 2
        assert reason in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_files_are_told_by_content_and_names_stay_apart(
    picture: Path, motions: list[Path], tmp_path: Path
) -> None:
    for name in ("a/x.bin", "b/x.bin"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(picture, tmp_path / name)
    frames, character = tmp_path / "frames", tmp_path / "character"
    for folder, file in ((frames, "x_000000000000_keypoints.json"), (character, "character.json")):
        folder.mkdir()
        (folder / file).write_text("{}")
    layers = tmp_path / "layers"
    layers.write_bytes(b"8BPS\x00\x01")
    files = [motions[0], tmp_path / "a/x.bin", frames, tmp_path / "b/x.bin", character, layers]
    pairs = pairs_of(files, tmp_path)
    assert [pair.output.name for pair in pairs] == [
        "x-ahead.mp4", "x-ahead-2.mp4", "character-ahead.mp4", "layers-ahead.mp4",
        "x-frames.mp4", "x-frames-2.mp4", "character-frames.mp4", "layers-frames.mp4",
    ]  # fmt: skip
    with pytest.raises(InputRefused, match="2 pictures and 0 clips"):
        pairs_of([tmp_path / "a/x.bin", character], tmp_path)
