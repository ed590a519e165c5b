"""Frames as the tensors that pipelines take and return."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from understudy.engines.wan.letterbox import Image


def to_tensor(frames: list[Image]) -> Any:
    """n frames (H, W, 3) in 0..1 → (1, 3, n, H, W) in -1..1."""
    stacked = torch.from_numpy(np.ascontiguousarray(np.stack(frames)))
    return (stacked * 2 - 1).permute(3, 0, 1, 2)[None]


def to_images(video: Any) -> list[Image]:
    """(3, n, H, W) in -1..1 → n frames (H, W, 3) in 0..1."""
    return [
        ((frame.float() + 1) / 2).clamp(0, 1).permute(1, 2, 0).contiguous().cpu().numpy()
        for frame in video.unbind(1)
    ]
