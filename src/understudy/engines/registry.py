"""Finding engines: any distribution can add one, in the entry point group `understudy.engines`.

An entry point names a callable without arguments that returns the engine, usually its class.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from understudy.engines.engine import Engine
from understudy.errors import EngineUnavailable

GROUP = "understudy.engines"


def engine_names() -> tuple[str, ...]:
    """The names of the installed engines, sorted; loads none of them."""
    return tuple(sorted(point.name for point in entry_points(group=GROUP)))


def load_engine(name: str, *, elsewhere: bool = False) -> Engine:
    """The engine of that name, checked.

    elsewhere: it will run on another machine, so that this one need not be able to.

    Raises EngineUnavailable if no such engine is installed, or if it cannot run here.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        known = ", ".join(engine_names()) or "none"
        raise EngineUnavailable(f"no engine is called {name!r}; installed: {known}")
    engine = _instance(points[0])
    if not elsewhere:
        engine.check()
    return engine


def _instance(point: EntryPoint) -> Engine:
    try:
        engine = point.load()()
    except ImportError as missing:
        raise EngineUnavailable(f"the engine {point.name!r} needs {missing.name}") from missing
    if not isinstance(engine, Engine):
        raise EngineUnavailable(f"the entry point {point.name!r} does not provide an engine")
    return engine
