"""What figures of generated video were measured on."""

from __future__ import annotations

import os
import platform
from typing import Any

import diffusers
import torch
import transformers

from understudy.cores import usable_cores
from understudy.engines.wan.stage_meter import GIB


def describe_machine(device: str) -> dict[str, Any]:
    """Card, processors, memory in GiB, versions."""
    card = {}
    if device == "cuda":
        properties = torch.cuda.get_device_properties(0)
        card = {"card": properties.name, "card_gib": round(properties.total_memory / GIB, 1)}
    return {
        **card,
        "processors": usable_cores(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB, 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
    }
