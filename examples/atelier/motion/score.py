"""Reads scores: the choreography of a clip as text, one channel a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .curves import Keys


@dataclass(frozen=True, slots=True)
class Channel:
    """keys: (time, value) in the score's unit; hit: poses to be hit and held; after: keys that
    follow what the choreography puts in between."""

    keys: Keys
    hit: bool = False
    after: Keys = ()


def _keys(text: str) -> Keys:
    pairs = (pair.split() for pair in text.split(","))
    return [(float(time), float(value)) for time, value in pairs]


def read_score(path: Path) -> tuple[dict[str, Channel], list[tuple[float, str]]]:
    """The channels of a score, and what is said in it: times and mouth shapes (line `say`)."""
    channels: dict[str, Channel] = {}
    said: list[tuple[float, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        end = min(k for k in (line.find(":"), line.find("!")) if k >= 0)
        name, hit, rest = line[:end], line[end] == "!", line[end + 1 :]
        if name == "say":
            words = rest.split()
            said += [(float(t), shape) for t, shape in zip(words[::2], words[1::2], strict=True)]
            continue
        before, _, after = rest.partition("|")
        channels[name] = Channel(_keys(before), hit, _keys(after) if after else ())
    return channels, said
