"""HDR brought to SDR."""

from __future__ import annotations

import numpy as np
import pytest

from understudy.media.clip.hdr import is_hdr, to_sdr


def shown(transfer: int, *codes: tuple[float, float, float]) -> np.ndarray:
    signal = np.round(np.array([codes]) * 65535).astype(np.uint16)
    return to_sdr(signal, transfer)[0].astype(int)


def test_only_pq_and_hlg_are_hdr() -> None:
    assert [t for t in range(20) if is_hdr(t)] == [16, 18]


@pytest.mark.parametrize("transfer", [16, 18])
def test_more_signal_is_never_shown_darker(transfer: int) -> None:
    ramp = np.repeat(np.arange(0, 65536, 64, dtype=np.uint16)[None, :, None], 3, axis=2)
    grey = to_sdr(ramp, transfer)[0].astype(int)
    assert (np.diff(grey[:, 0]) >= 0).all()
    assert np.ptp(grey, axis=1).max() <= 1
    assert grey[0, 0] == 0
    assert grey[-1, 0] >= 254


def test_reference_white_is_bright_and_leaves_room_for_highlights() -> None:
    # BT.2408: 203 cd/m2 is 58 % PQ and 75 % HLG.
    pq, hlg = shown(16, (0.58,) * 3)[0, 0], shown(18, (0.75,) * 3)[0, 0]
    assert 215 <= pq <= 235
    assert abs(pq - hlg) <= 4


def test_hue_stays_in_highlights() -> None:
    red, green, blue = shown(16, (0.66, 0.6, 0.55))[0]
    assert red > green > blue
