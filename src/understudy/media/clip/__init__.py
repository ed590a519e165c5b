"""Opening a clip and reading its frames."""

from understudy.media.clip.decode import count_frames, read_frames
from understudy.media.clip.open import Clip, open_clip

__all__ = ["Clip", "count_frames", "open_clip", "read_frames"]
