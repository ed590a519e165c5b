"""Media made for the tests: clips whose frames carry their number, PNGs of every kind, profiles."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
BITS = 8
SIZE = (352, 352)
BT709 = {"colorspace": 1, "color_primaries": 1, "color_trc": 1, "color_range": 1}


def numbered(index: int, size: tuple[int, int] = SIZE) -> Pixels:
    """A grey frame with the index as eight upright black and white bars."""
    width, height = size
    frame = np.full((height, width, 3), 110, np.uint8)
    for bit in range(BITS):
        x = width * (2 * bit + 1) // (2 * BITS + 1)
        white = index >> bit & 1
        bar = frame[height // 6 : -height // 6, x : x + width // (2 * BITS + 1)]
        bar[:] = 235 if white else 20
    return frame


def read_number(rgb: Pixels) -> int:
    """The number that `numbered` drew."""
    height, width = rgb.shape[:2]
    centre = rgb[height // 2 - 4 : height // 2 + 4].mean((0, 2))
    total = 0
    for bit in range(BITS):
        x = width * (4 * bit + 3) // (4 * BITS + 2)
        total |= int(centre[x - 1 : x + 2].mean() > 110) << bit
    return total


def quadrants(size: tuple[int, int] = SIZE) -> Pixels:
    """Red, green over blue, white."""
    width, height = size
    frame = np.zeros((height, width, 3), np.uint8)
    frame[: height // 2, : width // 2] = (255, 0, 0)
    frame[: height // 2, width // 2 :] = (0, 255, 0)
    frame[height // 2 :, : width // 2] = (0, 0, 255)
    frame[height // 2 :, width // 2 :] = 255
    return frame


def read_quadrants(rgb: Pixels) -> str:
    """The quadrants' colours by initial, in reading order."""
    height, width = rgb.shape[:2]
    names = {(1, 0, 0): "R", (0, 1, 0): "G", (0, 0, 1): "B", (1, 1, 1): "W"}
    found = ""
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            red, green, blue = (int(c > 128) for c in rgb[y, x])
            found += names.get((red, green, blue), "?")
    return found


def write_clip(
    path: Path,
    *,
    size: tuple[int, int] = SIZE,
    frames: int = 80,
    fps: Fraction | int = 25,
    draw: Callable[[int, tuple[int, int]], Pixels | VideoFrame] = numbered,
    codec: str = "libx264",
    container: str = "mp4",
    pix_fmt: str = "yuv420p",
    times: Sequence[float] | None = None,
    rotation: float | None = None,
    mirror: bool = False,
    options: dict[str, str] | None = None,
    muxer: dict[str, str] | None = None,
    sound: str | None = None,
    sound_start: float = 0.0,
    sound_hole: tuple[float, float] | None = None,
    colour: dict[str, int] | None = None,
    prepare: Callable[[Any], None] | None = None,
) -> Path:
    """Encode a clip. times: seconds of each frame where the rate varies. sound: a codec's name.

    sound_hole: seconds between which there is no sound.
    """
    rate = Fraction(fps)
    # As fine as the codec takes it.
    ticks = 50000 if codec == "mpeg4" else 90000
    tags = BT709 if colour is None else colour
    with av.open(str(path), "w", format=container, container_options=muxer or {}) as output:
        stream = _video(output, codec, rate, options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, ticks)
        if prepare is not None:
            prepare(stream)
        if rotation is not None or mirror:
            stream.set_display_rotation(rotation or 0, mirror)
        _tag(stream.codec_context, tags)
        track = None if sound is None else _stereo(output, sound)
        for index in range(frames):
            frame = _frame(draw(index, size), pix_fmt, tags)
            time = (
                index / rate if times is None else Fraction(times[index]).limit_denominator(90000)
            )
            frame.pts, frame.time_base = round(time * ticks), Fraction(1, ticks)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if track is not None:
            seconds = frames / float(rate) if times is None else times[-1] + 0.1
            for block in _blocks(clicks(seconds), sound_start):
                at = block.time or 0.0
                if sound_hole is None or not sound_hole[0] <= at < sound_hole[1]:
                    output.mux(track.encode(block))
            output.mux(track.encode(None))
    return path


def _video(
    output: OutputContainer, codec: str, rate: Fraction, options: dict[str, str]
) -> VideoStream:
    preset = {"preset": "ultrafast", "crf": "15"} if codec in ("libx264", "libx265") else {}
    if codec == "libx265":
        preset["x265-params"] = "log-level=none"
    stream = output.add_stream(codec, rate=rate, options={**preset, **options})
    return cast("VideoStream", stream)


def _stereo(output: OutputContainer, codec: str) -> AudioStream:
    track = cast("AudioStream", output.add_stream(codec, rate=48000))
    track.codec_context.layout = "stereo"
    return track


def _frame(source: Pixels | VideoFrame, pix_fmt: str, tags: dict[str, int]) -> VideoFrame:
    """A drawn frame as the codec takes it, tagged."""
    if isinstance(source, VideoFrame):
        frame = source
    else:
        frame = VideoFrame.from_ndarray(source, format="rgb24").reformat(
            format=pix_fmt,
            dst_colorspace={5: 5, 6: 5, 9: 9}.get(tags.get("colorspace", 1), 1),
            dst_color_range=tags.get("color_range", 1),
        )
    _tag(frame, tags)
    return frame


def _tag(tagged: object, tags: dict[str, int]) -> None:
    for name, value in tags.items():
        setattr(tagged, name, value)


def clicks(seconds: float) -> NDArray[np.float32]:
    """Mono sound at 48 kHz with a short 1 kHz burst at the beginning of every second but 0."""
    samples = np.zeros(round(seconds * 48000), np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 1000 * np.arange(960) / 48000)
    for second in range(1, int(seconds) + 1):
        part = samples[second * 48000 : second * 48000 + 960]
        part[:] = burst[: len(part)]
    return samples


def click_times(path: Path) -> list[float]:
    """When the bursts begin in a file's sound, seconds on the container's clock."""
    times: list[float] = []
    with av.open(str(path)) as container:
        begin: float | None = None
        parts = []
        for frame in container.decode(audio=0):
            if begin is None:
                begin = frame.time
            samples = frame.to_ndarray().astype(np.float32)
            if not frame.format.is_planar:
                samples = samples.reshape(-1, frame.layout.nb_channels).T
            parts.append(samples[0] / (32768 if "s16" in frame.format.name else 1))
            rate = frame.sample_rate
    loud = np.flatnonzero(np.abs(np.concatenate(parts)) > 0.25)
    assert begin is not None
    for place in loud:
        time = begin + place / rate
        if not times or time - times[-1] > 0.5:
            times.append(time)
    return times


def _blocks(samples: NDArray[np.float32], start: float) -> list[AudioFrame]:
    blocks = []
    for at in range(0, len(samples), 1024):
        part = samples[at : at + 1024]
        stereo = (np.repeat(part, 2)[None] * 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
        frame.sample_rate = 48000
        frame.pts, frame.time_base = at + round(start * 48000), Fraction(1, 48000)
        blocks.append(frame)
    return blocks


ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png(
    samples: NDArray[np.uint16],
    colour_type: int,
    depth: int,
    *,
    interlaced: bool = False,
    chunks: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Encode samples (H, W, channels) with all five filters in turn."""
    height, width = samples.shape[:2]
    raw = bytearray()
    for x0, y0, dx, dy in ADAM7 if interlaced else ((0, 0, 1, 1),):
        part = samples[y0::dy, x0::dx]
        if part.size:
            raw += _filtered(part, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(png_chunk(*one) for one in chunks)
        + png_chunk(b"IDAT", zlib.compress(bytes(raw)))
        + png_chunk(b"IEND", b"")
    )


def _filtered(part: NDArray[np.uint16], depth: int) -> bytes:
    rows = part.reshape(len(part), -1)
    if depth == 16:
        packed = rows.astype(">u2").view(np.uint8)
    elif depth == 8:
        packed = rows.astype(np.uint8)
    else:
        bits = (rows[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
        packed = np.packbits(bits.astype(np.uint8).reshape(len(rows), -1), axis=1)
    step = max(1, part.shape[2] * depth // 8)
    out = bytearray()
    above = np.zeros(packed.shape[1] + step, np.int32)
    for number, row in enumerate(packed):
        current = np.concatenate([np.zeros(step, np.int32), row.astype(np.int32)])
        left, up, corner = current[:-step], above[step:], above[:-step]
        kind = number % 5
        if kind == 4:
            p = left + up - corner
            a, b, c = abs(p - left), abs(p - up), abs(p - corner)
            guess = np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))
        else:
            guess = (np.zeros_like(left), left, up, (left + up) // 2)[kind]
        out += bytes([kind]) + ((row - guess) & 255).astype(np.uint8).tobytes()
        above = current
    return bytes(out)


def linear_profile(space: bytes = b"RGB ") -> bytes:
    """A minimal ICC profile: sRGB's primaries, or grey, with light in proportion to values."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, 256)
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    xyz = {
        b"wtpt": (0.9642, 1.0, 0.8249),
        b"rXYZ": (0.4360, 0.2225, 0.0139),
        b"gXYZ": (0.3851, 0.7169, 0.0971),
        b"bXYZ": (0.1431, 0.0606, 0.7141),
    }
    tags: dict[bytes, bytes] = {b"desc": text, b"cprt": b"text" + bytes(4) + b"none\0"}
    tags |= {k: b"XYZ " + bytes(4) + fixed(*v) for k, v in xyz.items()}
    tags |= (
        {b"kTRC": curve} if space == b"GRAY" else dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    )
    table, bodies = struct.pack(">I", len(tags)), b""
    at = 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        padded = body + bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += padded
    size = at + len(bodies)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02100000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + bodies
