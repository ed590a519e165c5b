"""Retargeting: a performance becomes the motion of a skeleton with its own proportions."""

from understudy.engines.puppet.retarget.motion import Motion
from understudy.engines.puppet.retarget.retarget import figure_scale, retarget

__all__ = ["Motion", "figure_scale", "retarget"]
