"""The plan: what a take will be made of, known before anything is rendered or paid for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from understudy.engines.capabilities import MODELS, units_for
from understudy.geometry.framing import Framing
from understudy.media import limits
from understudy.media.limits import Mode, Orientation
from understudy.take.backgrounds import CLIP
from understudy.take.options import ELEMENT_TURNS, TakeRequest, orientation_taken

if TYPE_CHECKING:  # They load numpy and codecs, which the service reads plans without.
    from understudy.character.character import Character
    from understudy.engines import Engine, EngineInfo
    from understudy.media.clip import Clip
    from understudy.media.picture import Picture
    from understudy.tracking.formats.motion_file import MotionFile
    from understudy.tracking.scene.analysis import SceneAnalysis


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of the clip that the take does not use, in seconds of the clip, and why."""

    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a take will be made of.

    engine: the engine's name. orientation: that the take has; mode: as requested.
    size: (width, height) of the output in pixels; fps: frames per second; frames: their number;
    duration: seconds.
    start, end: the run of the clip that is used, in seconds of the clip.
    clip_duration: seconds.
    dropped: the rest of the clip, with reasons.
    people: how many people the clip shows at once at most.
    driver_framing, picture_framing: how much of the driver and of the character is in view.
    sound: the clip's sound goes into the output.
    units: what the take costs, a decimal number; null for a model without a price.
    understood, left_out: the parts of the prompt that the engine acts on, and those it ignores.
    element: what the element's pictures are used for, sentences for a person.
    warnings: sentences for a person.
    """

    engine: str
    orientation: Orientation
    mode: Mode
    size: tuple[int, int]
    fps: float
    frames: int
    duration: float
    start: float
    end: float
    clip_duration: float
    dropped: tuple[Dropped, ...]
    people: int
    driver_framing: Framing
    picture_framing: Framing
    sound: bool
    units: str | None
    understood: tuple[str, ...]
    left_out: tuple[str, ...]
    element: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """What the output's frames are: (width, height) in pixels, and the exact rate."""

    size: limits.Size
    fps: Fraction

    @classmethod
    def of(
        cls, picture: Picture, clip: Clip | MotionFile, request: TakeRequest, engine: EngineInfo
    ) -> OutputFormat:
        """The aspect of the picture, or of the clip where that is the scene, at the size of the
        mode; the clip's rate, at most 30 and at most the engine's."""
        fps = limits.output_fps(clip.fps)
        shape = clip.size if request.background == CLIP else picture.source_size
        return cls(
            size=limits.output_size(*shape, request.mode),
            fps=fps if engine.max_fps is None else min(fps, Fraction(engine.max_fps)),
        )


def make_plan(  # noqa: PLR0913 - one for each thing that the plan sums up
    engine: Engine,
    request: TakeRequest,
    output: OutputFormat,
    clip: Clip | MotionFile,
    scene: SceneAnalysis,
    character: Character | None,
    notes: tuple[str, ...],
    element: bool,
) -> Plan:
    """What the take will be made of. notes: what the element's pictures are used for, if there is
    an element.
    """
    from understudy.media.clip import count_frames
    from understudy.take.driver import carries_camera

    wants_sound = request.sound and clip.has_sound
    has_sound = wants_sound and is_sound_readable(clip, scene.start, scene.end)
    frames = count_frames(clip, start=scene.start, end=scene.end, fps=output.fps)
    duration = round(float(frames / output.fps), 3)
    prompt = engine.read_prompt(request.prompt)
    picture_framing = scene.framing if character is None else character.traits.framing
    mismatch = framing_warning(picture_framing, scene.framing)
    model = MODELS.get(request.model)
    orientation = orientation_taken(request.orientation, element=element)
    return Plan(
        engine=engine.info.name,
        orientation=orientation,
        mode=request.mode,
        size=output.size,
        fps=round(float(output.fps), 6),
        frames=frames,
        duration=duration,
        start=scene.start,
        end=scene.end,
        clip_duration=clip.duration,
        dropped=dropped_parts(scene),
        people=scene.people,
        driver_framing=scene.framing,
        picture_framing=picture_framing,
        sound=has_sound,
        units=None if model is None else str(units_for(duration, model.units[request.mode])),
        understood=prompt.understood,
        left_out=prompt.left_out,
        element=notes,
        warnings=(
            *(() if orientation == request.orientation else (ELEMENT_TURNS,)),
            *scene.warnings,
            *(() if character is None else character.warnings),
            *(() if mismatch is None else (mismatch,)),
            *((SOUND_LEFT_OUT,) if wants_sound and not has_sound else ()),
            *((_camera_note(clip),) if carries_camera(request, engine) else ()),
        ),
    )


def _camera_note(clip: Clip | MotionFile) -> str:
    from understudy.media.clip import Clip

    if not isinstance(clip, Clip):
        return "Motion from a file has no camera: that of the video stands still."
    return (
        "Where the clip's camera moves, the video's moves with it, as far as the picture has "
        "background for it."
    )


SOUND_LEFT_OUT = "The clip's sound cannot be read: the video has none."


def is_sound_readable(clip: Clip | MotionFile, start: float, end: float) -> bool:
    """Whether the sound of a run, seconds of the clip, can go into the output."""
    from understudy.media.clip import Clip
    from understudy.media.output.sound import SoundSource, probe_sound

    if not isinstance(clip, Clip):
        return False
    return probe_sound(SoundSource(clip.path, start, end)) != "unreadable"


def dropped_parts(scene: SceneAnalysis) -> tuple[Dropped, ...]:
    """The parts of the clip that a take does not use, and why."""
    return tuple(Dropped(part.start, part.end, part.words) for part in scene.dropped)


def framing_warning(picture: Framing, driver: Framing) -> str | None:
    """A sentence when the picture and the clip show different amounts of the body, else None."""
    legs_in_picture, legs_in_clip = (framing in _WITH_LEGS for framing in (picture, driver))
    if legs_in_clip and not legs_in_picture:
        return (
            "The clip shows the whole body, the picture only the upper part of the character: the "
            "motion of the legs is left out. Use a picture of the whole figure to show it."
        )
    if legs_in_picture and not legs_in_clip:
        return (
            "The picture shows the whole figure, the clip only the driver's upper body: the legs "
            "keep their pose from the picture."
        )
    return None


# The framings that show enough of the legs to move them.
_WITH_LEGS: frozenset[Framing] = frozenset({"knees", "whole_body"})
