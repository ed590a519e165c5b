"""What a take writes: the video, its watermarked copy, the comparison and the cover."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from understudy import __version__
from understudy.engines import DrawsRanges, Engine, EngineInfo
from understudy.media.clip import Clip
from understudy.media.output.content_credentials import SigningIdentity
from understudy.media.output.encodings import ENCODINGS
from understudy.media.output.provenance import Provenance
from understudy.media.output.segments import keyframe_distance
from understudy.media.output.watermark import Watermark, make_watermark
from understudy.take.backgrounds import Background
from understudy.take.plan import OutputFormat, Plan
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.shared_chunks import is_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where a take's files go; all but the video are optional.

    video: in the format of its suffix (`encodings.ENCODINGS`), without one a folder of PNG files;
    a watermarked copy goes to `watermarked_path(video)`. compare: an MP4 of driver
    and result side by side. cover: a JPEG of the first frame. performances: the driver's motion,
    each file in the format of its suffix; not written for engines that track nobody.
    """

    video: Path
    compare: Path | None = None
    cover: Path | None = None
    performances: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """What becomes of the frames.

    clip: for its sound and for the comparison, which shows motion as a skeleton. watermark: write
    a watermarked copy as well. background: what takes the place of the character's own; None where
    that stays. identity: who signs what can be signed; None for nobody.
    """

    clip: Clip | MotionFile
    plan: Plan
    format: OutputFormat
    watermark: bool
    outputs: Outputs
    background: Background | None = None
    identity: SigningIdentity | None = None

    @property
    def segment(self) -> int | None:
        """Frames of a segment of a long take's video: from one keyframe to the next, where the
        encoder begins anew anyway. None for other takes."""
        encoding = ENCODINGS.get(self.outputs.video.suffix.lower())
        if encoding is None or encoding.codec != "libx264" or not is_long(self.plan.frames):
            return None
        return keyframe_distance(encoding, self.format.fps)

    def is_shared(self, engine: Engine) -> bool:
        """Whether several workers may draw the take: its frames, apart from each other, are
        all that is written."""
        whole = self.background is None and self.outputs.compare is None
        return whole and self.segment is not None and isinstance(engine, DrawsRanges)

    @property
    def is_transparent(self) -> bool:
        """Whether frames have alpha."""
        return self.background is not None and self.background.is_transparent


def watermarked_path(video: Path) -> Path:
    """Where the watermarked copy of `video` goes."""
    if not video.suffix:
        return video.with_name(f"{video.name}-watermarked")
    return video.with_name(f"{video.stem}.watermarked{video.suffix}")


def provenance_of(engine: EngineInfo) -> Provenance:
    """How a take by an engine comes to be."""
    return Provenance(
        tool=f"Understudy {__version__}",
        engine=f"{engine.name} {engine.version}",
        source_type="trainedAlgorithmicMedia" if engine.draws_by_model else "compositeSynthetic",
    )


def copies(finishing: Finishing) -> list[tuple[Path, Watermark | None]]:
    """The video's files, and what each is stamped with."""
    video = finishing.outputs.video
    copies: list[tuple[Path, Watermark | None]] = [(video, None)]
    if finishing.watermark:
        copies.append((watermarked_path(video), make_watermark(finishing.format.size)))
    return copies
