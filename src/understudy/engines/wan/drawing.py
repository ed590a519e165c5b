"""Drawing a take: segment after segment, each judged, matched and handed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from understudy.engines.engine import Cancelled, EngineJob
from understudy.engines.generating import SEEDS
from understudy.engines.wan.colour import matching
from understudy.engines.wan.curves import Curves, SegmentFindings, seam_distances
from understudy.engines.wan.letterbox import FramePart, Image
from understudy.engines.wan.models import WanModels
from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.passes import OnPass
from understudy.engines.wan.placement import fallback
from understudy.engines.wan.published import Published
from understudy.engines.wan.segments import Segment, plan_segments
from understudy.errors import EngineUnavailable, TakeCancelled

OnShare = Callable[[float], None]

# Seeds of a take lie this far apart for each of its frames, and so for each attempt: two segments
# never share one.
_FRAME_STRIDE = 2


class SegmentDrawer(Protocol):
    """What draws the segments of one take with a model.

    width, height: of the frames that it draws, in pixels. box: the part of them that is no bar.
    """

    width: int
    height: int
    box: FramePart

    def draw(self, segment: Segment, tail: list[Image], seed: int, on_pass: OnPass) -> list[Image]:
        """The frames of a segment, each (H, W, 3) sRGB in 0..1 with the black bars.

        tail: the last frames of the segment before, which the segment begins with, as drawn; empty
        for the first. on_pass: may raise to stop.
        """
        ...

    def embed(self, image: Image) -> NDArray[np.float32]:
        """The image encoder's features (n,) of (H, W, 3) sRGB in 0..1."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person on what it was given, once the segments are drawn."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """A segment as drawn. frames: (H, W, 3) sRGB in 0..1 with black bars, colours matched."""

    frames: list[Image]
    found: SegmentFindings
    seed: int


class Drawing:
    """One take's frames, and what the report says of them."""

    def __init__(  # noqa: PLR0913 - what the engine read of the job, each part once
        self,
        published: Published,
        models: WanModels,
        drawer: SegmentDrawer,
        motion: NDArray[np.float64],
        curves: Curves,
        job: EngineJob,
        options: WanOptions,
        seed: int,
    ) -> None:
        self._published = published
        self._models = models
        self._drawer = drawer
        self._motion = motion
        self._curves = curves
        self._job = job
        self._options = options
        self._overlap = options.overlap
        self._seed = seed
        self.segments: list[dict[str, Any]] = []
        self.warnings: list[str] = []

    def frames(self, on_share: OnShare, cancelled: Cancelled) -> Iterator[NDArray[np.uint8]]:
        """Yield (h, w, 3) uint8 RGB of the job's size. on_share: called with the share of the take
        that is done, which may fall back when a segment is drawn again.

        Raises TakeCancelled between two passes, EngineUnavailable when memory does not suffice.
        """
        start = 0
        tail: list[Image] = []
        last = self._job.frames - 1
        pending = self._plan(start)
        while True:
            segment = pending[0]
            try:
                drawn = self._draw(segment, tail, on_share, cancelled)
            except torch.OutOfMemoryError as refusal:
                self._shrink(refusal)
                pending = self._plan(start)
                continue
            pending = pending[1:]
            self._curves.keep(drawn.found)
            for frame in drawn.frames[len(tail) : last - segment.start + 1]:
                yield self._finished(frame)
            if segment.last >= last:
                return
            start, tail = segment.last + 1 - self._overlap, drawn.frames[-self._overlap :]

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """Sentences for a person, once the frames are drawn."""
        return (*self.warnings, *self._drawer.warnings())

    def details(self) -> dict[str, Any]:
        """What the report says of the drawing, JSON values."""
        return {
            "drawn_size": [self._drawer.width, self._drawer.height],
            "segments": self.segments,
            **self._curves.to_json(),
        }

    def _plan(self, start: int) -> tuple[Segment, ...]:
        placement = self._models.placement
        assert placement is not None
        return plan_segments(self._job.frames, placement.frames, self._motion, start, self._overlap)

    def _shrink(self, refusal: Exception) -> None:
        """Go on with smaller segments and everything on the host, once."""
        placement = self._models.placement
        smaller = (
            None if placement is None else fallback(placement, self._options, self._published.needs)
        )
        if smaller is None or self._models.confined is not None:
            raise EngineUnavailable(
                f"{self._published.name} ran out of the card's memory even with short segments and "
                "all weights on the host: free memory on the card, or use a larger one"
            ) from refusal
        refusal.__traceback__ = None  # Its frames hold on to what filled the card.
        self._models.clean()
        self._models.place(smaller)
        self._models.confined = smaller
        self.warnings.append(
            f"The card's memory ran out; the take went on with segments of {smaller.frames} frames "
            "and the weights on the host, which takes longer."
        )

    def _draw(
        self, segment: Segment, tail: list[Image], on_share: OnShare, cancelled: Cancelled
    ) -> Drawn:
        """A segment; one that falls out is drawn again once, and the better one is kept."""
        first = self._attempt(segment, tail, 0, on_share, cancelled)
        fault = self._curves.fault(first.found)
        chosen = first
        if fault is not None:
            second = self._attempt(segment, tail, 1, on_share, cancelled)
            if self._curves.better(second.found, first.found):
                chosen = second
        self.segments.append(
            {
                **asdict(segment),
                "seed": chosen.seed,
                "remade": fault,
                "contrast": round(chosen.found.contrast, 3),
            }
        )
        return chosen

    def _attempt(
        self,
        segment: Segment,
        tail: list[Image],
        attempt: int,
        on_share: OnShare,
        cancelled: Cancelled,
    ) -> Drawn:
        seed = (self._seed + _FRAME_STRIDE * segment.start + attempt) % SEEDS
        total = max(1, self._job.frames - 1)

        def on_pass(done: int, passes: int) -> None:
            if cancelled():
                raise TakeCancelled("the take was cancelled while a segment was drawn")
            on_share(min(1.0, (segment.start + (segment.length - 1) * done / passes) / total))

        frames = self._drawer.draw(segment, tail, seed, on_pass)
        seam = None
        if tail:
            frames, seam = self._matched(frames, tail)
        looked_at = [self._drawer.box.of(frame) for frame in frames]
        return Drawn(frames, self._curves.look(looked_at, segment.start, seam), seed)

    def _matched(
        self, frames: list[Image], tail: list[Image]
    ) -> tuple[list[Image], tuple[float, float]]:
        """A segment in the colours of the one before, by the frames that both drew, and how far
        these lie apart before and after."""
        box = self._drawer.box
        # One picture of all the frames that are shared: their moments are those of the overlap.
        wanted = np.concatenate([box.of(frame) for frame in tail])
        drawn = np.concatenate([box.of(frame) for frame in frames[: len(tail)]])
        change = matching(drawn, wanted)
        before, after = seam_distances(drawn, change.applied(drawn), wanted)
        # Where the drawings differ in more than colour, equal moments may part them further.
        if after < before:
            frames = [box.with_part(frame, change.applied(box.of(frame))) for frame in frames]
        return frames, (before, min(before, after))

    def _finished(self, frame: Image) -> NDArray[np.uint8]:
        """Without the bars, at the job's size, whose sides are even."""
        import cv2

        inner = np.nan_to_num(self._drawer.box.of(frame))
        grows = self._job.size[0] >= inner.shape[1]
        how = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
        sized = cv2.resize(np.ascontiguousarray(inner), self._job.size, interpolation=how)
        return np.clip(np.rint(sized * 255), 0, 255).astype(np.uint8)
