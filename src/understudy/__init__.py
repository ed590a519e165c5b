"""Self-hosted motion control: a picture of a character performs the motion of a person in a video.

The library's face: `animate` makes the video, `inspect` says beforehand what it would be, `track`
gives the driver's motion as data, `cast` the character as files to edit. Importing this loads
nothing else.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from understudy.character.character import Character
    from understudy.character.corrections import Corrections
    from understudy.media.limits import Mode
    from understudy.take.findings import Findings
    from understudy.take.options import TakeMedia, TakeOptions
    from understudy.take.progress import OnProgress
    from understudy.take.report import Report
    from understudy.tracking.performance import Performance

__all__ = ["__version__", "animate", "cast", "inspect", "track"]

__version__ = "0.1.0"


def animate(  # noqa: PLR0913 - independent keyword options
    picture: Path | str | bytes | None,
    clip: Path | str,
    out: Path | str,
    *,
    element: Sequence[Path | str | bytes] = (),
    background: str | Path = "keep",
    compare: Path | str | None = None,
    measure_fidelity: bool = False,
    judge: bool = False,
    on_progress: OnProgress | None = None,
    **options: Unpack[TakeOptions],
) -> Report:
    """Make the character of a picture perform the motion of the person in a clip.

    picture: a JPEG or PNG, its path or its bytes, or a character's folder or PSD. clip: the path of
    an MP4 or MOV, or of motion: an NPZ of `track`, BVH, OpenPose JSON. out: the path of the video
    to write (.mp4, .webm, .mov, .gif, .webp, or without an ending a folder of PNG files), which
    appears when it is complete. element: more pictures of the character, the frontal one first, or
    one clip of it; then the picture may be None. background: `keep`, `transparent`, a colour as CSS
    writes it, or as a `Path` another picture or clip. compare: where to write clip and result side
    by side. measure_fidelity: track the result, too, and report how well it follows. judge: judge
    the result as `understudy judge` does; the report carries the numbers.

    options: `orientation` ("video" follows the driver's facing, "image" keeps the picture's; with
    an element the driver's always holds), `mode` ("std" 720, "pro" 1080 px on the short side),
    `prompt` ("slow zoom in"), `strength`, `smoothing`, `loop` and all others of
    `understudy.take.options.TakeOptions`.

    Raises `understudy.errors.InputRefused` for a picture, element, clip or option that cannot be
    used.
    """
    from understudy.media.output.encodings import output_name
    from understudy.take.backgrounds import FILE
    from understudy.take.options import TakeRequest
    from understudy.take.outputs import Outputs
    from understudy.take.run import run_take

    behind = background if isinstance(background, Path) else None
    request = TakeRequest(
        background=FILE if behind is not None else str(background),
        format=output_name(Path(out).suffix),
        **options,
    )
    media = replace(_media(picture, clip, element), background=behind)
    return run_take(
        media,
        request,
        Outputs(video=Path(out), compare=None if compare is None else Path(compare)),
        measure_fidelity=measure_fidelity,
        judge=judge,
        on_progress=on_progress,
    )


def inspect(
    picture: Path | str | bytes | None,
    clip: Path | str | None,
    *,
    element: Sequence[Path | str | bytes] = (),
    **options: Unpack[TakeOptions],
) -> Findings:
    """The plan of what `animate` would make, or every problem that prevents it.

    A picture or clip that is missing or cannot be used is a problem among the findings, and the
    other one is inspected all the same. options: those of `animate`. Raises
    `understudy.errors.InputRefused` for an option that is not allowed.
    """
    from understudy.take.inspect import inspect_take
    from understudy.take.options import TakeRequest

    return inspect_take(_media(picture, clip, element), TakeRequest(**options))


def track(clip: Path | str) -> Performance:
    """The motion of the person in a clip, in the longest usable run of it, or of a motion file.

    Raises `understudy.errors.InputRefused` for a clip that cannot be used.
    """
    from understudy.media.clip import open_clip
    from understudy.media.limits import OWN_CLIP_LIMITS
    from understudy.tracking.formats.motion_file import is_motion, open_motion
    from understudy.tracking.scene.analysis import analyze_scene
    from understudy.tracking.track import track_clip

    if is_motion(Path(clip)):
        return open_motion(Path(clip), max_seconds=math.inf).performance
    opened = open_clip(Path(clip), bounds=OWN_CLIP_LIMITS)
    return track_clip(opened, scene=analyze_scene(opened))


def cast(
    picture: Path | str | bytes,
    folder: Path | str | None = None,
    *,
    mode: Mode = "std",
    corrections: Corrections | None = None,
) -> Character:
    """Make the character of a picture ready to move and, with `folder`, write it as files to edit.

    picture: as for `animate`. folder: the folder to write, which `animate` takes as a picture; it
    must be new or empty. A name that ends in .psd is a file of layers. mode: the size to cast for.
    corrections: what is known of the picture.

    Raises `understudy.errors.InputRefused` for what cannot be used.
    """
    from understudy.take.casting.cast import cast_picture

    target = None if folder is None else Path(folder)
    return cast_picture(_file(picture), target, mode=mode, corrections=corrections)


def _media(
    picture: Path | str | bytes | None,
    clip: Path | str | None,
    element: Sequence[Path | str | bytes],
) -> TakeMedia:
    from understudy.media.limits import OWN_CLIP_MAX_SECONDS
    from understudy.take.options import TakeMedia

    media = TakeMedia(
        picture=None if picture is None else _file(picture),
        element=tuple(map(_file, element)),
        clip_max_seconds=OWN_CLIP_MAX_SECONDS,
    )
    return media if clip is None else media.driven_by(Path(clip))


def _file(given: Path | str | bytes) -> Path | bytes:
    return given if isinstance(given, bytes) else Path(given)
