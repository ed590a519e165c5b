"""The process that models run in: `python -m understudy.weights.worker PARENT`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from understudy.processes.memory import GrowthTrimmer
from understudy.processes.messages import Message
from understudy.processes.serving import Answer, serve
from understudy.weights.sessions import Session, open_session

_KEPT = 128 << 20
"""Bytes of freed memory that stay for the next run: a segmenter's decoder, which runs ten times for
a picture, takes some 60 MB each time."""


class _Models:
    """The open models by the parent's names for them."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self._memory = GrowthTrimmer(_KEPT)

    def answer(self, request: Message) -> Iterator[Message]:
        """Answer one request: `open`, `run` or `close` of a model, or `rest` until the next run."""
        values = request.values
        name = str(values.get("model"))
        match request.kind:
            case "open":
                paths = tuple(Path(path) for path in values["paths"])
                side = values["side"]
                session = open_session(paths, threads=values["threads"], side=side)
                self._open[name] = session
                # What opening took is not needed by the runs.
                self._memory.trim_if_grown()
                shapes = {name: list(shape) for name, shape in session.inputs.items()}
                yield Message("opened", {"inputs": shapes})
            case "run":
                outputs = tuple(map(str, values["outputs"]))
                answers = self._open[name].run(request.arrays, outputs)
                self._memory.trim_if_grown()
                yield Message("outputs", arrays=answers)
            case "close":
                self._open.pop(name, None)
                self._memory.trim()
                yield Message("closed")
            case "rest":
                self._memory.trim()
                yield Message("resting")
            case kind:
                raise ValueError(f"unknown request {kind!r}")


def _load() -> Answer:
    return _Models().answer


if __name__ == "__main__":
    serve(_load)
