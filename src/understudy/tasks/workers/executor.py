"""The interface for running takes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused


class ExecutorAway(Exception):  # noqa: N818 - a state
    """What runs the jobs cannot be reached; which jobs it holds is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One attempt at one task, ready to run.

    function: the job's name in the executor's module of jobs. arguments: JSON values; the paths
    among them are `workspace` and those of `inputs`, files that are only read. workspace: a folder
    on the controller's machine where the outputs are wanted. engine: whose needs the job has.
    """

    task_id: int
    attempt: int
    function: str
    arguments: Mapping[str, Any]
    workspace: Path
    inputs: tuple[Path, ...] = ()
    engine: str = DEFAULT_ENGINE

    @property
    def name(self) -> str:
        """The name by which the job is found again."""
        return f"{self.task_id}#{self.attempt}"


class Executor(Protocol):
    """Runs jobs, as many at once as it has room for.

    Closing the iterator of `run` ends the job. A job whose controller is gone either ends with it
    (local child processes) or is found again among `attached` (actors elsewhere). `attached` is
    asked when a controller begins to lead, and every few seconds from then on.
    """

    @property
    def capacity(self) -> int:
        """How many jobs may run at once."""
        ...

    def run(self, job: Job) -> AsyncGenerator[Progressed | Done | Refused | Crashed, None]:
        """Start a job, or take up the attached one of its name; progress, then how it ended."""
        ...

    async def attached(self) -> frozenset[str]:
        """The names of the jobs that it holds. Raises ExecutorAway."""
        ...

    async def cancel(self, name: str) -> None:
        """End the job of this name, if it is held."""
        ...

    async def close(self) -> None:
        """End what must not outlive the controller."""
        ...
