"""Retargeting: a performance becomes the motion of a skeleton with its own proportions."""

from understudy.engines.puppet.retarget.motion import Motion
from understudy.engines.puppet.retarget.retarget import retarget

__all__ = ["Motion", "retarget"]
