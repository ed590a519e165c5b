"""A service on a Ray cluster of which everything is killed loses nothing; see `ray_killing`."""

from __future__ import annotations

from pathlib import Path

from tests.ray_cluster import RayCluster
from tests.service.ray_killing import kill_all_kinds

TAKES = 12


def test_takes_are_published_and_charged_once_whatever_is_killed(
    ray_cluster: RayCluster, database_url: str, tmp_path: Path, media: dict[str, bytes]
) -> None:
    struck = kill_all_kinds(
        ray_cluster,
        tmp_path / "data",
        (media["picture.png"], media["clip.mp4"]),
        takes=TAKES,
        seed=2,
        database_url=database_url,
    )
    assert struck.problems == []
    assert struck.created >= TAKES
    assert min(struck.struck.values()) > 0
