"""Drawing a take: segment after segment, each judged, matched and handed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from understudy.engines.engine import Cancelled, Job
from understudy.engines.generating import SEEDS
from understudy.engines.wan.colour import Image, matching
from understudy.engines.wan.curves import Curves, SegmentFindings, seam_distances
from understudy.engines.wan.denoising import Denoiser
from understudy.engines.wan.driving import Driving
from understudy.engines.wan.models import Models
from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.placement import fallback
from understudy.engines.wan.segments import OVERLAP, Segment, plan_segments
from understudy.errors import EngineUnavailable, TakeCancelled

OnShare = Callable[[float], None]

# Seeds of a take lie this far apart for each of its frames, and so for each attempt: two segments
# never share one.
_FRAME_STRIDE = 2


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
        models: Models,
        denoiser: Denoiser,
        driving: Driving,
        motion: NDArray[np.float64],
        curves: Curves,
        job: Job,
        options: WanOptions,
        seed: int,
    ) -> None:
        self._models = models
        self._denoiser = denoiser
        self._driving = driving
        self._motion = motion
        self._curves = curves
        self._job = job
        self._options = options
        self._seed = seed
        self.segments: list[dict[str, Any]] = []
        self.warnings: list[str] = []

    def frames(self, on_share: OnShare, cancelled: Cancelled) -> Iterator[NDArray[np.uint8]]:
        """Yield (h, w, 3) uint8 RGB of the job's size. on_share: called with the share of the take
        that is done, which may fall back when a segment is drawn again.

        Raises TakeCancelled between two passes, EngineUnavailable when memory does not suffice.
        """
        start = 0
        tail: Image | None = None
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
            kept = drawn.frames if tail is None else drawn.frames[OVERLAP:]
            wanted = min(segment.last, last) - segment.start + 1 - (0 if tail is None else OVERLAP)
            for frame in kept[:wanted]:
                yield self._finished(frame)
            start, tail = segment.last, drawn.frames[-1]
            if start >= last:
                return

    def details(self) -> dict[str, Any]:
        """What the report says of the drawing, JSON values."""
        return {
            "drawn_size": [self._denoiser.width, self._denoiser.height],
            "segments": self.segments,
            **self._curves.to_json(),
        }

    def _plan(self, start: int) -> tuple[Segment, ...]:
        placement = self._models.placement
        assert placement is not None
        return plan_segments(self._job.frames, placement.frames, self._motion, start)

    def _shrink(self, refusal: Exception) -> None:
        """Go on with smaller segments and everything on the host, once."""
        placement = self._models.placement
        smaller = None if placement is None else fallback(placement, self._options)
        if smaller is None or self._models.confined is not None:
            raise EngineUnavailable(
                "wan-animate-2 ran out of the card's memory even with short segments and all "
                "weights on the host: free memory on the card, or use a larger one"
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
        self, segment: Segment, tail: Image | None, on_share: OnShare, cancelled: Cancelled
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
        tail: Image | None,
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

        frames = self._denoiser.draw(self._driving.of(segment), tail, seed, on_pass)
        seam = None
        box = self._denoiser.box
        if tail is not None:
            wanted, drawn = box.of(tail), box.of(frames[0])
            change = matching(drawn, wanted)
            before, after = seam_distances(drawn, change.applied(drawn), wanted)
            # Where the drawings differ in more than colour, equal moments may part them further.
            if after < before:
                frames = [
                    self._recoloured(frame, change.applied(box.of(frame))) for frame in frames
                ]
            seam = before, min(before, after)
        looked_at = [box.of(frame) for frame in frames]
        return Drawn(frames, self._curves.look(looked_at, segment.start, seam), seed)

    def _recoloured(self, frame: Image, inner: Image) -> Image:
        box = self._denoiser.box
        changed = frame.copy()
        changed[box.top : box.top + box.height, box.left : box.left + box.width] = inner
        return changed

    def _finished(self, frame: Image) -> NDArray[np.uint8]:
        """Without the bars, at the job's size, whose sides are even."""
        import cv2

        inner = np.nan_to_num(self._denoiser.box.of(frame))
        grows = self._job.size[0] >= inner.shape[1]
        how = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
        sized = cv2.resize(np.ascontiguousarray(inner), self._job.size, interpolation=how)
        return np.clip(np.rint(sized * 255), 0, 255).astype(np.uint8)
