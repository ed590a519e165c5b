"""Tone mapping: high dynamic range to what an ordinary display shows.

Transfer functions: Rec. ITU-R BT.2100-2 (PQ and HLG). Light is measured against reference white,
203 cd/m2 (Rep. ITU-R BT.2408). Highlights are compressed by the brightest component, so that hue
stays: linear up to a knee, then Reinhard's extended curve ("Photographic tone reproduction for
digital images", 2002), which meets the line with the same slope.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Transfer characteristics (ITU-T H.273).
_PQ = 16
_HLG = 18
_REFERENCE_WHITE = 203.0  # cd/m2
_PEAK = 1000.0  # cd/m2: HLG's nominal display, and the light that is compressed to white
_KNEE = 0.5  # of reference white: darker light stays as it is
_LEVELS = 4096  # entries of the tables: 12 bits
_HLG_GAMMA = 0.2  # HLG's system gamma at 1,000 cd/m2, 1.2, less the light itself
_DISPLAY_GAMMA = 2.2  # of an ordinary display
# BT.2020 primaries to BT.709 primaries, both D65 (Rec. ITU-R BT.2087).
_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    np.float32,
)
_LUMA_2020 = np.array([[0.2627, 0.6780, 0.0593]], np.float32)


def is_hdr(transfer: int) -> bool:
    """Whether a stream's transfer characteristic (ITU-T H.273) is PQ or HLG."""
    return transfer in (_PQ, _HLG)


def to_sdr(rgb: NDArray[np.uint16], transfer: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint16 full-range R'G'B' in BT.2020, PQ or HLG, to uint8 R'G'B' in BT.709."""
    light_of, encoded = _tables(transfer)
    light = light_of[rgb >> 4]
    if transfer == _HLG:
        # The display's gamma of 1.2 (BT.2100, table 5), on the scene's luminance.
        luma = cv2.transform(light, _LUMA_2020)
        light *= np.maximum(luma, 1e-6)[:, :, None] ** _HLG_GAMMA * np.float32(
            _PEAK / _REFERENCE_WHITE
        )
    brightest = np.maximum(light.max(axis=2), 1e-6)
    light *= (_compress(brightest) / brightest)[:, :, None]
    light = cv2.transform(light, _TO_709)
    # Indexed by the square root, which spreads the dark levels that an eye tells apart.
    index = np.sqrt(np.clip(light, 0, 1)) * (_LEVELS - 1) + 0.5
    return encoded[index.astype(np.int32)]


def _compress(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light relative to reference white, up to the peak, to 0..1."""
    room = 1 - _KNEE
    most = (_PEAK / _REFERENCE_WHITE - _KNEE) / room
    over = np.maximum(light - _KNEE, 0) / room
    curve = _KNEE + room * over * (1 + over / (most * most)) / (1 + over)
    return np.where(light > _KNEE, curve, light).astype(np.float32)


@lru_cache(2)
def _tables(transfer: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Light by 12-bit code (PQ: against white; HLG: scene 0..1), 8-bit code by sqrt of light."""
    signal = np.arange(_LEVELS) / (_LEVELS - 1)
    light = _pq_light(signal) if transfer == _PQ else _hlg_scene_light(signal)
    linear = (np.arange(_LEVELS) / (_LEVELS - 1)) ** 2
    encoded = np.round(255 * linear ** (1 / _DISPLAY_GAMMA)).astype(np.uint8)
    return light.astype(np.float32), encoded


def _pq_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = signal ** (1 / m2)
    nits = 10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return np.minimum(nits, _PEAK) / _REFERENCE_WHITE


def _hlg_scene_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    return np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
