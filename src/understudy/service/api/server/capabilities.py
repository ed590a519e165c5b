"""`/v1/capabilities`: what can be asked of this server."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy import __version__
from understudy.media import limits
from understudy.service.context import service_of
from understudy.service.http.envelope import success
from understudy.service.models import Model

_MODES: tuple[limits.Mode, ...] = ("std", "pro")
_ORIENTATIONS: tuple[limits.Orientation, ...] = ("video", "image")


class ModeInfo(TypedDict):
    """A quality: the output's short side in pixels, and its price (a decimal string)."""

    short_side: int
    units_per_second: str


class ModelInfo(TypedDict):
    """A model name. path: what the tasks design calls it, null where it has no path there. prompt:
    what of a prompt its engine acts on. reason: why it is not available"""

    name: str
    path: str | None
    engine: str
    available: bool
    reason: str
    element: bool
    prompt: Literal["camera", "full"]
    modes: dict[Literal["std", "pro"], ModeInfo]


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
    """Say which models there are, what they do and cost, and what inputs may be."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=True)
    models = service.catalogue.by_name.values()
    states = await service.engines.states(frozenset(model.engine for model in models))
    data: Capabilities = {
        "version": __version__,
        "models": [
            _model(model, states[model.engine].reason, whole=states[model.engine].whole_prompt)
            for model in models
        ],
        "limits": {
            "picture_bytes": limits.PICTURE_MAX_BYTES,
            "clip_bytes": limits.CLIP_MAX_BYTES,
            "element_clip_bytes": limits.ELEMENT_CLIP_MAX_BYTES,
            "clip_seconds": {name: float(limits.CLIP_MAX_SECONDS[name]) for name in _ORIENTATIONS},
        },
    }
    return success(request, data)


def _model(model: Model, reason: str, *, whole: bool) -> ModelInfo:
    return {
        "name": model.name,
        "path": model.path,
        "engine": model.engine,
        "available": not reason,
        "reason": reason,
        "element": model.elements,
        "prompt": "full" if whole else "camera",
        "modes": {
            mode: {
                "short_side": limits.OUTPUT_SHORT_SIDE[mode],
                "units_per_second": format(model.units[mode].normalize(), "f"),
            }
            for mode in _MODES
        },
    }


ROUTES = [Route("/v1/capabilities", capabilities, methods=["GET"])]
