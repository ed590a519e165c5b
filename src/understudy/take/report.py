"""The report: what a take was made of and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from understudy.take.plan import Plan

if TYPE_CHECKING:  # It loads what reads and tracks videos.
    from understudy.judge.judgement import VideoJudgement
    from understudy.tracking.fidelity import Fidelity


@dataclass(frozen=True, slots=True)
class Report:
    """What was used, what was left out, and what it took.

    plan: what the take was made of. understudy: the version. engine_version: of the plan's engine.
    engine_details: what the engine reports of the take, as JSON values.
    settings: the options as they were given, by name.
    picture, clip: SHA-256 of the files, their sizes in pixels, and what was found in them.
    sound: what became of the clip's sound: `copied`, `transcoded`, `none` or `unreadable`.
    warnings: sentences for a person, those of the plan among them.
    timings: seconds by stage; stages overlap, so that they may sum to more than `seconds`.
    seconds: from the call to the finished file. cached: stages whose results came from the cache.
    fidelity: how well the video follows its driver, judgement: what judging it says, if asked for.
    """

    plan: Plan
    understudy: str
    engine_version: str
    settings: Mapping[str, Any]
    picture: Mapping[str, Any]
    clip: Mapping[str, Any]
    sound: str
    warnings: tuple[str, ...]
    timings: Mapping[str, float]
    seconds: float
    cached: tuple[str, ...] = field(default=())
    engine_details: Mapping[str, Any] = field(default_factory=dict)
    fidelity: Fidelity | None = None
    judgement: VideoJudgement | None = None

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        plan = self.plan.to_json()
        return {
            "understudy": self.understudy,
            "engine": {
                "name": self.plan.engine,
                "version": self.engine_version,
                **self.engine_details,
            },
            "settings": dict(self.settings),
            "picture": dict(self.picture),
            "clip": dict(self.clip),
            "driver": {"people": self.plan.people, "framing": self.plan.driver_framing},
            "used": {"start": round(self.plan.start, 3), "end": round(self.plan.end, 3)},
            "dropped": plan["dropped"],
            "element": plan["element"],
            "prompt": {"understood": plan["understood"], "left_out": plan["left_out"]},
            "output": {
                "size": list(self.plan.size),
                "fps": plan["fps"],
                "frames": self.plan.frames,
                "duration": plan["duration"],
                "sound": self.sound,
            },
            "units": plan["units"],
            "warnings": list(self.warnings),
            "timings": {stage: round(seconds, 3) for stage, seconds in self.timings.items()},
            "cached": list(self.cached),
            "fidelity": None if self.fidelity is None else asdict(self.fidelity),
            "judgement": None if self.judgement is None else self.judgement.to_json(),
            "seconds": round(self.seconds, 3),
        }
