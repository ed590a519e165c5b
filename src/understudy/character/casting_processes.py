"""The processes in which casting looks at a picture: the tracker and the learned models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from understudy.cache import Cache
from understudy.character.learned import LearnedModels
from understudy.tracking.cached import PictureTracker
from understudy.weights.inference import InferenceProcess


class CastingProcesses:
    """Processes that start when they are first needed, and belong to the thread that needs them."""

    def __init__(self, *, stay: bool = False) -> None:
        """stay: they go on for the next picture, with the models that they opened, until `close`;
        else each ends as soon as casting does without it, before the work that needs memory."""
        self._stay = stay
        self._tracker = PictureTracker(None)
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
        if not self._tracker.is_whole:
            self._end_tracker()
        beside = self._tracker if self._stay else None
        with PictureTracker(cache, quick=quick, beside=beside) as tracker:
            yield tracker

    def close(self) -> None:
        """End the processes that stayed; the next picture starts others."""
        self._end_tracker()
        self._inference.close()

    def _end_tracker(self) -> None:
        self._tracker.close()
        self._tracker = PictureTracker(None)
