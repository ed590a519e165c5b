"""The quality of takes and of reenactments, as lines of tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bench.fidelity import measure_fidelity
from bench.self_reenactment import character_of_frame, first_clear_frame, score
from bench.takes import MeasuredTake
from understudy.character.cast import cast
from understudy.engines import DEFAULT_ENGINE, load_engine
from understudy.media.clip import open_clip
from understudy.media.limits import OUTPUT_SHORT_SIDE, output_size
from understudy.media.picture import open_picture
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.track import track_clip

Row = dict[str, str | float | None]


def judge_take(take: MeasuredTake) -> Row:
    """How faithful the video of a take is: a line of the table of fidelity."""
    picture = open_picture(take.pair.picture, short_side=OUTPUT_SHORT_SIDE["std"])
    character = cast(picture, output_size(*picture.source_size, "std"))
    found = measure_fidelity(
        take.video, character, _performance(take.pair.clip), take.pair.orientation
    )
    return {
        "take": take.pair.name,
        "pose error": found.pose_error,
        "PCK@0.1": found.pck,
        "jitter": found.jitter,
        "driver's": found.driver_jitter,
        "flicker": found.flicker,
        "foot skate": found.skate,
        "driver's ": found.driver_skate,
    }


def reenact(path: Path) -> Row:
    """A clip performed by its own first clear frame: a line of the table of reenactment."""
    clip = open_clip(path, orientation="video")
    scene = analyze_scene(clip)
    performance = track_clip(clip, scene=scene, start=0.0, end=clip.duration, fps=clip.fps)
    frame = first_clear_frame(performance)
    character = character_of_frame(clip, frame)
    result = score(load_engine(DEFAULT_ENGINE), clip, character, performance, frame)
    return {
        "clip": path.stem,
        "PSNR dB": result.engine.psnr,
        "still ": result.still.psnr,
        "SSIM": result.engine.ssim,
        "still  ": result.still.ssim,
        "L1": result.engine.l1,
        "still   ": result.still.l1,
    }


@cache
def _performance(path: Path) -> Performance:
    """What a take makes of a clip: the usable run at the output's rate."""
    clip = open_clip(path, orientation="video")
    return track_clip(clip, scene=analyze_scene(clip))
