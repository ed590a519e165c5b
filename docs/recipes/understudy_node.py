"""A ComfyUI node that animates a picture by a video on an Understudy server."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from understudy_client import Client, Progress


def animate(picture: Any, clip: Path, output: Path, on_percent: Any = None, **options: Any) -> Path:
    """Animate a picture, (height, width, 3) floats from 0 to 1, by a clip; the video's path."""
    pixels = np.clip(np.asarray(picture) * 255 + 0.5, 0, 255).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")

    def tell(progress: Progress) -> None:
        if on_percent is not None and progress.percent is not None:
            on_percent(progress.percent)

    with Client() as client:
        client.animate(png.getvalue(), clip, output=output, progress=tell, **options)
    return output


class UnderstudyAnimate:
    """The node; ComfyUI reads these names."""

    CATEGORY = "video/understudy"
    FUNCTION = "run"
    RETURN_TYPES = ("VIDEO",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        return {
            "required": {
                "picture": ("IMAGE",),
                "clip": ("VIDEO",),
                "orientation": (["video", "image"],),
                "mode": (["std", "pro"],),
            },
            "optional": {
                "prompt": ("STRING", {"default": "", "multiline": True}),
                "sound": ("BOOLEAN", {"default": True}),
            },
        }

    def run(self, picture: Any, clip: Any, prompt: str = "", **options: Any) -> tuple[Any]:
        import comfy.utils
        import folder_paths
        from comfy_api.input_impl import VideoFromFile

        bar = comfy.utils.ProgressBar(100)
        if prompt.strip():
            options["prompt"] = prompt.strip()
        folder = Path(tempfile.mkdtemp(prefix="understudy-", dir=folder_paths.get_temp_directory()))
        source = folder / "clip.mp4"
        clip.save_to(str(source))
        output = animate(
            picture[0].cpu(), source, folder / "out.mp4", bar.update_absolute, **options
        )
        return (VideoFromFile(str(output)),)


NODE_CLASS_MAPPINGS = {"UnderstudyAnimate": UnderstudyAnimate}
NODE_DISPLAY_NAME_MAPPINGS = {"UnderstudyAnimate": "Understudy: animate"}
