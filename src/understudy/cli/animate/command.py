"""The command `understudy animate`: its options as the values of a take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.cli.animate.batch import Shared, animate_all, check_for_several
from understudy.cli.animate.options import (
    BackgroundOption,
    BodyOption,
    CompareOption,
    FaceOption,
    FidelityOption,
    HandsOption,
    HeadOption,
    JudgeOption,
    LoopOption,
    MoreArgument,
    OutputOption,
    ReportOption,
    SeedOption,
    SmoothingOption,
    StrengthOption,
    TravelOption,
    WatermarkOption,
)
from understudy.cli.animate.single import animate_one, check_files
from understudy.cli.faults import reporting_faults
from understudy.cli.files import check_input, read_background
from understudy.cli.options import (
    CameraOption,
    ClipArgument,
    DebugOption,
    DriverOption,
    ElementOption,
    EngineOption,
    ModeOption,
    OrientationOption,
    PictureArgument,
    PromptOption,
    SoundOption,
)
from understudy.errors import InputRefused

if TYPE_CHECKING:
    from understudy.take.options import TakeRequest


def animate(  # noqa: PLR0913 - one parameter per option
    picture: PictureArgument,
    clip: ClipArgument,
    more: MoreArgument = None,
    *,
    output: OutputOption,
    element: ElementOption = None,
    orientation: OrientationOption = "video",
    mode: ModeOption = "std",
    prompt: PromptOption = "",
    sound: SoundOption = True,
    watermark: WatermarkOption = False,
    engine: EngineOption = "puppet",
    seed: SeedOption = None,
    report: ReportOption = None,
    fidelity: FidelityOption = False,
    judge: JudgeOption = False,
    compare: CompareOption = None,
    background: BackgroundOption = "keep",
    loop: LoopOption = False,
    driver: DriverOption = "",
    strength: StrengthOption = 100,
    body: BodyOption = True,
    head: HeadOption = True,
    hands: HandsOption = True,
    face: FaceOption = True,
    travel: TravelOption = True,
    smoothing: SmoothingOption = 0.0,
    camera: CameraOption = False,
    debug: DebugOption = False,
) -> None:
    """Make the character in PICTURE perform the motion of the person in CLIP.

    With MORE pictures and clips, in any order, every picture performs every clip: OUT is then a
    folder, and --report takes all reports.
    """
    with reporting_faults(debug=debug):
        if more:
            check_for_several(compare=compare, report=report)
        else:
            inputs = {"image_url": picture, "video_url": clip}
            check_files(inputs, output, watermark=watermark, report=report, compare=compare)
        for file in element or ():
            check_input(file, field="--element")
        behind, background_file = read_background(background)

        from understudy.media.limits import OWN_CLIP_MAX_SECONDS
        from understudy.media.output.encodings import output_name
        from understudy.take.options import TakeMedia, TakeRequest
        from understudy.take.outputs import Outputs

        request = TakeRequest(
            orientation=orientation,
            mode=mode,
            prompt=prompt,
            sound=sound,
            watermark=watermark,
            engine=engine,
            seed=seed,
            background=behind,
            loop=loop,
            driver=driver,
            # With several takes the output is a folder of theirs.
            format="mp4" if more else output_name(output.suffix),
            strength=strength,
            body=body,
            head=head,
            hands=hands,
            face=face,
            travel=travel,
            smoothing=smoothing,
            camera=camera,
        )
        if fidelity:
            _check_measurable(request)
        given = TakeMedia(
            element=tuple(element or ()),
            background=background_file,
            clip_max_seconds=OWN_CLIP_MAX_SECONDS,
        )
        shared = Shared(request, given, fidelity=fidelity, judge=judge)
        if more:
            animate_all([picture, clip, *more], output, shared, report)
        else:
            animate_one(picture, clip, Outputs(video=output, compare=compare), shared, report)


def _check_measurable(request: TakeRequest) -> None:
    """Refuse to measure the fidelity of a video that cannot be tracked."""
    if not request.can_be_tracked:
        raise InputRefused(
            "--fidelity",
            found="the video is transparent or neither MP4 nor MOV",
            allowed="write an opaque .mp4 or .mov",
        )
