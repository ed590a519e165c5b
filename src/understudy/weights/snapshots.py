"""Model repositories that are fetched whole: too large for the catalogue's way, file by file."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.weights.entry import Licence

# Written into the folder of a snapshot once it is complete.
ORIGIN = "understudy-origin.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository of the model hub, at one commit.

    name: also of its folder. revision: the commit, or None where none is known; then the newest is
    fetched, and what was fetched stays. gib: about what it takes on the disk.
    """

    name: str
    purpose: str
    repository: str
    revision: str | None
    gib: int
    weights: Licence


# The commits are those that two independent users of the models pin; they were not fetched here. Of
# the first Animate no user's pin was found.
SNAPSHOTS: tuple[Snapshot, ...] = (
    Snapshot(
        name="wan-animate-2",
        purpose="generates takes on a GPU in 10 steps (engine wan-animate-2)",
        repository="Wan-AI/Wan2.2-Animate-2-14B-Distilled-Diffusers",
        revision="59e4141466bcb1bf9733eca1bc78be6891c9fbdf",
        gib=43,
        weights=Licence("Apache-2.0"),
    ),
    Snapshot(
        name="wan-animate-2-base",
        purpose="the same in 40 guided steps: slower, and closer to the original",
        repository="Wan-AI/Wan2.2-Animate-2-14B-Diffusers",
        revision="7d48412d7b903ff3a89f4f5a960d99e1899605a1",
        gib=43,
        weights=Licence("Apache-2.0"),
    ),
    Snapshot(
        name="wan-animate",
        purpose="generates takes on a GPU from a skeleton, also in the clip's scene (wan-animate)",
        repository="Wan-AI/Wan2.2-Animate-14B-Diffusers",
        revision=None,
        gib=45,
        weights=Licence("Apache-2.0"),
    ),
)


def snapshot_named(name: str) -> Snapshot | None:
    """The snapshot of this name."""
    return next((snapshot for snapshot in SNAPSHOTS if snapshot.name == name), None)
