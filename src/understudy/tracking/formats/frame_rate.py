"""The frame rate of a performance."""

from __future__ import annotations

from fractions import Fraction

from understudy.tracking.performance import Performance

_MAX_DENOMINATOR = 1001
"""Of a rate: that of NTSC's."""


def frame_rate(performance: Performance) -> Fraction:
    """The frames of a performance in a second."""
    if len(performance) < 2:
        return Fraction(1)
    seconds = float(performance.times[-1] - performance.times[0])
    return Fraction((len(performance) - 1) / seconds).limit_denominator(_MAX_DENOMINATOR)
