"""Damaged pictures and clips, uploaded from several accounts at once."""

from __future__ import annotations

import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from tests.hostile.mutations import CLIPS, EXAMPLES, PICTURES, mutated
from tests.hostile.outcome import Outcome
from understudy.testing import rehearsing

LONGEST_SECONDS = 40.0
"""Within which every upload is answered, also the largest picture there is."""
AT_ONCE = 4


def damaged_files(folder: Path, *, pictures: int, clips: int) -> list[Outcome]:
    """Upload damaged samples: each is taken or refused with words, and the server goes on."""
    with (
        rehearsing(folder, rate_limit="", shutdown_seconds=0, take_memory_mb=2048) as server,
        httpx2.Client(
            base_url=server.url, headers=server.headers, timeout=120, trust_env=False
        ) as http,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        outcomes = []
        for kind, names, count in (("pictures", PICTURES, pictures), ("clips", CLIPS, clips)):
            outcome = Outcome(f"damaged {kind} uploaded")
            cases = [(names[seed % len(names)], seed) for seed in range(count)]
            longest, accepted = 0.0, 0
            for answer, taken, problem in pool.map(
                lambda case: _upload_damaged(http, *case), cases
            ):
                outcome.count(problem)
                longest = max(longest, taken)
                accepted += answer.status_code == 200
            outcome.note = (
                f"{accepted} could be read, the others were refused; longest {longest:.1f} s"
            )
            outcomes.append(outcome)
        outcomes.append(_costly(http))
        for name in ("photo.jpg", "dance.mp4"):
            sound = _upload(http, name, (EXAMPLES / name).read_bytes())
            outcomes[-1].count(None if sound.status_code == 200 else f"{name} is refused after all")
    return outcomes


def _upload_damaged(
    http: httpx2.Client, name: str, seed: int
) -> tuple[httpx2.Response, float, str | None]:
    began = time.monotonic()
    answer = _upload(http, name, mutated(name, seed))
    taken = time.monotonic() - began
    return answer, taken, _problem(answer, taken, f"{name} {seed}")


def _costly(http: httpx2.Client) -> Outcome:
    """Sound pictures and clips that would cost much: they are made or refused in time."""
    outcome = Outcome("small files that cost much")
    longest = 0.0
    cases = {
        "PNG of 5000 x 5000": _png(5000, 5000, depth=8, colour_type=2),
        "PNG of 26215 x 65536, 1 bit": _png(26215, 65536, depth=1, colour_type=0),
        "PNG of 26215 x 65536, 4 bits": _png(26215, 65536, depth=4, colour_type=0),
        "PNG of 26215 x 65536, RGBA of 16 bits": _png(26215, 65536, depth=16, colour_type=6),
        "clip of 8 million samples": _clip_of_many_samples(8_000_000),
        "clip of 25 million boxes": b"\0\0\0\x14ftypisom\0\0\0\0isom"
        + struct.pack(">I4s", 8, b"free") * 10_000_000,
    }
    for name, data in cases.items():
        began = time.monotonic()
        answer = _upload(http, name, data)
        taken = time.monotonic() - began
        longest = max(longest, taken)
        outcome.count(_problem(answer, taken, name))
    outcome.note = f"longest {longest:.1f} s"
    return outcome


def _upload(http: httpx2.Client, name: str, data: bytes) -> httpx2.Response:
    return http.post("/v1/files", files={"file": (name, io.BytesIO(data))})


def _problem(answer: httpx2.Response, taken: float, name: str) -> str | None:
    body = answer.json()
    if answer.status_code not in (200, 400) or not body.get("message"):
        return f"{name}: {answer.status_code} {body}"
    if answer.status_code == 400 and body["code"] != 1201:
        return f"{name}: {body}"
    return None if taken < LONGEST_SECONDS else f"{name}: {taken:.0f} s"


def _png(width: int, height: int, *, depth: int, colour_type: int) -> bytes:
    """A grey PNG, whatever its size, in little memory."""
    channels = {0: 1, 2: 3, 6: 4}[colour_type]
    row = b"\0" + b"\x80" * ((width * depth * channels + 7) // 8)
    deflating = zlib.compressobj(9)
    rows = [deflating.compress(row) for _ in range(height)]
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", b"".join((*rows, deflating.flush()))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def _clip_of_many_samples(count: int) -> bytes:
    """The sample clip, whose first table of sizes says that there are so many samples of 1 byte."""
    data = bytearray((EXAMPLES / "dance.mp4").read_bytes())
    at = data.index(b"stsz")
    struct.pack_into(">II", data, at + 8, 1, count)
    return bytes(data)
