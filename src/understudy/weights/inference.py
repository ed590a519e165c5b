"""Running models in a separate process, which frees its memory when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from understudy.cores import usable_cores
from understudy.processes.child import Child
from understudy.processes.messages import Array, Message

# glibc's allocator keeps what layers free, for the next layer; else each would get its memory from
# the system, page by page. The process hands it back after every run (`worker`).
_ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(4 << 30)}


class InferenceProcess:
    """A process that opens models and runs them.

    The process starts when the first model is opened. It belongs to the thread that started it, and
    leaving the `with` block kills it. Its calls raise ChildFailed where the process fails, also by
    want of memory, and TakeCancelled once `cancelled` says so.
    """

    def __init__(
        self,
        *,
        threads: int | None = None,
        cancelled: Callable[[], bool] | None = None,
        keeps_models: bool = False,
    ) -> None:
        """threads: of each run; None for as many as there are cores. keeps_models: a model that is
        closed stays open in the process, for whoever opens it next."""
        self._threads = threads or usable_cores()
        self._cancelled = cancelled
        self._keeps_models = keeps_models
        self._kept: dict[str, OpenModel] = {}
        self._process: Child | None = None
        self._begun: tuple[Literal["open", "run"], str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; does nothing a second time."""
        if self._process is not None:
            self._process.close()
            self._process = None
            self._begun = None
            self._kept.clear()

    @property
    def is_whole(self) -> bool:
        """Whether its process has not ended by itself."""
        return self._process is None or self._process.is_alive

    @property
    def pid(self) -> int | None:
        """The process's number, None where it has not started or has ended."""
        return self._process.pid if self._process is not None else None

    def open(self, *paths: Path, side: int | None = None) -> OpenModel:
        """Open the model of these files: one `.onnx`, or a `.param` and a `.bin`.

        side: see `sessions.OnnxSession`.
        """
        key = _key(paths, side)
        if key in self._kept:
            return self._kept[key]
        if self._begun != ("open", key):
            self.begin_to_open(*paths, side=side)
        self._begun = None
        opened = self._receive().values
        inputs = {str(name): tuple(map(int, shape)) for name, shape in opened["inputs"].items()}
        model = OpenModel(self, key, inputs)
        if self._keeps_models:
            self._kept[key] = model
        return model

    def begin_to_open(self, *paths: Path, side: int | None = None) -> None:
        """Begin what `open` then ends. A model that is not the next to be opened is dropped."""
        key = _key(paths, side)
        if key in self._kept:
            return
        values = {"paths": list(map(str, paths)), "side": side, "threads": self._threads}
        self._send("open", key, values, {})
        self._begun = "open", key

    def begin_to_run(self, model: str, outputs: list[str], arrays: Mapping[str, Array]) -> None:
        """Begin what `end_run` then ends. It is dropped where anything else is asked before."""
        self._send("run", model, {"outputs": outputs}, arrays)
        self._begun = "run", model

    def end_run(self, model: str) -> Mapping[str, Array]:
        """The outputs of the run that has begun."""
        assert self.has_begun(model)
        self._begun = None
        return self._receive().arrays

    def has_begun(self, model: str) -> bool:
        """Whether a run of the model has begun and was not dropped."""
        return self._begun == ("run", model)

    def let_go(self, model: str) -> None:
        """Drop a model that nobody uses any more; one that is kept rests."""
        self.ask("rest" if model in self._kept else "close", model)

    def ask(
        self,
        kind: str,
        model: str,
        values: Mapping[str, object] | None = None,
        arrays: Mapping[str, Array] | None = None,
    ) -> Message:
        """Send a request about a model and wait for its answer."""
        self._send(kind, model, values or {}, arrays or {})
        return self._receive()

    def _send(
        self, kind: str, model: str, values: Mapping[str, object], arrays: Mapping[str, Array]
    ) -> None:
        begun, self._begun = self._begun, None
        if begun is not None:
            self._receive()
            if begun[0] == "open":
                self.ask("close", begun[1])
        if self._process is None:
            environment = {"OMP_NUM_THREADS": str(self._threads), **_ALLOCATOR}
            self._process = Child(
                f"{__package__}.worker", name="inference", environment=environment
            )
        self._process.send(Message(kind, {"model": model, **values}, arrays))

    def _receive(self) -> Message:
        assert self._process is not None
        return self._process.receive(self._cancelled)


def _key(paths: tuple[Path, ...], side: int | None) -> str:
    """How the process calls a model."""
    return "|".join(map(str, (*paths, side)))


class OpenModel:
    """An open model in an InferenceProcess.

    inputs: the shapes that it takes, by input name; -1 for a side that is free, () for any shape.
    """

    def __init__(
        self, process: InferenceProcess, key: str, inputs: Mapping[str, tuple[int, ...]]
    ) -> None:
        self._process = process
        self._key = key
        self.inputs = inputs

    def run(self, inputs: Mapping[str, Array] | Array, *outputs: str) -> Mapping[str, Array]:
        """The named outputs by name, or the first output where none is named.

        inputs: arrays by input name, or one array for a model of one input. uint8, int32, float32
        and float64 pass; of outputs, half floats come as float32 and long integers as int32.
        """
        self.begin(inputs, *outputs)
        return self.end()

    def begin(self, inputs: Mapping[str, Array] | Array, *outputs: str) -> None:
        """Begin a run, which `end` ends; otherwise as `run`."""
        arrays = inputs if isinstance(inputs, Mapping) else {"": inputs}
        self._process.begin_to_run(self._key, list(outputs), arrays)

    def end(self) -> Mapping[str, Array]:
        """The outputs of the run that has begun."""
        return self._process.end_run(self._key)

    @property
    def has_begun(self) -> bool:
        """Whether a run has begun, and nothing else was asked of the process since."""
        return self._process.has_begun(self._key)

    def close(self) -> None:
        """Drop the model and hand its memory back, while the process goes on, unless that keeps its
        models."""
        self._process.let_go(self._key)
