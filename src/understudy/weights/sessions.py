"""Opening models for inference: ONNX files by ONNX Runtime, ncnn's files by ncnn.

Only the process of `weights.worker` opens them, so that their memory ends with it. Everybody else
goes through `weights.inference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from understudy.processes.messages import Array
from understudy.weights.graphs import GraphUnfit, cut_to_first_output

# Faster than the CPU where the installed runtime has them, the best first. TensorRT is left out: it
# compiles for minutes at the first use of a model.
_PROVIDERS = [
    "CUDAExecutionProvider",
    "ROCMExecutionProvider",
    "MIGraphXExecutionProvider",
    "CPUExecutionProvider",
]


class Session(Protocol):
    """A model that answers."""

    @property
    def inputs(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes that it takes, by input name; -1 for a side that is free, () for any shape."""
        ...

    def run(self, inputs: Mapping[str, Array], outputs: tuple[str, ...]) -> dict[str, Array]:
        """The named outputs, or the first where none is named, for arrays by input name."""
        ...


class OnnxSession:
    """A model of ONNX Runtime, on a GPU where the installed runtime has one."""

    def __init__(self, path: Path, *, threads: int, side: int | None = None) -> None:
        """Open the model at `path`.

        side: pixels of the square pictures that it is to take, for models of one picture to one
        picture whose size is fixed; they are cut to their first output as well and, on a CPU,
        compute in single precision. A model that cannot be changed so keeps its own size, which
        `inputs` tells.
        """
        import onnxruntime

        # The runtime's warnings are of our own options and of providers that are not here.
        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        # An arena keeps the largest use of memory for good, and a run needs much once.
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = threads
        # Threads that wait must not keep cores from the tracker and the encoder.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        available = onnxruntime.get_available_providers()
        wanted = [name for name in _PROVIDERS if name in available]
        on_cpu = wanted == _PROVIDERS[-1:]
        model = str(path) if side is None else _cut(path, side, without_halves=on_cpu)
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=wanted)
        except Exception:
            # A provider that is installed may lack its driver or its card.
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        self._first = self._session.get_outputs()[0].name
        self.inputs = {
            given.name: tuple(length if isinstance(length, int) else -1 for length in given.shape)
            for given in self._session.get_inputs()
        }

    def run(self, inputs: Mapping[str, Array], outputs: tuple[str, ...]) -> dict[str, Array]:
        """The named outputs, or the first where none is named.

        inputs: by name; a single one may be named "" for the model's only input.
        """
        only = next(iter(self.inputs))
        named = {name or only: array for name, array in inputs.items()}
        wanted = list(outputs or (self._first,))
        answers = self._session.run(wanted, named)
        return dict(zip(wanted, map(_plain, answers), strict=True))


class NcnnSession:
    """A model of ncnn, on the CPU: blobs of shape (C, H, W), float32."""

    def __init__(self, param: Path, model: Path, *, threads: int) -> None:
        """Open the model of the files `param` and `model`."""
        import ncnn

        self._ncnn: Any = ncnn
        self._net: Any = ncnn.Net()
        self._net.opt.use_vulkan_compute = False
        self._net.opt.num_threads = threads
        if self._net.load_param(str(param)) or self._net.load_model(str(model)):
            raise ValueError("ncnn cannot read the model")
        self.inputs: Mapping[str, tuple[int, ...]] = dict.fromkeys(self._net.input_names(), ())
        self._outputs = list(self._net.output_names())

    def run(self, inputs: Mapping[str, Array], outputs: tuple[str, ...]) -> dict[str, Array]:
        """The named outputs, or the first where none is named; see `OnnxSession.run`."""
        extractor = self._net.create_extractor()
        only = next(iter(self.inputs))
        for name, array in inputs.items():
            # A matrix of ncnn's own: the other kind only borrows the array's memory.
            blob = self._ncnn.Mat(np.ascontiguousarray(array, np.float32)).clone()
            extractor.input(name or only, blob)
        answers = {}
        for name in outputs or (self._outputs[0],):
            status, blob = extractor.extract(name)
            if status:
                raise ValueError(f"ncnn gives no output {name}")
            answers[name] = np.array(blob)
        return answers


def open_session(paths: tuple[Path, ...], *, threads: int, side: int | None = None) -> Session:
    """The session for a model's files: one `.onnx`, or a `.param` and a `.bin`."""
    match sorted(path.suffix for path in paths):
        case [".onnx"]:
            return OnnxSession(paths[0], threads=threads, side=side)
        case [".bin", ".param"]:
            model, param = sorted(paths, key=lambda path: path.suffix)
            return NcnnSession(param, model, threads=threads)
        case suffixes:
            raise ValueError(f"no runtime for files of the kinds {suffixes}")


def _cut(path: Path, side: int, *, without_halves: bool) -> bytes | str:
    try:
        return cut_to_first_output(path.read_bytes(), side, without_halves=without_halves)
    except GraphUnfit:
        return str(path)


def _plain(array: Any) -> Array:
    """The array in a type that messages carry: float32, int32 or uint8."""
    match array.dtype.kind:
        case "f":
            return np.asarray(array, np.float32)
        case "b":
            return np.asarray(array, np.uint8)
        case _ if array.dtype != np.uint8:
            return np.asarray(array, np.int32)
    return np.asarray(array)
