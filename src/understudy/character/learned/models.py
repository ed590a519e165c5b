"""The learned models of casting: opened on first use, closed when casting ends."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.figure.anatomy import Anatomy
from understudy.character.image.masks import Box
from understudy.character.learned.arm_masks import ArmMask, ArmMasks, find_arm_masks
from understudy.character.learned.salient import Net, find_salient
from understudy.character.learned.segmenter import Found, Prompt, Segmenter
from understudy.character.serialization import casting_version
from understudy.geometry.landmarks import Float32
from understudy.processes.messages import Message
from understudy.weights import ISNET, MOBILE_SAM, U2NETP, Fetched, find
from understudy.weights.inference import InferenceProcess

_SALIENT = (ISNET, U2NETP)


def learned_version() -> list[str]:
    """Which weights casting uses on this machine: part of what a cached character depends on."""
    salient = [found for weight in _SALIENT if (found := find(weight)) is not None]
    segmenter = find(MOBILE_SAM)
    used = [*salient[:1], *([] if segmenter is None else [segmenter])]
    return [f"{found.weight.name} {found.edition.name}" for found in used]


class LearnedModels:
    """The models whose weights are on this machine, in one process of their own.

    A context manager. Every method answers None where its weights are missing.
    """

    def __init__(self, cache: Cache | None, process: InferenceProcess | None = None) -> None:
        """cache: where answers are kept; None keeps nothing. process: that the models run in, which
        goes on when casting ends; without it one is started."""
        self._cache = cache
        self._process = InferenceProcess() if process is None else process
        self._is_own = process is None
        self._expected = False
        self._begun: tuple[NDArray[np.uint8], Net] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_own:
            self._process.close()

    def salient(
        self, rgb: NDArray[np.uint8], view: Box | None = None, *, both_ways: bool = False
    ) -> Float32 | None:
        """The matte of what stands out in a picture: (h, w) float32 in 0..1, None without weights.

        rgb: (h, w, 3) uint8 sRGB. view: the box of it that is looked at; all if None. both_ways:
        see `find_salient`.
        """
        if view is not None:
            seen = self._salient(np.ascontiguousarray(rgb[view]), both_ways)
            if seen is None:
                return None
            alpha = np.zeros(rgb.shape[:2], np.float32)
            alpha[view] = seen
            return alpha
        return self._salient(rgb, both_ways)

    def expect_salient(self, rgb: NDArray[np.uint8]) -> None:
        """Begin to open the net that `salient` will need, unless the answer is remembered."""
        fetched = find(ISNET) or find(U2NETP)
        if fetched is None:
            return
        key = _salient_key(fetched, rgb, both_ways=False)
        if self._cache is None or self._cache.load("salient", key) is None:
            self._process.begin_to_open(*fetched.paths, side=_side_of(fetched))
            self._expected = True

    def begin_salient(self, rgb: NDArray[np.uint8]) -> None:
        """Begin the look that `salient` will ask for, if its net is expected."""
        fetched = find(ISNET) or find(U2NETP)
        if fetched is not None and self._expected:
            net = self._open(fetched)
            net.begin(rgb)
            self._begun = rgb, net

    def _salient(self, rgb: NDArray[np.uint8], both_ways: bool) -> Float32 | None:
        fetched = find(ISNET) or find(U2NETP)
        if fetched is None:
            return None
        key = _salient_key(fetched, rgb, both_ways=both_ways)
        record = None if self._cache is None else self._cache.load("salient", key)
        if record is not None:
            return np.asarray(record.arrays["alpha"], np.float32) / np.float32(255)
        begun, self._begun = self._begun, None
        is_begun = begun is not None and begun[0] is rgb and begun[1].model.has_begun
        net = begun[1] if begun is not None and is_begun else self._open(fetched)
        seen = find_salient(rgb, net, both_ways=both_ways, begun=is_begun)
        alpha = np.round(seen * 255).astype(np.uint8)
        net.model.close()
        if self._cache is not None:
            self._cache.store("salient", key, Message("salient", arrays={"alpha": alpha}))
        return alpha.astype(np.float32) / np.float32(255)

    def arms(self, rgb: NDArray[np.uint8], anatomy: Anatomy, seen: tuple[bool, bool]) -> ArmMasks:
        """The masks of the left and the right arm; None for one that is not seen, or both without
        weights.

        rgb: (h, w, 3) uint8 sRGB. anatomy: in its pixels.
        """
        fetched = find(MOBILE_SAM)
        if fetched is None or not any(seen):
            return None, None
        shape = np.concatenate([anatomy.joints, anatomy.face_centre[None]])
        shape = np.concatenate([shape, *(arm.hand[None] for arm in anatomy.arms)])
        key = {
            "model": [fetched.weight.name, fetched.edition.name, casting_version()],
            "picture": hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest(),
            "shape": list(rgb.shape),
            "joints": hashlib.sha256(np.round(shape, 3).tobytes()).hexdigest(),
            "seen": list(seen),
        }
        record = None if self._cache is None else self._cache.load("arm masks", key)
        if record is None:
            encoder, decoder = _encoder_and_decoder(fetched)
            opened = self._process.open(encoder), self._process.open(decoder)
            record = _record(find_arm_masks(rgb, anatomy, seen, *opened))
            for model in opened:
                model.close()
            if self._cache is not None:
                self._cache.store("arm masks", key, record)
        return _arm_mask(record, 0), _arm_mask(record, 1)

    def piece(self, rgb: NDArray[np.uint8], prompt: Prompt) -> Found | None:
        """The part of a picture that a prompt means; None without weights. See `pieces`."""
        found = self.pieces(rgb, prompt)
        return None if found is None else found[0]

    def pieces(self, rgb: NDArray[np.uint8], *prompts: Prompt) -> tuple[Found, ...] | None:
        """The part of a picture that each prompt means; None without weights.

        rgb: (h, w, 3) uint8 sRGB. prompts: in its pixels.
        """
        fetched = find(MOBILE_SAM)
        if fetched is None:
            return None
        opened = tuple(self._process.open(path) for path in _encoder_and_decoder(fetched))
        segmenter = Segmenter(rgb, *opened)
        found = tuple(segmenter.find(prompt) for prompt in prompts)
        for model in opened:
            model.close()
        return found

    def _open(self, fetched: Fetched) -> Net:
        model = self._process.open(*fetched.paths, side=_side_of(fetched))
        return Net(model, isnet=fetched.weight is ISNET)


def _side_of(fetched: Fetched) -> int | None:
    """Pixels of the square that a net is opened for, None for its own."""
    return Net.ISNET_SIDE if fetched.weight is ISNET else None


def _salient_key(fetched: Fetched, rgb: NDArray[np.uint8], *, both_ways: bool) -> dict[str, object]:
    """What an answer of `LearnedModels.salient` is remembered by."""
    return {
        "net": [fetched.weight.name, fetched.edition.name],
        "picture": hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest(),
        "shape": list(rgb.shape),
        "both ways": both_ways,
    }


def _encoder_and_decoder(fetched: Fetched) -> tuple[Path, Path]:
    encoder, decoder = (
        next(path for path in fetched.paths if path.stem == stem) for stem in ("encoder", "decoder")
    )
    return encoder, decoder


def _record(masks: ArmMasks) -> Message:
    """Masks in the form in which they are kept: likelihoods in 255ths."""
    values, arrays = {}, {}
    for side, mask in enumerate(masks):
        if mask is not None:
            values[str(side)] = mask.confidence
            arrays[str(side)] = np.round(mask.likely * 255).astype(np.uint8)
    return Message("arm masks", values, arrays)


def _arm_mask(record: Message, side: int) -> ArmMask | None:
    likely = record.arrays.get(str(side))
    if likely is None:
        return None
    return ArmMask(likely.astype(np.float32) / np.float32(255), float(record.values[str(side)]))
