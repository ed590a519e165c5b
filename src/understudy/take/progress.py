"""The progress of a take."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

Stage = Literal["open", "inspect", "track", "cast", "retarget", "render", "finish"]
STAGES: tuple[Stage, ...] = ("open", "inspect", "track", "cast", "retarget", "render", "finish")

# Where each stage begins and ends, in shares of the whole take's time: measured on two cores.
# Casting runs beside tracking and takes no time of its own.
_SPANS: dict[Stage, tuple[float, float]] = {
    "open": (0.0, 0.02),
    "inspect": (0.02, 0.10),
    "cast": (0.10, 0.10),
    "track": (0.10, 0.62),
    "retarget": (0.62, 0.64),
    "render": (0.64, 0.98),
    "finish": (0.98, 1.0),
}

# From the last one back: rendering takes over the time of those that an engine does not need.
_BEFORE_RENDERING: tuple[Stage, ...] = ("retarget", "track")


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a take.

    stage: the one that runs. fraction: of the whole take, in 0..1, never falling.
    preview: a small JPEG of the last frame, from time to time while rendering.
    """

    stage: Stage
    fraction: float
    preview: bytes | None = None


OnProgress = Callable[[Progress], None]


class ProgressLine:
    """Turns the progress of single stages into that of the take. Not thread-safe."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._reached = 0.0
        self._begins = {stage: span[0] for stage, span in _SPANS.items()}

    def skip_all_but(self, stages: Collection[Stage]) -> None:
        """Let rendering begin earlier for an engine that does without the stages before it."""
        for stage in _BEFORE_RENDERING:
            if stage in stages:
                break
            self._begins["render"] = _SPANS[stage][0]

    def tell(self, stage: Stage, share: float = 0.0, preview: bytes | None = None) -> None:
        """Report that `stage` is done to a share in 0..1."""
        begin, end = self._begins[stage], _SPANS[stage][1]
        self._reached = max(self._reached, begin + (end - begin) * min(max(share, 0.0), 1.0))
        if self._on_progress is not None:
            self._on_progress(Progress(stage, self._reached, preview))
