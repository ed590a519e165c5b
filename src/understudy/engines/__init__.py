"""Engines: they turn a picture and a clip into frames. The capability map names their models."""

from understudy.engines.capabilities import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Model
from understudy.engines.engine import (
    Cancelled,
    Engine,
    EngineInfo,
    EngineReport,
    Job,
    Material,
    OnProgress,
    OnReport,
    Pixels,
    PromptReading,
    Stage,
    ViewChoosing,
)
from understudy.engines.registry import engine_names, load_engine
from understudy.errors import EngineUnavailable

__all__ = [
    "DEFAULT_ENGINE",
    "DEFAULT_MODEL",
    "MODELS",
    "Cancelled",
    "Engine",
    "EngineInfo",
    "EngineReport",
    "EngineUnavailable",
    "Job",
    "Material",
    "Model",
    "OnProgress",
    "OnReport",
    "Pixels",
    "PromptReading",
    "Stage",
    "ViewChoosing",
    "engine_names",
    "load_engine",
]
