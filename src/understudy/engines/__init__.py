"""Engines: they turn a picture and a clip into frames. The capability map names their models."""

from understudy.engines.capabilities import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Model
from understudy.engines.engine import (
    Cancelled,
    CharacterJudging,
    DrawsAlone,
    Engine,
    EngineInfo,
    EngineNeeds,
    EngineReport,
    Job,
    Judgement,
    Material,
    MotionControls,
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
    "DrawsAlone",
    "Engine",
    "EngineInfo",
    "EngineNeeds",
    "EngineReport",
    "EngineUnavailable",
    "Job",
    "Judgement",
    "Material",
    "Model",
    "MotionControls",
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
