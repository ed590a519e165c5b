"""The engine interface: what a take gives an engine, and the frames it gets back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from understudy.media.limits import Mode, Orientation

if TYPE_CHECKING:  # These load numpy and codecs, which reading the capability map must not.
    import numpy as np
    from numpy.typing import NDArray

    from understudy.character.character import Character
    from understudy.geometry.landmarks import Aspect
    from understudy.geometry.skeleton import Side
    from understudy.media.clip import Clip
    from understudy.media.picture import Picture
    from understudy.tracking.clip_camera import ClipCamera
    from understudy.tracking.performance import Performance

Material = Literal["picture", "clip", "performance", "skeleton_video", "character"]
Stage = Literal["track", "cast", "retarget", "render"]
Pixels = Literal["i420", "rgb"]

OnProgress = Callable[[Stage, float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNeeds:
    """What one take by an engine occupies on the machine of a cluster that runs it.

    cpus: cores. gpus: cards, or a share of one. memory_mb: main memory that must be free for it, 0
    to reserve none. accelerator: the card's type as Ray names it, such as `H100`; None for any.
    resident: its models take so long to load that they are kept for the next take. spreads: one
    long take may use several such places at once (`DrawsRanges`).
    """

    cpus: float = 1.0
    gpus: float = 0.0
    memory_mb: int = 0
    accelerator: str | None = None
    resident: bool = False
    spreads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What a take must know about an engine before running it.

    inputs: the materials the engine needs; a take prepares only these.
    stages: the stages between inspecting and finishing that it needs; the engine itself reports
        progress for `retarget` and `render`.
    pixels: the format of its frames: `i420` planes (H * 3 / 2, W) uint8, BT.709 limited, or `rgb`
        (H, W, 3) uint8.
    whole_prompt: it uses the whole prompt, not only what `read_prompt` understands.
    moving_camera: it can follow a clip whose camera moves.
    max_fps: the most frames per second that it makes, None where it makes any number.
    needs: what a take occupies where a cluster runs it.
    draws_by_model: a trained model makes its pixels; else they are those of the picture, moved.
    replaces: it can draw the character in the clip's own scene, in the driver's place.
    steered: it takes `MotionControls`, and a performance that is closed to a loop.
    """

    name: str
    version: str
    inputs: frozenset[Material]
    stages: tuple[Stage, ...]
    pixels: Pixels
    whole_prompt: bool
    moving_camera: bool
    max_fps: int | None = None
    draws_by_model: bool = False
    needs: EngineNeeds = EngineNeeds()
    replaces: bool = False
    steered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionControls:
    """How much of the driver's motion is taken.

    strength: 1 as the driver moves, 0 as the picture stands, up to 1.5 for more. body, head, hands,
    face: whether trunk and limbs, head, fingers, and mouth and eyes follow; the others keep the
    picture's. travel: whether the figure goes where the driver goes, which it does with its body.
    smoothing: seconds over which the motion is averaged (sigma).
    """

    strength: float = 1.0
    body: bool = True
    head: bool = True
    hands: bool = True
    face: bool = True
    travel: bool = True
    smoothing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EngineJob:
    """What an engine receives for one take; materials it did not ask for are None.

    size: (w, h) of the output, both even. fps, frames: of the output. start: the second of the
    clip at the first frame. clip: the raw clip. performance: of the driver, one row for each
    output frame. controls: how much of it is taken. camera: the clip's, to be carried over to the
    video; the performance is then as a camera sees it that stands still. replace: draw the
    character in the clip's own scene, in the driver's place. skeleton_video: a file with the driver
    as an OpenPose-coloured skeleton on black. seed: of what the engine draws by chance; None lets
    it choose one.
    """

    size: tuple[int, int]
    fps: Fraction
    frames: int
    orientation: Orientation
    mode: Mode = "std"
    prompt: str = ""
    seed: int | None = None
    start: float = 0.0
    picture: Picture | None = None
    clip: Clip | None = None
    performance: Performance | None = None
    controls: MotionControls = field(default_factory=MotionControls)
    camera: ClipCamera | None = None
    replace: bool = False
    skeleton_video: Path | None = None
    character: Character | None = None


@dataclass(frozen=True, slots=True)
class PromptReading:
    """The parts of a prompt that an engine acts on, and those that it ignores.

    follows_camera: it asks for the clip's camera, as `EngineJob.camera` gives it.
    """

    understood: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    follows_camera: bool = False


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What an engine says of a take once its frames are made.

    details: JSON values for the report: what is needed to repeat the take, and what was measured.
    warnings: sentences for a person.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


OnReport = Callable[[EngineReport], None]


def ignore_progress(stage: Stage, share: float) -> None:
    """An `OnProgress` for callers that follow no progress."""


@runtime_checkable
class Engine(Protocol):
    """Turns a picture and a clip into frames."""

    @property
    def info(self) -> EngineInfo:
        """Its name, version, inputs and abilities."""
        ...

    def check(self) -> None:
        """Raise EngineUnavailable, naming what is missing, if it cannot run here."""
        ...

    def warm_up(self) -> None:
        """Compile, load or fetch what the first take waits for; a second call is free."""
        ...

    def read_prompt(self, prompt: str) -> PromptReading:
        """Which parts of a prompt it would act on."""
        ...

    def frames(
        self,
        job: EngineJob,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield the take's frames in order, as `info.pixels` says.

        on_progress: called with a stage and its progress in 0..1. cancelled: called between frames;
        once it returns True, TakeCancelled is raised. on_report: called once, after the last frame,
        by an engine that has something to report. Closing the generator stops the work.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a character may be moved, and what will be seen to be wrong all the same.

    arms_at_rest: the arms that are better left as they are in the picture. sways_only: so are its
    legs. remarks: sentences for a person, with the place of each fault.
    """

    arms_at_rest: tuple[Side, ...] = ()
    sways_only: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TestPoses:
    """What a character is judged by: a performance, and the frames of it that are looked at.

    shown: frames by name, in order; the first is at rest. fps: frames per second.
    """

    performance: Performance
    shown: Mapping[str, int]
    fps: Fraction


@runtime_checkable
class CharacterJudging(Protocol):
    """What an engine adds that looks at a character in test poses before it moves it."""

    @property
    def judging_version(self) -> str:
        """Changes whenever a judgement may come out differently."""
        ...

    def judge(self, character: Character, kept: Collection[Side] = ()) -> Judgement:
        """Look at the character in test poses. kept: arms that move whatever comes of it."""
        ...

    def test_poses(self, character: Character) -> TestPoses:
        """What the character performs where it is judged."""
        ...


@runtime_checkable
class DrawsAlone(Protocol):
    """What an engine adds that can draw the character without its background."""

    def frames_alone(
        self,
        job: EngineJob,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield the take's frames in order, (H, W, 4) uint8: sRGB, and alpha that the colours are
        not multiplied by. Glow and, where the character casts one, shadow belong to it. The rest
        is as for `Engine.frames`.
        """
        ...


Range = Callable[[int, int], "Iterator[NDArray[np.uint8]]"]
"""Frames of a take, by the first one and their number."""


@runtime_checkable
class DrawsRanges(Protocol):
    """What an engine adds whose frames can be drawn apart, so that workers may share a take."""

    def ranges(self, job: EngineJob, *, cancelled: Cancelled | None = None) -> Range:
        """Prepare a job; the function that comes back yields any run of the frames that
        `Engine.frames` yields for it, bit for bit. cancelled: as there."""
        ...


@runtime_checkable
class ViewChoosing(Protocol):
    """What an engine adds that also shows a character from the back and the sides."""

    def views_wanted(
        self, performance: Performance, views: Collection[Aspect]
    ) -> frozenset[Aspect]:
        """Those of `views` beside the front that frames of this performance would show."""
        ...
