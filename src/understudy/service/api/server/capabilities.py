"""`/v1/capabilities`: models and limits of this server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy import __version__
from understudy.media import limits
from understudy.service.context import Service, service_of
from understudy.service.http.envelope import success
from understudy.service.models import Model
from understudy.tasks.workers.questions import EngineState

_MODES: tuple[limits.Mode, ...] = ("std", "pro")
_ORIENTATIONS: tuple[limits.Orientation, ...] = ("video", "image")


class ModeInfo(TypedDict):
    """A quality: its engine, the output's short side in pixels, its price (a decimal string)."""

    engine: str
    short_side: int
    units_per_second: str


class ModelInfo(TypedDict):
    """A model name. path: what the tasks design calls it, null where it has no path there. prompt:
    what of a prompt its engine acts on. raw_clip: the clip's camera may move. replace: the
    background may be `clip`. max_seconds: of a clip in either orientation, null where `limits`
    holds. reason: why it is not available"""

    name: str
    path: str | None
    engine: str
    available: bool
    reason: str
    element: bool
    prompt: Literal["camera", "full"]
    raw_clip: bool
    replace: bool
    max_seconds: float | None
    modes: dict[Literal["std", "pro"], ModeInfo]


class Models(TypedDict):
    """The model names that this server takes."""

    models: list[ModelInfo]


class LimitsInfo(TypedDict):
    """What pictures and clips may have; seconds by orientation."""

    picture_bytes: int
    clip_bytes: int
    element_clip_bytes: int
    clip_seconds: dict[Literal["video", "image"], float]


class Capabilities(TypedDict):
    """What can be asked of this server."""

    version: str
    models: list[ModelInfo]
    limits: LimitsInfo


async def capabilities(request: Request) -> Response:
    """List models, prices, features and input limits."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=True)
    longest = service.settings.max_clip_seconds
    data: Capabilities = {
        "version": __version__,
        "models": await _models(service),
        "limits": {
            "picture_bytes": limits.PICTURE_MAX_BYTES,
            "clip_bytes": limits.clip_limits("video", longest).max_bytes,
            "element_clip_bytes": limits.ELEMENT_CLIP_MAX_BYTES,
            "clip_seconds": {
                name: float(limits.clip_limits(name, longest).max_seconds) for name in _ORIENTATIONS
            },
        },
    }
    return success(request, data)


async def models(request: Request) -> Response:
    """List models, features and prices."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=True)
    data: Models = {"models": await _models(service)}
    return success(request, data)


async def _models(service: Service) -> list[ModelInfo]:
    states = await service.engines.states(service.catalogue.engines)
    return [_model(model, states) for model in service.catalogue.by_name.values()]


def _model(model: Model, states: Mapping[str, EngineState]) -> ModelInfo:
    """A model is available when the engines of all its modes can run."""
    engines = list(dict.fromkeys(model.engines.values()))
    reason = "; ".join(filter(None, (states[engine].reason for engine in engines)))
    return {
        "name": model.name,
        "path": model.path,
        "engine": engines[0],
        "available": not reason,
        "reason": reason,
        "element": model.elements,
        "prompt": "full" if states[engines[0]].whole_prompt else "camera",
        "raw_clip": states[engines[0]].raw_clip,
        "replace": states[engines[0]].replace,
        "max_seconds": model.max_seconds,
        "modes": {
            mode: {
                "engine": model.engines[mode],
                "short_side": limits.OUTPUT_SHORT_SIDE[mode],
                "units_per_second": format(model.units[mode].normalize(), "f"),
            }
            for mode in _MODES
            if mode in model.units
        },
    }


ROUTES = [
    Route("/v1/capabilities", capabilities, methods=["GET"]),
    Route("/v1/models", models, methods=["GET"]),
]
