"""Wan2.2-Animate-2: generated video on a GPU, from the picture and the raw clip."""

from understudy.engines.wan.engine import WanAnimate2Engine
from understudy.engines.wan.options import WanOptions

__all__ = ["WanAnimate2Engine", "WanOptions"]
