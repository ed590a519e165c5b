"""The music of the dance clip, synthesised: drums, bass, electric piano and a plucked tune."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .solid.arrays import Float

RATE = 44100


def _envelope(count: int, attack: float, decay: float) -> Float:
    t = np.arange(count) / RATE
    return np.minimum(t / attack, 1) * np.exp(-t / decay)


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _kick() -> Float:
    t = np.arange(int(0.32 * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(46 + 110 * np.exp(-t / 0.028)) / RATE
    return np.asarray(np.sin(phase) * np.exp(-t / 0.11) + 0.25 * np.exp(-t / 0.002))


def _noise(seconds: float, decay: float, seed: int, smooth: int) -> Float:
    n = np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    low = np.convolve(n, np.ones(smooth) / smooth, "same")
    return np.asarray((n - low) * _envelope(len(n), 0.001, decay))


def _clap() -> Float:
    out = np.zeros(int(0.3 * RATE))
    for k, delay in enumerate((0.0, 0.011, 0.021)):
        burst = _noise(0.25, 0.012 if k < 2 else 0.07, 40 + k, 9)
        start = int(delay * RATE)
        out[start : start + len(burst)] += burst[: len(out) - start] * 0.45
    return out


def _piano(note: float, seconds: float) -> Float:
    """Two sine waves, one bending the other's phase, as electric pianos of the eighties did."""
    t = np.arange(int(seconds * RATE)) / RATE
    f = _hertz(note)
    bell = 1.4 * np.exp(-t / 0.35) * np.sin(2 * np.pi * f * 2 * t)
    tone = np.sin(2 * np.pi * f * t + bell) + 0.4 * np.sin(2 * np.pi * f * 1.003 * t)
    return np.asarray(
        tone * np.minimum(t / 0.006, 1) * np.exp(-t / 0.9) * np.clip((seconds - t) / 0.05, 0, 1)
    )


def _bass(note: float, seconds: float) -> Float:
    t = np.arange(int(seconds * RATE)) / RATE
    f = _hertz(note)
    tone = sum(np.sin(2 * np.pi * f * k * t) * np.exp(-t * k / 0.35) / k for k in (1, 2, 3, 4))
    return np.asarray(tone * np.minimum(t / 0.005, 1) * np.clip((seconds - t) / 0.03, 0, 1))


def _pluck(note: float, seconds: float) -> Float:
    t = np.arange(int(seconds * RATE)) / RATE
    f = _hertz(note)
    vibrato = 0.004 * np.sin(2 * np.pi * 5.5 * t) * np.minimum(t / 0.2, 1)
    tone = sum(
        np.sin(2 * np.pi * f * k * (t + vibrato / f * 2)) / k**1.4 * np.exp(-t * k / 0.5)
        for k in (1, 2, 3, 5)
    )
    return np.asarray(tone * np.minimum(t / 0.004, 1) * np.clip((seconds - t) / 0.04, 0, 1))


_CHORDS = ((57, 60, 64, 67, 71), (53, 57, 60, 64, 67), (48, 55, 60, 64, 71))
_ROOTS = (33, 29, 36)
_TUNE = (
    (0.0, 76, 0.5),
    (0.5, 79, 0.5),
    (1.5, 81, 0.5),
    (2.0, 79, 0.75),
    (3.0, 76, 0.5),
    (3.5, 74, 0.5),
    (4.0, 72, 0.5),
    (4.5, 74, 0.5),
    (5.5, 76, 0.5),
    (6.0, 79, 1.0),
    (7.5, 76, 0.5),
    (8.0, 81, 0.5),
    (8.5, 84, 0.5),
    (9.0, 83, 0.5),
    (9.5, 79, 0.5),
    (10.0, 81, 0.5),
    (10.5, 79, 0.25),
    (10.75, 76, 0.25),
    (11.0, 72, 1.0),
)


def music(beats: int, tempo: float) -> NDArray[np.float32]:
    """(2, N) stereo in -1..1 at RATE samples a second, `beats` beats long."""
    beat = 60 / tempo
    count = round(beats * beat * RATE)
    dry, wet = np.zeros((2, count + RATE)), np.zeros((2, count + RATE))

    def put(sound: Float, at: float, loud: float, pan: float = 0.0, echo: float = 0.0) -> None:
        start = round(at * beat * RATE)
        left, right = np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)
        part = sound[: dry.shape[1] - start] * loud
        for channel, share in enumerate((left, right)):
            dry[channel, start : start + len(part)] += part * share
            wet[channel, start : start + len(part)] += part * share * echo

    duck = np.ones(count + RATE)
    for bar in range((beats + 3) // 4):
        chord, root = _CHORDS[bar % 3], _ROOTS[bar % 3]
        for at, length in ((0.0, 1.4), (1.5, 0.9), (2.5, 1.4)):
            for k, note in enumerate(chord):
                put(
                    _piano(note, length * beat),
                    bar * 4 + at + 0.012 * k,
                    0.052,
                    -0.35 + 0.17 * k,
                    0.5,
                )
        for at, up, length in (
            (0, 0, 0.7),
            (0.75, 0, 0.25),
            (1.5, 12, 0.4),
            (2, 0, 0.45),
            (2.5, 7, 0.45),
            (3.25, 10, 0.3),
            (3.5, 12, 0.4),
        ):
            put(_bass(root + up, length * beat), bar * 4 + at, 0.26)
    for at, note, length in _TUNE:
        if at < beats:
            put(_pluck(note, length * beat + 0.1), at, 0.12, 0.2, 0.7)
            put(_pluck(note, length * beat + 0.1), at + 0.75, 0.03, -0.6, 0.9)
    # Everything so far ducks under the kick.
    for at in range(beats):
        start = round(at * beat * RATE)
        t = np.arange(int(0.3 * RATE)) / RATE
        duck[start : start + len(t)] = np.minimum(
            duck[start : start + len(t)], 1 - 0.55 * np.exp(-t / 0.09)
        )
    dry *= duck
    wet *= duck
    for at in range(beats):
        put(_kick(), at, 0.55)
        put(_noise(0.09, 0.022, at, 3), at + 0.5, 0.10, 0.3, 0.1)
        put(_noise(0.05, 0.010, 90 + at, 3), at + 0.25, 0.045, -0.3)
        put(_noise(0.05, 0.010, 60 + at, 3), at + 0.75, 0.055, -0.3)
        if at % 2:
            put(_clap(), at, 0.32, 0.0, 0.35)
    tail = np.random.default_rng(7).standard_normal((2, int(0.9 * RATE)))
    tail *= np.exp(-np.arange(tail.shape[1]) / RATE / 0.22)
    size = 1 << int(np.ceil(np.log2(wet.shape[1] + tail.shape[1])))
    echo = np.fft.irfft(np.fft.rfft(wet, size) * np.fft.rfft(tail, size), size)[:, : wet.shape[1]]
    mix = (dry + 0.02 * echo)[:, :count]
    fade = np.minimum(1, (count - np.arange(count)) / (0.06 * RATE))
    mix = np.tanh(1.15 * mix * fade)
    return np.asarray(0.89 * mix / np.abs(mix).max(), np.float32)
