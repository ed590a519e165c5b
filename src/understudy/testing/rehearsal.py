"""Takes that cost nothing: the clip itself comes back as the video.

A module of jobs like `understudy.tasks.workers.jobs`, for `LocalExecutor(jobs=...)` and the setting
of the same use. The first word of the prompt says how the take goes:

    refuse      the picture is refused
    fail        the take fails by a fault of its own
    die         its process dies
    hang        it never ends
    grow        it takes memory until it gets no more
    hold PATH   it waits until a file of that name exists
    linger PATH it does so after its first preview
    nap SECONDS it takes so long in all
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from understudy import __version__
from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.errors import InputRefused
from understudy.geometry.joint_names import JointName
from understudy.geometry.landmarks import BODY_LANDMARKS, FACE_LANDMARKS, HAND_LANDMARKS
from understudy.media import limits
from understudy.take.backgrounds import FILE
from understudy.take.casting.character_finding import (
    CharacterFinding,
    CorrectionsGiven,
    PieceFinding,
)
from understudy.take.findings import (
    ClipFinding,
    DriverFinding,
    Findings,
    PersonFinding,
    PictureFinding,
    Problem,
    Used,
    collecting,
)
from understudy.take.options import (
    ELEMENT_TURNS,
    TakeMedia,
    TakeRequest,
    orientation_taken,
)
from understudy.take.plan import Plan
from understudy.take.report import Report as TakeReport
from understudy.tasks.workers import jobs
from understudy.tasks.workers.jobs import (
    check_clip,
    check_picture,
    check_picture_head,
    correct_picture,
    export,
)
from understudy.tasks.workers.questions import CharacterArguments, PieceArguments, TakeArguments
from understudy.tracking.formats.npz import save_npz
from understudy.tracking.performance import Performance

__all__ = [
    "check_clip",
    "check_picture",
    "check_picture_head",
    "correct_picture",
    "engines",
    "export",
    "find_character",
    "inspect",
    "pose_character",
    "select_piece",
    "take",
]

Report = Callable[[str, float, bytes | None], None]

STAGES = ("open", "inspect", "track", "cast", "retarget", "render", "finish")
SECONDS = 3.066
_POLL_SECONDS = 0.01
_OVAL = tuple(
    (round(0.5 + 0.2 * math.cos(turn), 4), round(0.55 + 0.4 * math.sin(turn), 4))
    for turn in (2 * math.pi * step / 48 for step in range(48))
)
# Where joints stand, in shares of the picture: the figure's left is on the picture's right.
_STANDING: dict[JointName, tuple[float, float]] = {
    "nose": (0.5, 0.22),
    "left_eye": (0.52, 0.2),
    "right_eye": (0.48, 0.2),
    "left_ear": (0.54, 0.21),
    "right_ear": (0.46, 0.21),
    "left_shoulder": (0.59, 0.34),
    "right_shoulder": (0.41, 0.34),
    "left_elbow": (0.63, 0.47),
    "right_elbow": (0.37, 0.47),
    "left_wrist": (0.65, 0.58),
    "right_wrist": (0.35, 0.58),
    "left_hip": (0.55, 0.6),
    "right_hip": (0.45, 0.6),
    "left_knee": (0.55, 0.76),
    "right_knee": (0.45, 0.76),
    "left_ankle": (0.55, 0.92),
    "right_ankle": (0.45, 0.92),
}
# The smallest JPEG that decoders take: one grey pixel.
PREVIEW = bytes.fromhex(
    "ffd8ffdb004300010101010101010101010101010101010101010101010101010101010101010101010101010101"
    "01010101010101010101010101010101010101010101ffc0000b080001000101011100ffc40014000100000000"
    "00000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f00"
    "54dfffd9"
)


def take(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for a take; arguments and value are those of `tasks.workers.jobs.take`."""
    given = TakeArguments.from_json(arguments)
    request, media, workspace = given.request, given.media, given.workspace
    clip = media.clip
    assert clip is not None
    assert workspace is not None
    assert (media.background is not None) == (request.background == FILE)
    word, _, rest = request.prompt.partition(" ")
    report("open", 0.0, None)
    _misbehave(word, rest)
    nap = float(rest) if word == "nap" else 0.0
    for place, stage in enumerate(STAGES):
        time.sleep(nap / len(STAGES))
        report(stage, (place + 1) / len(STAGES), PREVIEW if stage == "render" else None)
        if stage == "render" and word == "linger":
            _misbehave("hold", rest)
    shutil.copyfile(clip, workspace / f"video.{request.format}")
    if request.watermark:
        shutil.copyfile(clip, workspace / f"video.watermarked.{request.format}")
    save_npz(_performance(), workspace / "performance.npz")
    (workspace / "report.json").write_text(json.dumps(_report(request, media).to_json()))
    return {"seconds": SECONDS}


def inspect(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for inspecting: the plan that the stand-in take goes by."""
    given = TakeArguments.from_json(arguments)
    request, media = given.request, given.media
    problems: list[Problem] = []
    for field, is_given in (
        (limits.PICTURE_FIELD, media.picture is not None or media.element),
        (limits.CLIP_FIELD, media.clip is not None),
    ):
        with collecting(problems):
            if not is_given:
                raise InputRefused(field, found="nothing is given", allowed="give one")
    with collecting(problems):
        _misbehave(*request.prompt.partition(" ")[::2])
    path = tuple((time / 2, 0.3, 0.15, 0.4, 0.75) for time in range(7))
    driver = DriverFinding(0.75, (_OVAL,), path)
    used = Used(0.0, SECONDS)
    beside = tuple((time / 2, 0.75, 0.3, 0.2, 0.55) for time in range(7))
    persons = (
        PersonFinding(1, request.driver != "2", 0.0, SECONDS, 0.3, 0.15, 0.4, 0.75, 0.3, path),
        PersonFinding(2, request.driver == "2", 0.0, SECONDS, 0.75, 0.3, 0.2, 0.55, 0.11, beside),
    )
    clip = ClipFinding(
        864, 1080, 30.0, SECONDS, 1, persons, used, dropped=(), warnings=(), driver=driver
    )
    return Findings(
        usable=not problems,
        plan=None if problems else _plan(request, media),
        problems=tuple(problems),
        picture=None if media.picture is None else PictureFinding(864, 1152, (_OVAL,), ()),
        clip=None if media.clip is None else clip,
    ).to_json()


def find_character(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for casting: everybody stands in the middle, arms down, where nothing is corrected.

    Arguments and value are those of `tasks.workers.jobs.find_character`.
    """
    from PIL import Image, ImageDraw

    from understudy.character.carried_corrections import corrections_of
    from understudy.character.corrections import Corrections
    from understudy.media.picture import open_picture

    asked = CharacterArguments.from_json(arguments)
    picture = open_picture(asked.picture.path, short_side=32, field=asked.picture.field)
    size = picture.source_size
    given = (
        corrections_of(picture)
        if asked.corrections is None
        else Corrections.from_json(json.loads(asked.corrections.read_text()))
    )
    joints = {name: _share(place, size) for name, place in _STANDING.items()}
    oval = Image.new("L", (size[0] // 4, size[1] // 4))
    ImageDraw.Draw(oval).polygon([_share(place, oval.size) for place in _OVAL], fill=255)
    matte = io.BytesIO()
    oval.save(matte, "PNG")
    found = CharacterFinding(
        width=size[0],
        height=size[1],
        joints={**joints, **given.joints},
        matte=base64.b64encode(given.matte or matte.getvalue()).decode(),
        left_arm="fixed" if given.left_arm == "fixed" else "free",
        right_arm="fixed" if given.right_arm == "fixed" else "free",
        legs="fixed" if given.legs == "fixed" else "free",
        corrections=CorrectionsGiven(**given.to_json()),
        warnings=(),
    )
    asked.output.write_text(json.dumps(found.to_json()))
    return {}


def select_piece(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for finding a part: a disc round the first point.

    Arguments and value are those of `tasks.workers.jobs.select_piece`.
    """
    from PIL import Image, ImageDraw

    from understudy.media.picture import open_picture

    asked = PieceArguments.from_json(arguments)
    picture = open_picture(asked.picture.path, short_side=32, field=asked.picture.field)
    mask = Image.new("L", (picture.source_size[0] // 4, picture.source_size[1] // 4))
    (x, y), radius = asked.on[0], max(mask.size) / 20
    box = (x / 4 - radius, y / 4 - radius, x / 4 + radius, y / 4 + radius)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    matte = io.BytesIO()
    mask.save(matte, "PNG")
    found = PieceFinding(base64.b64encode(matte.getvalue()).decode(), 0.9)
    asked.output.write_text(json.dumps(asdict(found)))
    return {}


def pose_character(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for the test poses: a square that gets brighter.

    Arguments and value are those of `tasks.workers.jobs.pose_character`.
    """
    from fractions import Fraction

    from understudy.media.output.encode import VideoWriter

    asked = CharacterArguments.from_json(arguments)
    with VideoWriter(asked.output, (64, 64), Fraction(10)) as video:
        for step in range(10):
            video.write_rgb(np.full((64, 64, 3), 20 * step, np.uint8))
    return {}


def _share(place: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    """A place in pixels, of one in shares of the size."""
    return round(place[0] * size[0], 1), round(place[1] * size[1], 1)


_RUNS = {"reason": "", "whole_prompt": False, "raw_clip": False, "replace": False}


def engines(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Stand in for looking at engines: the built-in one can run, others are looked at."""
    told = jobs.engines(
        {
            "names": [name for name in arguments["names"] if name != DEFAULT_ENGINE],
            "elsewhere": arguments["elsewhere"],
        },
        report,
    )
    return {**told, DEFAULT_ENGINE: _RUNS}


def _performance() -> Performance:
    """Two frames of somebody who stands in the middle."""
    points = np.full((2, BODY_LANDMARKS, 4), 0.5, np.float32)
    return Performance(
        times=np.array([0.0, 1 / 30]),
        size=(64, 64),
        body=points * 64,
        world=points[..., :3],
        left_hand=np.full((2, HAND_LANDMARKS, 3), np.nan, np.float32),
        right_hand=np.full((2, HAND_LANDMARKS, 3), np.nan, np.float32),
        face=np.full((2, FACE_LANDMARKS, 3), np.nan, np.float32),
    )


def _plan(request: TakeRequest, media: TakeMedia) -> Plan:
    orientation = orientation_taken(request.orientation, element=bool(media.element))
    return Plan(
        engine="rehearsal",
        orientation=orientation,
        mode=request.mode,
        size=(720, 1280),
        fps=30.0,
        frames=round(SECONDS * 30),
        duration=SECONDS,
        start=0.0,
        end=SECONDS,
        clip_duration=SECONDS,
        dropped=(),
        people=1,
        driver_framing="whole_body",
        picture_framing="whole_body",
        sound=request.sound,
        units=None,
        understood=(),
        left_out=(),
        element=(),
        warnings=() if orientation == request.orientation else (ELEMENT_TURNS,),
    )


def _report(request: TakeRequest, media: TakeMedia) -> TakeReport:
    plan = _plan(request, media)
    return TakeReport(
        plan=plan,
        understudy=__version__,
        engine_version="0",
        settings=request.to_json(),
        picture={},
        clip={},
        sound="copied",
        warnings=plan.warnings,
        timings={},
        seconds=0.0,
    )


def _misbehave(word: str, rest: str) -> None:
    if word == "refuse":
        raise InputRefused(
            "image_url",
            found="the picture shows no character",
            allowed="use a picture of one",
            contract=limits.NO_BODY_IN_PICTURE_MESSAGE,
        )
    if word == "fail":
        raise RuntimeError("a fault, as requested")
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "grow":
        held = []
        while True:
            held.append(bytearray(16 * 1024 * 1024))
    while word == "hang" or (word == "hold" and not Path(rest).exists()):
        time.sleep(_POLL_SECONDS)
