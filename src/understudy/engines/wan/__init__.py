"""Wan's Animate models: generated video on a GPU."""

from understudy.engines.wan.animate.engine import WanAnimateEngine
from understudy.engines.wan.animate_2.engine import WanAnimate2Engine
from understudy.engines.wan.options import WanOptions

__all__ = ["WanAnimate2Engine", "WanAnimateEngine", "WanOptions"]
