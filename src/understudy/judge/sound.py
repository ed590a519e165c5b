"""How far the sound of a video lies from the sound of its clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from understudy.media.clip.container import open_container

Float32 = NDArray[np.float32]

_RATE = 8000  # Hz: an eighth of a millisecond
# Seconds by which one may lie before or behind the other.
_MOST_OFFSET = 2.0
# Below this correlation the two are not the same sound.
_LEAST_CORRELATION = 0.2


@dataclass(frozen=True, slots=True)
class SoundJudgement:
    """How the sounds agree.

    present: whether the video has sound. offset: seconds by which it comes later than the pictures
    want, None where it has none or is not the clip's. correlation: at that offset, 0 to 1.
    """

    present: bool
    offset: float | None
    correlation: float | None


def judge_sound(result: Path, clip: Path, start: float) -> SoundJudgement:
    """Compare a video's sound with its clip's from `start` (seconds) on.

    The offset is where their cross-correlation is greatest. A file without a readable sound track
    counts as silent.
    """
    ours, theirs = samples(result), samples(clip)[round(start * _RATE) :]
    if not len(ours) or not len(theirs) or not ours.any() or not theirs.any():
        return SoundJudgement(present=bool(len(ours)), offset=None, correlation=None)
    length = min(len(ours), len(theirs))
    a, b = ours[:length], theirs[:length]
    # It takes a second to import, which no judgement without sound needs.
    from scipy.signal import correlate

    found = correlate(a, b, mode="full", method="fft")
    lags = np.arange(-length + 1, length)
    near = np.abs(lags) <= _MOST_OFFSET * _RATE
    best = int(np.argmax(found[near]))
    strength = float(found[near][best] / (np.linalg.norm(a) * np.linalg.norm(b)))
    if strength < _LEAST_CORRELATION:
        return SoundJudgement(present=True, offset=None, correlation=round(strength, 3))
    offset = float(lags[near][best]) / _RATE
    return SoundJudgement(present=True, offset=round(offset, 4), correlation=round(strength, 3))


def samples(path: Path) -> Float32:
    """The sound of an MP4 or MOV from its first picture on: mono at 8 kHz; empty without any."""
    blocks: list[Float32] = []
    with open_container(path) as container:
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            return np.zeros(0, np.float32)
        stream = container.streams.audio[0]
        resampler = AudioResampler(format="flt", layout="mono", rate=_RATE)
        first: float | None = None
        try:
            for frame in container.decode(stream):
                if first is None:
                    first = float(frame.time or 0.0)
                blocks += [block.to_ndarray()[0] for block in resampler.resample(frame)]
        except av.error.FFmpegError:
            pass  # What was read until here is compared.
    if not blocks or first is None:
        return np.zeros(0, np.float32)
    sound = np.concatenate(blocks).astype(np.float32)
    shift = round(first * _RATE)
    return np.pad(sound, (shift, 0)) if shift > 0 else sound[-shift:]
