"""Inspecting for a person to look at: all that can be said of a picture and a clip beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from understudy.cache import user_cache
from understudy.character.character import Character
from understudy.elements.element import ElementSource, open_element
from understudy.engines import load_engine
from understudy.errors import EngineUnavailable, InputRefused
from understudy.media import limits
from understudy.media.clip import Clip, open_clip, read_frames
from understudy.media.picture import Picture, PictureSource
from understudy.take.casting import Casting
from understudy.take.findings import (
    ClipFinding,
    DriverFinding,
    Findings,
    Outline,
    PictureFinding,
    outline_mask,
)
from understudy.take.plan import Plan
from understudy.take.stages import (
    TakeOptions,
    check_given,
    look_through,
    make_plan,
    open_for,
    what_is_dropped,
    with_sizes,
)
from understudy.tracking.cached import PictureTracker
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.trackers import Region, TrackerPool

MODEL_FIELD = "model_name"

# The driver is outlined this far into the part that is used: settled, and near its beginning.
_OUTLINED_AT = 0.25
# Frames are looked at with this height at most: the outline is for a thumbnail.
_LOOKED_AT_HEIGHT = 720


def find_take(
    picture: PictureSource | None,
    clip: Path | None,
    options: TakeOptions,
    *,
    element: ElementSource | None = None,
    picture_max_bytes: int = limits.PICTURE_MAX_BYTES,
) -> Findings:
    """What a take would be made of, every problem, and where the character and the driver are.

    An input that is not there yet is a problem as any other: the rest is looked at all the same.
    """
    try:
        engine = load_engine(options.engine)
    except EngineUnavailable as error:
        problem = InputRefused(
            MODEL_FIELD, found=str(error), allowed="choose a model whose engine can run here"
        )
        return Findings(plan=None, problems=(problem,), picture=None, clip=None)
    problems: list[InputRefused] = []
    opened_picture: Picture | None = None
    opened_clip: Clip | None = None
    character: Character | None = None
    scene: SceneAnalysis | None = None
    driver: DriverFinding | None = None
    notes: tuple[str, ...] = ()
    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        casting: Casting | None = None
        with _noting(problems):
            check_given(picture, options, element)
            if picture is not None:
                opened_picture = open_for(picture, options, picture_max_bytes)
            opened_element = None if element is None else open_element(element, options.mode)
            casting = Casting(engine, options, opened_picture, opened_element, threads)
        with _noting(problems):
            if clip is None:
                raise InputRefused(
                    limits.CLIP_FIELD, found="nothing is given", allowed="give a clip"
                )
            opened_clip = open_clip(clip, orientation=options.orientation)
            scene = look_through(engine, opened_clip, pool, lambda: False)
            driver = _find_driver(opened_clip, scene)
        if casting is not None:
            with _noting(problems):
                # Without a usable clip the views are assigned as for a whole driver.
                opened_picture = casting.settle(scene.framing if scene else "whole_body")
                character = casting.result()
                notes = casting.notes
    plan: Plan | None = None
    if not problems and opened_picture and opened_clip and scene:
        opened = with_sizes(opened_picture, opened_clip, options)
        plan = make_plan(engine, options, opened, scene, character, notes)
    return Findings(
        plan=plan,
        problems=tuple(problems),
        picture=_picture_finding(opened_picture, character),
        clip=_clip_finding(opened_clip, scene, driver),
    )


@contextmanager
def _noting(problems: list[InputRefused]) -> Iterator[None]:
    try:
        yield
    except InputRefused as problem:
        problems.append(problem)


def _picture_finding(picture: Picture | None, character: Character | None) -> PictureFinding | None:
    if picture is None:
        return None
    if character is None:
        return PictureFinding(picture.source_size)
    return PictureFinding(picture.source_size, outline_mask(character.alpha), character.warnings)


def _clip_finding(
    clip: Clip | None, scene: SceneAnalysis | None, driver: DriverFinding | None
) -> ClipFinding | None:
    if clip is None:
        return None
    found = ClipFinding(clip.size, round(float(clip.fps), 3), round(clip.duration, 3))
    if scene is None:
        return found
    return replace(
        found,
        people=scene.people,
        used=(scene.start, scene.end),
        dropped=what_is_dropped(scene),
        driver=driver,
        warnings=scene.warnings,
    )


def _find_driver(clip: Clip, scene: SceneAnalysis) -> DriverFinding:
    way = scene.driver.within(scene.start, scene.end)
    width, height = clip.size
    boxes = way.boxes(clip.size) / np.array([width, height, width, height])
    path = tuple(
        (
            round(float(time), 3),
            round(float(left), 4),
            round(float(top), 4),
            round(float(right - left), 4),
            round(float(bottom - top), 4),
        )
        for time, (left, top, right, bottom) in zip(way.times, boxes, strict=True)
    )
    time = scene.start + _OUTLINED_AT * (scene.end - scene.start)
    return DriverFinding(round(time, 3), _outline_driver(clip, scene, time), path)


def _outline_driver(clip: Clip, scene: SceneAnalysis, time: float) -> tuple[Outline, ...]:
    """The driver's edge at a time; nothing where nobody is found there."""
    scale = min(1.0, _LOOKED_AT_HEIGHT / clip.height)
    size = max(2, round(clip.width * scale)), max(2, round(clip.height * scale))
    frames = read_frames(clip, size=size, start=time, end=time + 0.2)
    frame = next(frames, None)
    frames.close()
    if frame is None:
        return ()
    x, y, side, angle = scene.driver.region_at(time)
    region = Region(float(x * scale), float(y * scale), float(side * scale), float(angle))
    with PictureTracker(user_cache()) as track:
        return outline_mask(track(frame.rgb, region).mask)
