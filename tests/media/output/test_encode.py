"""Writing videos."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.media_maker import Pixels, numbered, read_number, write_clip
from understudy.media.boxes import top_boxes
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import CannotWrite, SoundSource, VideoWriter
from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter, split_planes

SIZE = (352, 640)
COLOURS = np.array(
    [[200, 60, 90], [40, 160, 70], [50, 80, 190], [128, 128, 128], [235, 220, 40], [16, 16, 16]],
    np.uint8,
)


def bands(size: tuple[int, int] = SIZE) -> Pixels:
    width, height = size
    rows = COLOURS[np.arange(height) * len(COLOURS) // height]
    return np.broadcast_to(rows[:, None], (height, width, 3)).copy()


def write(path: Path, frames: int = 76, **options: object) -> Path:
    with VideoWriter(path, SIZE, Fraction(25), **options) as writer:
        for index in range(frames):
            writer.write_rgb(numbered(index, SIZE))
    return path


def test_frames_come_back_in_order_at_their_rate(tmp_path: Path) -> None:
    clip = open_clip(write(tmp_path / "out.mp4"), orientation="video")
    assert (clip.size, clip.fps, clip.frame_count, clip.has_sound) == (SIZE, 25, 76, False)
    assert clip.start == 0
    assert [read_number(f.rgb) for f in read_frames(clip)] == list(range(76))


def test_the_file_is_what_every_player_takes(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4")
    with path.open("rb") as file:
        kinds = [box.kind for box in top_boxes(file, path.stat().st_size)]
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.profile == "High"
        context = stream.codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc)
        assert tags == (1, 1, 1)
        assert context.color_range == 1


@pytest.mark.parametrize("planar", [False, True])
def test_colours_come_back_as_they_went_in(planar: bool, tmp_path: Path) -> None:
    path, frame = tmp_path / "out.mp4", bands()
    with VideoWriter(path, SIZE, Fraction(25)) as writer:
        for _ in range(76):
            if planar:
                writer.write_yuv420(YuvConverter().planes(frame))
            else:
                writer.write_rgb(frame)
    found = next(read_frames(open_clip(path, orientation="video"))).rgb
    rows = (np.arange(len(COLOURS)) * 2 + 1) * SIZE[1] // (2 * len(COLOURS))
    assert np.abs(found[rows, SIZE[0] // 2].astype(int) - COLOURS).max() <= 3


def test_planes_are_bt709_limited() -> None:
    white, red = np.full((4, 4, 3), 255, np.uint8), np.zeros((4, 4, 3), np.uint8)
    red[:, :, 0] = 255
    for rgb, expected in ((white, (235, 128, 128)), (red, (63, 102, 240))):
        found = split_planes(YuvConverter().planes(rgb))
        for plane, value in zip(found, expected, strict=True):
            assert np.abs(plane.astype(int) - value).max() <= 1


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    sound = SoundSource(write_clip(tmp_path / "clip.mp4", sound="aac"))
    files = [write(tmp_path / f"{k}.mp4", sound=sound).read_bytes() for k in range(2)]
    assert files[0] == files[1]


_FILM = """
import sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from understudy.media.output.encode import VideoWriter

rng = np.random.default_rng(0)
ground = np.kron(rng.integers(60, 200, (60, 46, 3)), np.ones((16, 16, 1))).astype(np.uint8)
with VideoWriter(Path(sys.argv[1]), (720, 960), Fraction(12)) as writer:
    for index in range(24):
        ground[200:400, 40 * (index % 8) :][:, :300] += 5
        writer.write_rgb(np.ascontiguousarray(np.roll(ground, 3 * index, axis=1)[:, :720]))
"""


def test_what_lay_in_memory_before_leaves_the_bytes_alone(tmp_path: Path) -> None:
    written = []
    for filling in ("1", "85"):  # glibc fills what it hands out with this byte.
        path = tmp_path / f"{filling}.mp4"
        arguments = [sys.executable, "-c", _FILM, str(path)]
        subprocess.run(arguments, check=True, env={**os.environ, "MALLOC_PERTURB_": filling})
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_frame_may_be_overwritten_once_it_was_handed_in(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    planes = np.empty((SIZE[1] * 3 // 2, SIZE[0]), np.uint8)
    converter = YuvConverter()
    with VideoWriter(path, SIZE, Fraction(25)) as writer:
        for index in range(76):
            planes[:] = converter.planes(numbered(index, SIZE))
            writer.write_yuv420(planes)
            planes[:] = 0
    clip = open_clip(path, orientation="video")
    assert [read_number(f.rgb) for f in read_frames(clip)] == list(range(76))


def test_one_pass_feeds_a_plain_and_a_watermarked_file(tmp_path: Path) -> None:
    plain, marked = tmp_path / "out.mp4", tmp_path / "out.watermarked.mp4"
    grey = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    mark = make_watermark(SIZE)
    with (
        VideoWriter(plain, SIZE, Fraction(25)) as first,
        VideoWriter(marked, SIZE, Fraction(25), watermark=mark) as second,
    ):
        for _ in range(76):
            first.write_rgb(grey)
            second.write_rgb(grey)
    frames = [
        next(read_frames(open_clip(p, orientation="video"))).rgb.astype(int)
        for p in (plain, marked)
    ]
    difference = np.abs(frames[0] - frames[1]).max(axis=2)
    assert difference.max() > 60
    ys, xs = np.nonzero(difference > 12)
    assert ys.min() > SIZE[1] * 0.9
    assert xs.min() > SIZE[0] * 0.5


def test_wrong_frames_and_sizes_are_faults(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        VideoWriter(tmp_path / "out.mp4", (351, 640), Fraction(25))
    with (
        pytest.raises(ValueError, match="352 x 640"),
        VideoWriter(tmp_path / "out.mp4", SIZE, Fraction(25)) as writer,
    ):
        writer.write_rgb(np.zeros((640, 350, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_failure_between_frames_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"what was there before")

    def fail_after_a_frame() -> None:
        with VideoWriter(path, SIZE, Fraction(25)) as writer:
            writer.write_rgb(numbered(0, SIZE))
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_a_frame()
    assert path.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_to_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="no such file or directory"):
        VideoWriter(tmp_path / "none" / "out.mp4", SIZE, Fraction(25))


ENDLESS = """
import sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from understudy.media.output.encode import VideoWriter
noise = np.random.default_rng(0).integers(0, 255, (40, 640, 352, 3), np.uint8)
with VideoWriter(Path(sys.argv[1]), (352, 640), Fraction(25)) as writer:
    for index in range(int(sys.argv[2])):
        writer.write_rgb(noise[index % 40])
        if index == 60:
            print("going", flush=True)
"""


def test_a_killed_writer_leaves_nothing_after_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    writer = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path), "100000"], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"going\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1
    write(path, frames=5)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_may_not_grow_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    def at_most_a_megabyte() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = subprocess.run(
        [sys.executable, "-c", ENDLESS, str(tmp_path / "out.mp4"), "400"],
        capture_output=True,
        text=True,
        preexec_fn=at_most_a_megabyte,
        check=False,
    )
    assert done.returncode == 1
    assert "CannotWrite: the video could not be written" in done.stderr
    assert list(tmp_path.iterdir()) == []
