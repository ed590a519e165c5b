"""Retargeting: a performance becomes the motion of a skeleton with its own proportions."""

from understudy.performance.retargeting.motion import Motion
from understudy.performance.retargeting.retarget import retarget

__all__ = ["Motion", "retarget"]
