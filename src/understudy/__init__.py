"""Self-hosted motion control: a picture of a character performs the motion of a person in a video.

The library's face: `animate` makes the video, `inspect` says what it would be, `track` gives the
driver's motion as data. Importing this loads nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.elements.element import ElementSource
    from understudy.media.limits import Mode, Orientation
    from understudy.take.plan import Plan
    from understudy.take.progress import OnProgress
    from understudy.take.report import Report
    from understudy.tracking.performance import Performance

__all__ = ["__version__", "animate", "inspect", "track"]

__version__ = "0.1.0"


def animate(
    picture: Path | str | bytes | None,
    clip: Path | str,
    out: Path | str,
    *,
    element: Sequence[Path | str | bytes] = (),
    orientation: Orientation = "video",
    mode: Mode = "std",
    prompt: str = "",
    sound: bool = True,
    watermark: bool = False,
    engine: str = "puppet",
    compare: Path | str | None = None,
    measure_fidelity: bool = False,
    on_progress: OnProgress | None = None,
) -> Report:
    """Make the character of a picture perform the motion of the person in a clip.

    picture: a JPEG or PNG, its path or its bytes. clip: the path of an MP4 or MOV. out: the path of
    the MP4 to write, which appears when it is complete. element: more pictures of the character,
    the frontal one first, or one clip of it; then the picture may be None. orientation: `video`
    follows the driver's facing, `image` keeps the picture's. mode: `std` 720, `pro` 1080 px on the
    short side. prompt: camera wording, such as "slow zoom in". compare: where to write clip and
    result side by side. measure_fidelity: track the result, too, and report how well it follows.

    Raises `understudy.errors.InputRefused` for a picture, element or clip that cannot be used.
    """
    from understudy.take.run import TakeOptions, run_take

    return run_take(
        _source(picture),
        Path(clip),
        TakeOptions(
            orientation=orientation,
            mode=mode,
            prompt=prompt,
            sound=sound,
            watermark=watermark,
            engine=engine,
        ),
        Path(out),
        element=_element(element),
        compare=None if compare is None else Path(compare),
        measure_fidelity=measure_fidelity,
        on_progress=on_progress,
    )


def inspect(
    picture: Path | str | bytes | None,
    clip: Path | str,
    *,
    element: Sequence[Path | str | bytes] = (),
    orientation: Orientation = "video",
    mode: Mode = "std",
    prompt: str = "",
    sound: bool = True,
    engine: str = "puppet",
) -> Plan:
    """What `animate` would make of a picture and a clip.

    Raises `understudy.errors.InputRefused` for a picture or clip that cannot be used.
    """
    from understudy.take.run import TakeOptions, inspect_take

    options = TakeOptions(
        orientation=orientation, mode=mode, prompt=prompt, sound=sound, engine=engine
    )
    return inspect_take(_source(picture), Path(clip), options, element=_element(element))


def track(clip: Path | str) -> Performance:
    """The motion of the person in a clip, in the longest usable run of it.

    Raises `understudy.errors.InputRefused` for a clip that cannot be used.
    """
    from understudy.media.clip import open_clip
    from understudy.tracking.scene.analysis import analyze_scene
    from understudy.tracking.track import track_clip

    opened = open_clip(Path(clip), orientation="video")
    return track_clip(opened, scene=analyze_scene(opened))


def _source(picture: Path | str | bytes | None) -> Path | bytes | None:
    return picture if picture is None or isinstance(picture, bytes) else Path(picture)


def _element(files: Sequence[Path | str | bytes]) -> ElementSource | None:
    from understudy.elements.element import element_from_files

    return element_from_files([file if isinstance(file, bytes) else Path(file) for file in files])
