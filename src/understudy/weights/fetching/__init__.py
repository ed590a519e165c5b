"""Downloading weights, the only part of Understudy's library that uses the network."""

from understudy.weights.fetching.fetch import FetchOutcome, fetch
from understudy.weights.fetching.snapshots import SnapshotMissing, fetch_snapshot, is_present
from understudy.weights.fetching.sources import PATIENCE, Patience, Step

__all__ = [
    "PATIENCE",
    "FetchOutcome",
    "Patience",
    "SnapshotMissing",
    "Step",
    "fetch",
    "fetch_snapshot",
    "is_present",
]
