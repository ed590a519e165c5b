"""What goes between executor and slots: plain data, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from understudy.engines import EngineNeeds

HELPER = "/"
"""Between a take's name and the number of a slot that helps with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSettings:
    """What a slot is made for.

    version: of the server that made it. jobs: the module that holds the jobs' functions. seconds:
    what a job may take. memory_mb: what each of its processes may reserve, 0 for no limit. needs:
    what the slot occupies on its node. engines: of how many it keeps models loaded. sign_seconds:
    between two signs of life while a job says nothing. namespace: of the slot and its peers.
    """

    version: str
    jobs: str
    seconds: float
    memory_mb: int
    needs: EngineNeeds = field(default_factory=EngineNeeds)
    engines: int = 1
    sign_seconds: float = 5.0
    namespace: str = ""

    def to_json(self) -> str:
        """The inverse of `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The settings that an executor sent."""
        values = json.loads(text)
        return cls(**{**values, "needs": EngineNeeds(**values["needs"])})

    @property
    def cores(self) -> int:
        """How many cores its jobs shall keep to."""
        return max(1, int(self.needs.cpus))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotState:
    """How a slot is. job: the name of the one that it holds, running or ended. engines: those whose
    models are loaded, the least recently used first."""

    settings: SlotSettings
    job: str | None
    engines: tuple[str, ...]

    def to_json(self) -> str:
        """The inverse of `from_json`."""
        return json.dumps(
            {"settings": self.settings.to_json(), "job": self.job, "engines": self.engines}
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What a slot answered."""
        values = json.loads(text)
        return cls(
            settings=SlotSettings.from_json(values["settings"]),
            job=values["job"],
            engines=tuple(values["engines"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job for a slot; `executor.Job` explains the fields.

    The paths are the controller's; inputs come beside the order, in the same sequence. shares: of a
    take, whether other slots may help with it. leader: of a job that helps, the slot of the take,
    whose name `name` begins with.
    """

    name: str
    function: str
    engine: str
    arguments: Mapping[str, Any]
    workspace: str
    inputs: tuple[str, ...]
    shares: bool = False
    leader: str | None = None

    @property
    def take(self) -> str:
        """The name of the take that it is, or helps with."""
        return self.take_of(self.name)

    @staticmethod
    def take_of(name: str) -> str:
        """The name of the take that a job of this name is, or helps with."""
        return name.partition(HELPER)[0]

    def helper(self, number: int, leader: str) -> Self:
        """The order of a slot that helps with this one."""
        name = f"{self.name}{HELPER}{number}"
        return replace(self, name=name, function="help_take", shares=False, leader=leader)

    def to_json(self) -> str:
        """The inverse of `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The order that an executor sent."""
        values = json.loads(text)
        return cls(**{**values, "inputs": tuple(values["inputs"])})

    def moved_to(self, workspace: Path, inputs: tuple[Path, ...]) -> Self:
        """The same order with its files on another machine."""
        places = dict(zip(self.inputs, map(str, inputs), strict=True))
        places[self.workspace] = str(workspace)
        return replace(
            self,
            arguments=_moved(self.arguments, places),
            workspace=str(workspace),
            inputs=tuple(map(str, inputs)),
        )


def _moved(value: Any, places: Mapping[str, str]) -> Any:
    """JSON values with some texts in the place of others."""
    if isinstance(value, str):
        return places.get(value, value)
    if isinstance(value, Mapping):
        return {key: _moved(each, places) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(each, places) for each in value]
    return value
