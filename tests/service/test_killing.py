"""A server that is killed at random moments loses nothing; `killing` tells more."""

from __future__ import annotations

from tests.service.killing import kill_over_and_over


def test_nothing_is_lost_published_twice_or_left_untold(media: dict[str, bytes]) -> None:
    figures = kill_over_and_over(3, seed=2, picture=media["picture.png"], clip=media["clip.mp4"])
    assert figures.problems == []
    assert figures.created > 0
