"""Generated video by SGLang diffusion servers elsewhere."""

from understudy.engines.sglang.engine import SGLangEngine
from understudy.engines.sglang.options import SGLangOptions

__all__ = ["SGLangEngine", "SGLangOptions"]
