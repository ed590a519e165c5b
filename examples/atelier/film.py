"""Writes clips: H.264 with an AAC track."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def write_clip(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    rate: int,
    size: tuple[int, int],
    sound: tuple[NDArray[np.float32], int] | None = None,
    quality: int = 20,
) -> None:
    """Write RGB frames (H, W, 3); sound: (2, N) in -1..1 and its samples a second."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        video = out.add_stream("libx264", rate=Fraction(rate))
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        # One thread: the encoder's output must not depend on the machine's cores.
        video.options = {"crf": str(quality), "preset": "slow", "threads": "1"}
        video.codec_context.color_range = 1
        video.codec_context.colorspace = 1
        video.codec_context.color_primaries = 1
        video.codec_context.color_trc = 1
        audio = None
        if sound is not None:
            audio = out.add_stream("aac", rate=sound[1])
            audio.layout = "stereo"
            audio.bit_rate = 128_000
        for image in frames:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=1, dst_color_range=1)
            for packet in video.encode(frame):
                out.mux(packet)
        for packet in video.encode():
            out.mux(packet)
        if sound is not None and audio is not None:
            samples, sample_rate = sound
            for start in range(0, samples.shape[1], 1024):
                part = np.ascontiguousarray(samples[:, start : start + 1024])
                piece = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
                piece.sample_rate = sample_rate
                piece.pts = start
                for packet in audio.encode(piece):
                    out.mux(packet)
            for packet in audio.encode():
                out.mux(packet)
