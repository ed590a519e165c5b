"""The puppet: a layered cut-out of the picture on a skeleton, drawn on the CPU."""

from understudy.engines.puppet.engine import PuppetEngine

__all__ = ["PuppetEngine"]
