"""The learned models of casting: opened on first use, closed when casting ends."""

from __future__ import annotations

import hashlib
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.learned.salient import Net, find_salient
from understudy.geometry.landmarks import Float32
from understudy.processes.messages import Message
from understudy.weights import ISNET, U2NETP, Fetched, find
from understudy.weights.inference import InferenceProcess

_USED = (ISNET, U2NETP)


def learned_version() -> list[str]:
    """Which weights casting uses on this machine: part of what a cached character depends on."""
    present = [found for weight in _USED if (found := find(weight)) is not None]
    return [f"{found.weight.name} {found.edition.name}" for found in present[:1]]


class LearnedModels:
    """The models whose weights are on this machine, in one process of their own.

    A context manager. Every method answers None where its weights are missing.
    """

    def __init__(self, cache: Cache | None) -> None:
        """cache: where answers are kept; None keeps nothing."""
        self._cache = cache
        self._process = InferenceProcess()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.close()

    def salient(self, rgb: NDArray[np.uint8]) -> Float32 | None:
        """The matte of what stands out in a picture: (h, w) float32 in 0..1, None without weights.

        rgb: (h, w, 3) uint8 sRGB.
        """
        fetched = find(ISNET) or find(U2NETP)
        if fetched is None:
            return None
        key = {
            "net": [fetched.weight.name, fetched.edition.name],
            "picture": hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest(),
            "shape": list(rgb.shape),
        }
        record = None if self._cache is None else self._cache.load("salient", key)
        if record is not None:
            return np.asarray(record.arrays["alpha"], np.float32) / np.float32(255)
        alpha = np.round(find_salient(rgb, self._open(fetched)) * 255).astype(np.uint8)
        if self._cache is not None:
            self._cache.store("salient", key, Message("salient", arrays={"alpha": alpha}))
        return alpha.astype(np.float32) / np.float32(255)

    def _open(self, fetched: Fetched) -> Net:
        isnet = fetched.weight is ISNET
        model = self._process.open(*fetched.paths, side=Net.ISNET_SIDE if isnet else None)
        return Net(model, isnet=isnet)
