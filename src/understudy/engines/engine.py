"""What an engine is: the seam between the way of a take and what makes the frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from understudy.media.limits import Orientation

if TYPE_CHECKING:  # They load numpy and codecs, which a look at the capability map must not.
    import numpy as np
    from numpy.typing import NDArray

    from understudy.character.character import Character
    from understudy.media.clip import Clip
    from understudy.media.picture import Picture
    from understudy.tracking.performance import Performance

Material = Literal["picture", "clip", "performance", "skeleton_video", "character"]
Stage = Literal["track", "cast", "retarget", "render"]
Pixels = Literal["i420", "rgb"]

OnProgress = Callable[[Stage, float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What a take must know of an engine before it runs it.

    takes: the materials that it is given; a take makes only these.
    stages: those between inspecting and finishing that it needs; it reports progress for
        `retarget` and `render` itself.
    pixels: what its frames are: `i420` planes (H * 3 / 2, W) uint8, BT.709 limited, or `rgb`
        (H, W, 3) uint8.
    whole_prompt: it takes the whole prompt, and not only what `read_prompt` understands.
    moving_camera: it can follow a clip whose camera moves.
    """

    name: str
    version: str
    takes: frozenset[Material]
    stages: tuple[Stage, ...]
    pixels: Pixels
    whole_prompt: bool
    moving_camera: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """All that an engine may be given for one take; of the materials, those that it takes.

    size: (w, h) of the output, both even. fps, frames: of the output. start: the second of the
    clip that the first frame shows. clip: the raw clip. performance: of the driver, a row for each
    output frame. skeleton_video: a file of the driver as an OpenPose-coloured skeleton on black.
    """

    size: tuple[int, int]
    fps: Fraction
    frames: int
    orientation: Orientation
    prompt: str = ""
    start: float = 0.0
    picture: Picture | None = None
    clip: Clip | None = None
    performance: Performance | None = None
    skeleton_video: Path | None = None
    character: Character | None = None


@dataclass(frozen=True, slots=True)
class PromptReading:
    """What an engine makes of a prompt: wordings that it acts on, and those that it leaves out."""

    understood: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@runtime_checkable
class Engine(Protocol):
    """Turns a picture and a clip into frames."""

    @property
    def info(self) -> EngineInfo:
        """What it is called and what it is given."""
        ...

    def check(self) -> None:
        """Raise EngineUnavailable, saying what is missing, when it cannot run here."""
        ...

    def warm_up(self) -> None:
        """Compile, load or fetch what the first take would wait for; again at no cost."""
        ...

    def read_prompt(self, prompt: str) -> PromptReading:
        """What it would do of a prompt."""
        ...

    def frames(
        self, job: Job, *, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield the take's frames in order, as `info.pixels` says.

        on_progress: called with a stage and its share in 0..1. cancelled: asked between frames;
        raises TakeCancelled once it says True. Closing the generator stops the work.
        """
        ...
