"""A video in segments has the same bytes, whoever encoded which of them."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.media_maker import numbered, read_number
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import VideoWriter
from understudy.media.output.encodings import H264_MP4
from understudy.media.output.segments import EncodedSegment, FrameEncoder
from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter
from understudy.processes.messages import Message

SIZE = (352, 640)
FPS = Fraction(25)
FRAMES, LENGTH = 80, 30
FIRSTS = range(0, FRAMES, LENGTH)


def write(path: Path, elsewhere: Collection[int]) -> bytes:
    """A video of which the segments that begin at these frames are encoded elsewhere."""
    converter, mark = YuvConverter(), make_watermark(SIZE)
    planes = [converter.planes(numbered(index, SIZE)).copy() for index in range(FRAMES)]
    with VideoWriter(path, SIZE, FPS, watermark=mark, segment=LENGTH) as writer:
        for first in FIRSTS:
            run = range(first, min(first + LENGTH, FRAMES))
            if first in elsewhere:
                encoder = FrameEncoder(SIZE, FPS, H264_MP4, mark)
                for index in run:
                    encoder.add(planes[index], index)
                sent = Message("segment", {}, encoder.segment().to_message("video"))
                writer.write_segment(EncodedSegment.of_message(sent, "video"))
            else:
                for index in run:
                    writer.write_yuv420(planes[index])
    return path.read_bytes()


def test_the_bytes_are_the_same_wherever_a_segment_was_encoded(tmp_path: Path) -> None:
    here = write(tmp_path / "here.mp4", ())
    for elsewhere in ((30,), (60,), FIRSTS):
        assert write(tmp_path / "elsewhere.mp4", elsewhere) == here
    clip = open_clip(tmp_path / "here.mp4", orientation="video")
    assert (clip.frame_count, clip.fps) == (FRAMES, FPS)
    assert [read_number(frame.rgb) for frame in read_frames(clip)] == list(range(FRAMES))
    assert set(np.round(clip.keyframes * 25)) >= set(FIRSTS)


def test_a_segment_out_of_turn_is_a_fault(tmp_path: Path) -> None:
    encoder = FrameEncoder(SIZE, FPS, H264_MP4)
    encoder.add(np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8), 30)
    writer = VideoWriter(tmp_path / "out.mp4", SIZE, FPS, segment=LENGTH)
    with pytest.raises(ValueError, match="frame 0 is due, not 30"):
        writer.write_segment(encoder.segment())
    writer.abort()
