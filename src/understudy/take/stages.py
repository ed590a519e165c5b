"""The stages of a take up to the plan, each a function from values to a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from understudy.cache import user_cache
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.elements.element import FIELD as ELEMENT_FIELD
from understudy.elements.element import Element, ElementSource, open_element
from understudy.engines import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Engine
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.clip import Clip, count_frames, open_clip
from understudy.media.limits import Mode, Orientation
from understudy.media.picture import Picture, PictureSource, open_picture
from understudy.take.plan import Dropped, Plan, framing_warning, units_for
from understudy.tracking.cached import analyze_scene, track_clip
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.trackers import TrackerPool

Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TakeOptions:
    """What a user may choose.

    model: the wire contract's model name, which sets the price. Raises InputRefused for a prompt
    that is too long.
    """

    orientation: Orientation = "video"
    mode: Mode = "std"
    prompt: str = ""
    sound: bool = True
    watermark: bool = False
    engine: str = DEFAULT_ENGINE
    model: str = DEFAULT_MODEL

    def __post_init__(self) -> None:
        limits.check_prompt(self.prompt)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was given to a take: a picture, an element, or both; the clip."""

    picture: Picture | None
    clip: Clip
    element: Element | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """size, fps: of the output."""

    picture: Picture
    clip: Clip
    size: tuple[int, int]
    fps: Fraction


def open_inputs(
    picture: PictureSource | None,
    clip: Path,
    options: TakeOptions,
    element: ElementSource | None,
    picture_max_bytes: int,
) -> Inputs:
    """Open all of them. Raises InputRefused."""
    check_given(picture, options, element)
    return Inputs(
        clip=open_clip(clip, orientation=options.orientation),
        picture=None if picture is None else open_for(picture, options, picture_max_bytes),
        element=None if element is None else open_element(element, options.mode),
    )


def check_given(
    picture: PictureSource | None, options: TakeOptions, element: ElementSource | None
) -> None:
    """Refuse neither a picture nor an element, and an element under another orientation than
    `video`; raises InputRefused."""
    if picture is None and element is None:
        raise InputRefused(
            limits.PICTURE_FIELD, found="nothing is given", allowed="give a picture or an element"
        )
    if element is not None and options.orientation != "video":
        raise InputRefused(
            ELEMENT_FIELD,
            found=f"the orientation is '{options.orientation}'",
            allowed="with an element only 'video' is allowed",
        )


def open_for(picture: PictureSource, options: TakeOptions, max_bytes: int) -> Picture:
    """Open a picture of at most `max_bytes` at the size that the output needs.

    Raises InputRefused.
    """
    side = limits.OUTPUT_SHORT_SIDE[options.mode]
    return open_picture(picture, short_side=side, max_bytes=max_bytes)


def with_sizes(picture: Picture, clip: Clip, options: TakeOptions) -> Opened:
    """What was opened, with what the output will be."""
    return Opened(
        picture=picture,
        clip=clip,
        size=limits.output_size(*picture.source_size, options.mode),
        fps=limits.output_fps(clip.fps),
    )


def look_through(
    engine: Engine,
    clip: Clip,
    pool: TrackerPool,
    cancelled: Cancelled,
    on_cached: Callable[[], None] | None = None,
) -> SceneAnalysis:
    """Analyze the clip's scene as the engine needs it; on_cached: called when it was cached.

    Raises ClipUnusable, TakeCancelled.
    """
    return analyze_scene(
        clip,
        cache=user_cache(),
        pool=pool,
        cancelled=cancelled,
        camera_may_move=engine.info.moving_camera,
        on_cached=on_cached,
    )


def cast_picture(engine: Engine, picture: Picture, options: TakeOptions) -> Character | None:
    """The character, where the engine needs one. Raises InputRefused."""
    if "cast" not in engine.info.stages:
        return None
    size = limits.output_size(*picture.source_size, options.mode)
    return cast(picture, size, cache=user_cache())


def follow_driver(
    engine: Engine,
    opened: Opened,
    scene: SceneAnalysis,
    pool: TrackerPool,
    *,
    on_share: Callable[[float], None],
    cancelled: Cancelled,
    on_cached: Callable[[], None] | None = None,
) -> Performance | None:
    """The driver's performance, where the engine needs one; on_cached: called when it was cached.

    Raises TakeCancelled.
    """
    if "track" not in engine.info.stages:
        return None
    return track_clip(
        opened.clip,
        cache=user_cache(),
        scene=scene,
        start=scene.start,
        end=scene.end,
        fps=opened.fps,
        pool=pool,
        on_progress=on_share,
        cancelled=cancelled,
        on_cached=on_cached,
    )


def what_is_dropped(scene: SceneAnalysis) -> tuple[Dropped, ...]:
    """The parts of the clip that a take leaves out, and why."""
    return tuple(Dropped(part.start, part.end, part.words) for part in scene.dropped)


def make_plan(
    engine: Engine,
    options: TakeOptions,
    opened: Opened,
    scene: SceneAnalysis,
    character: Character | None,
    notes: tuple[str, ...] = (),
) -> Plan:
    """What the take will be made of. notes: on the element."""
    frames = count_frames(opened.clip, start=scene.start, end=scene.end, fps=opened.fps)
    prompt = engine.read_prompt(options.prompt)
    picture_framing = scene.framing if character is None else character.traits.framing
    mismatch = framing_warning(picture_framing, scene.framing)
    model = MODELS.get(options.model)
    seconds = float(frames / opened.fps)
    return Plan(
        engine=engine.info.name,
        orientation=options.orientation,
        mode=options.mode,
        size=opened.size,
        fps=opened.fps,
        frames=frames,
        start=scene.start,
        end=scene.end,
        clip_duration=opened.clip.duration,
        dropped=what_is_dropped(scene),
        people=scene.people,
        driver_framing=scene.framing,
        picture_framing=picture_framing,
        sound=options.sound and opened.clip.has_sound,
        units=None if model is None else units_for(seconds, model.units[options.mode]),
        understood=prompt.understood,
        left_out=prompt.left_out,
        element=notes,
        warnings=(
            *scene.warnings,
            *(() if character is None else character.warnings),
            *(() if mismatch is None else (mismatch,)),
        ),
    )
