"""Inspecting: the plan of a take, or every problem that prevents it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from understudy.cache import user_cache
from understudy.character.character import Character
from understudy.engines import load_engine
from understudy.errors import EngineUnavailable, InputRefused
from understudy.media import limits
from understudy.media.clip import Clip, read_frames
from understudy.media.picture import Picture
from understudy.take.backgrounds import open_background
from understudy.take.casting.concurrent import ConcurrentCasting
from understudy.take.casting.preview import write_preview
from understudy.take.casting.thread import CastingThread
from understudy.take.driver import carries_camera, check_motion_options, find_driver
from understudy.take.findings import (
    ClipFinding,
    DriverFinding,
    Findings,
    Outline,
    PersonFinding,
    PictureFinding,
    Problem,
    Used,
    collecting,
)
from understudy.take.open import (
    check_character,
    open_take_character,
    open_take_clip,
    open_take_element,
    open_take_picture,
)
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outlines import outline_mask
from understudy.take.plan import OutputFormat, dropped_parts, make_plan
from understudy.tracking.cached import PictureTracker
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.trackers import Region, TrackerPool

# The driver is outlined this far into the used part: past an entrance, yet near the beginning.
_OUTLINED_AT = 0.25
# Height in pixels, at most, at which the driver is outlined: the outline is for a thumbnail.
_OUTLINED_HEIGHT = 720
# Seconds after `_OUTLINED_AT` in which a frame is looked for: enough for clips from 5 fps on.
_OUTLINED_WITHIN = 0.2


def inspect_take(
    media: TakeMedia, request: TakeRequest, *, preview: Path | None = None
) -> Findings:
    """The plan of a take or every problem, and where the character and the driver are.

    A missing input is a problem like any other: the rest is inspected all the same. preview: where
    a contact sheet (PNG) or video (MP4) of the character goes, if any. Raises CannotWrite.
    """
    try:
        engine = load_engine(request.engine)
    except EngineUnavailable as error:
        return _without_engine(error)
    problems: list[Problem] = []
    picture: Picture | None = None
    character: Character | None = None
    casting: ConcurrentCasting | None = None
    clip: Clip | MotionFile | None = None
    scene: SceneAnalysis | None = None
    driver: DriverFinding | None = None
    with CastingThread() as thread, TrackerPool() as pool:
        with collecting(problems):
            check_character(media)
            open_background(media, request, engine)
            folder = open_take_character(media)
            picture = open_take_picture(media, request) if folder is None else folder.picture
            element = open_take_element(media, request)
            casting = ConcurrentCasting(
                engine, request.mode, picture, element, thread, folder=folder
            )
        with collecting(problems):
            clip = open_take_clip(media, request)
            check_motion_options(request, engine)
            scene = find_driver(
                engine,
                clip,
                pool,
                driver=request.driver,
                camera=carries_camera(request, engine),
            )
            driver = _driver_finding(clip, scene)
        if casting is not None:
            with collecting(problems):
                # Without a usable clip, views are assigned as for a driver seen whole.
                picture = casting.settle(scene.framing if scene else "whole_body")
                character = casting.result()
    if preview is not None and character is not None:
        write_preview(engine, character, preview)
    plan = None
    if not problems and casting and picture and clip and scene:
        output = OutputFormat.of(picture, clip, request, engine.info)
        plan = make_plan(
            engine, request, output, clip, scene, character, casting.notes, bool(media.element)
        )
    return Findings(
        usable=plan is not None,
        plan=plan,
        problems=tuple(problems),
        picture=_picture_finding(picture, character),
        clip=_clip_finding(clip, scene, driver),
    )


def _without_engine(error: EngineUnavailable) -> Findings:
    refusal = InputRefused(
        limits.MODEL_FIELD, found=str(error), allowed="choose a model whose engine can run here"
    )
    return Findings(
        usable=False, plan=None, problems=(Problem.of(refusal),), picture=None, clip=None
    )


def _picture_finding(picture: Picture | None, character: Character | None) -> PictureFinding | None:
    if picture is None:
        return None
    width, height = picture.source_size
    if character is None:
        return PictureFinding(width, height, outline=None, warnings=())
    return PictureFinding(width, height, outline_mask(character.alpha), character.warnings)


def _clip_finding(
    clip: Clip | MotionFile | None, scene: SceneAnalysis | None, driver: DriverFinding | None
) -> ClipFinding | None:
    if clip is None:
        return None
    width, height = clip.size
    return ClipFinding(
        width=width,
        height=height,
        fps=round(float(clip.fps), 3),
        duration=round(clip.duration, 3),
        people=0 if scene is None else scene.people,
        persons=() if scene is None else _persons(clip, scene),
        used=None if scene is None else Used(scene.start, scene.end),
        dropped=() if scene is None else dropped_parts(scene),
        warnings=() if scene is None else scene.warnings,
        driver=driver,
    )


def _driver_finding(clip: Clip | MotionFile, scene: SceneAnalysis) -> DriverFinding:
    path = _path(clip, scene.driver.within(scene.start, scene.end))
    time = scene.start + _OUTLINED_AT * (scene.end - scene.start)
    outline = _outline_driver(clip, scene, time) if isinstance(clip, Clip) else ()
    return DriverFinding(round(time, 3), outline, path)


def _path(
    clip: Clip | MotionFile, way: PersonTrack
) -> tuple[tuple[float, float, float, float, float], ...]:
    """(time, left, top, width, height), places in shares of the frame."""
    width, height = clip.size
    boxes = way.boxes(clip.size) / np.array([width, height, width, height])
    return tuple(
        (
            round(float(time), 3),
            round(float(left), 4),
            round(float(top), 4),
            round(float(right - left), 4),
            round(float(bottom - top), 4),
        )
        for time, (left, top, right, bottom) in zip(way.times, boxes, strict=True)
    )


def _persons(clip: Clip | MotionFile, scene: SceneAnalysis) -> tuple[PersonFinding, ...]:
    found = []
    for number, person in enumerate(scene.everyone(clip.size), start=1):
        path = _path(clip, person)
        left, top, width, height = np.median(np.array(path)[:, 1:], axis=0).tolist()
        found.append(
            PersonFinding(
                number=number,
                is_driver=person is scene.driver,
                start=path[0][0],
                end=path[-1][0],
                left=round(left, 4),
                top=round(top, 4),
                width=round(width, 4),
                height=round(height, 4),
                coverage=round(float(np.median(person.coverage(clip.size))), 4),
                path=path,
            )
        )
    return tuple(found)


def _outline_driver(clip: Clip, scene: SceneAnalysis, time: float) -> tuple[Outline, ...]:
    """The driver's outline at a time; empty where nobody is found there."""
    scale = min(1.0, _OUTLINED_HEIGHT / clip.height)
    size = max(2, round(clip.width * scale)), max(2, round(clip.height * scale))
    frames = read_frames(clip, size=size, start=time, end=time + _OUTLINED_WITHIN)
    frame = next(frames, None)
    frames.close()
    if frame is None:
        return ()
    x, y, side, angle = scene.driver.region_at(time)
    region = Region(float(x * scale), float(y * scale), float(side * scale), float(angle))
    with PictureTracker(user_cache()) as track:
        return outline_mask(track(frame.rgb, region).mask)
