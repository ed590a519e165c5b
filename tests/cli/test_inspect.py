"""A plan in words for a person."""

from __future__ import annotations

from dataclasses import replace

from understudy.cli.inspect import describe
from understudy.take.plan import Dropped, Plan

PLAN = Plan(
    engine="puppet",
    orientation="video",
    mode="std",
    size=(720, 960),
    fps=24.0,
    frames=144,
    duration=6.0,
    start=1.0,
    end=7.0,
    clip_duration=10.5,
    dropped=(Dropped(7.0, 10.5, "the picture cuts to a card"),),
    people=1,
    driver_framing="whole_body",
    picture_framing="upper_body",
    sound=True,
    units="3.0",
    understood=("slow zoom in",),
    left_out=("a dragon",),
    element=(),
    warnings=("The legs are left out.",),
)


def rows(plan: Plan) -> list[tuple[str, str]]:
    return [(line[:11].strip(), line[11:]) for line in describe(plan)]


def test_the_plan_says_what_is_used_and_what_is_dropped_and_why() -> None:
    assert rows(PLAN) == [
        ("usable", "1.0 s to 7.0 s of 10.5 s"),
        ("dropped", "7.0 s to 10.5 s: the picture cuts to a card"),
        ("output", "720 × 960, 24 fps, 144 frames, 6.0 s, with sound"),
        ("engine", "puppet, orientation video, mode std"),
        ("driver", "whole body; 1 person in view"),
        ("character", "upper body"),
        ("units", "3.0"),
        ("prompt", "acted on: slow zoom in"),
        ("prompt", "ignored: a dragon"),
        ("note", "The legs are left out."),
    ]


def test_what_does_not_apply_is_not_said() -> None:
    plan = replace(
        PLAN, dropped=(), units=None, understood=(), left_out=(), warnings=(), people=2, sound=False
    )
    names = [name for name, _ in rows(plan)]
    assert names == ["usable", "output", "engine", "driver", "character"]
    assert ("driver", "whole body; 2 people in view") in rows(plan)
