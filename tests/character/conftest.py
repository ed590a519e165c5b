from __future__ import annotations

import pytest

from tests.character.drawn_figure import Drawn, draw
from understudy.character.cast import cast
from understudy.character.character import Character


@pytest.fixture(scope="session")
def standing() -> Drawn:
    """A figure whose arms hang beside its trunk, in front of a plain wall."""
    return draw()


@pytest.fixture(scope="session")
def standing_cast(standing: Drawn) -> Character:
    return cast(standing.opened(), standing.design.size, track=standing.track)
