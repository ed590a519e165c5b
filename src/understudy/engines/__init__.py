"""Engines: they turn a picture and a clip into frames. The capability map names their models."""

from understudy.engines.capabilities import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Model
from understudy.engines.engine import (
    Cancelled,
    CharacterJudging,
    Engine,
    EngineInfo,
    EngineReport,
    Job,
    Judgement,
    Material,
    OnProgress,
    OnReport,
    Pixels,
    PromptReading,
    Stage,
    TestPoses,
    ViewChoosing,
)
from understudy.engines.registry import engine_names, load_engine
from understudy.errors import EngineUnavailable

__all__ = [
    "DEFAULT_ENGINE",
    "DEFAULT_MODEL",
    "MODELS",
    "Cancelled",
    "CharacterJudging",
    "Engine",
    "EngineInfo",
    "EngineReport",
    "EngineUnavailable",
    "Job",
    "Judgement",
    "Material",
    "Model",
    "OnProgress",
    "OnReport",
    "Pixels",
    "PromptReading",
    "Stage",
    "TestPoses",
    "ViewChoosing",
    "engine_names",
    "load_engine",
]
