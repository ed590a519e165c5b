"""The processes in which casting looks at a picture: the tracker and the learned models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from understudy.cache import Cache
from understudy.character.learned import LearnedModels
from understudy.tracking.cached import PictureTracker
from understudy.weights.inference import InferenceProcess


class CastingProcesses:
    """Processes that start when they are first needed, and belong to the thread that needs them.

    The tracker's ends before the segmenter begins, which needs the memory.
    """

    def __init__(self, *, stay: bool = False) -> None:
        """stay: the process of the learned models goes on for the next picture, with those that it
        opened, until `close`; else it ends with the picture."""
        self._stay = stay
        self._inference = InferenceProcess(keeps_models=stay)

    @contextmanager
    def models(self, cache: Cache | None) -> Iterator[LearnedModels]:
        """The learned models. cache: where their answers are kept."""
        if not self._inference.is_whole:
            self._inference.close()
        with LearnedModels(cache, self._inference if self._stay else None) as models:
            yield models

    @contextmanager
    def tracker(self, cache: Cache | None, *, quick: bool = False) -> Iterator[PictureTracker]:
        """What tracks pictures; see `PictureTracker`."""
        with PictureTracker(cache, quick=quick) as tracker:
            yield tracker

    def close(self) -> None:
        """End the process that stayed; the next picture starts another."""
        self._inference.close()
