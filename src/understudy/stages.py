"""The stages of a take up to the plan, each a function from values to a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from understudy.character.casting import cast
from understudy.character.character import Character
from understudy.engines import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Engine
from understudy.media import limits
from understudy.media.clip import Clip, open_clip
from understudy.media.decoding import count_frames
from understudy.media.limits import Mode, Orientation
from understudy.media.picture import Picture, PictureSource, open_picture
from understudy.performance.cache import user_cache
from understudy.performance.cached import survey_clip, track_clip
from understudy.performance.performance import Performance
from understudy.performance.survey import Survey
from understudy.performance.trackers import TrackerPool
from understudy.plan import Dropped, Plan, framing_warning, units_for

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
class Opened:
    """size, fps: of the output."""

    picture: Picture
    clip: Clip
    size: tuple[int, int]
    fps: Fraction


def open_inputs(picture: PictureSource, clip: Path, options: TakeOptions) -> Opened:
    """Open both. Raises InputRefused."""
    opened_clip = open_clip(clip, orientation=options.orientation)
    return with_sizes(open_for(picture, options), opened_clip, options)


def open_for(picture: PictureSource, options: TakeOptions) -> Picture:
    """Open a picture at the size that the output needs. Raises InputRefused."""
    return open_picture(picture, short_side=limits.OUTPUT_SHORT_SIDE[options.mode])


def with_sizes(picture: Picture, clip: Clip, options: TakeOptions) -> Opened:
    """What was opened, with what the output will be."""
    return Opened(
        picture=picture,
        clip=clip,
        size=limits.output_size(*picture.source_size, options.mode),
        fps=limits.output_fps(clip.fps),
    )


def look_through(engine: Engine, clip: Clip, pool: TrackerPool, cancelled: Cancelled) -> Survey:
    """Survey the clip as the engine needs it. Raises ClipUnusable, TakeCancelled."""
    return survey_clip(
        clip,
        cache=user_cache(),
        pool=pool,
        cancelled=cancelled,
        camera_may_move=engine.info.moving_camera,
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
    survey: Survey,
    pool: TrackerPool,
    *,
    on_share: Callable[[float], None],
    cancelled: Cancelled,
) -> Performance | None:
    """The driver's performance, where the engine needs one. Raises TakeCancelled."""
    if "track" not in engine.info.stages:
        return None
    return track_clip(
        opened.clip,
        cache=user_cache(),
        survey=survey,
        start=survey.start,
        end=survey.end,
        fps=opened.fps,
        pool=pool,
        on_progress=on_share,
        cancelled=cancelled,
    )


def make_plan(
    engine: Engine,
    options: TakeOptions,
    opened: Opened,
    survey: Survey,
    character: Character | None,
) -> Plan:
    """What the take will be made of."""
    frames = count_frames(opened.clip, start=survey.start, end=survey.end, fps=opened.fps)
    prompt = engine.read_prompt(options.prompt)
    picture_framing = survey.framing if character is None else character.traits.framing
    mismatch = framing_warning(picture_framing, survey.framing)
    model = MODELS.get(options.model)
    seconds = float(frames / opened.fps)
    return Plan(
        engine=engine.info.name,
        orientation=options.orientation,
        mode=options.mode,
        size=opened.size,
        fps=opened.fps,
        frames=frames,
        start=survey.start,
        end=survey.end,
        clip_duration=opened.clip.duration,
        dropped=tuple(Dropped(part.start, part.end, part.words) for part in survey.dropped),
        people=survey.people,
        driver_framing=survey.framing,
        picture_framing=picture_framing,
        sound=options.sound and opened.clip.has_sound,
        units=None if model is None else units_for(seconds, model.units[options.mode]),
        understood=prompt.understood,
        left_out=prompt.left_out,
        warnings=(
            *survey.warnings,
            *(() if character is None else character.warnings),
            *(() if mismatch is None else (mismatch,)),
        ),
    )
