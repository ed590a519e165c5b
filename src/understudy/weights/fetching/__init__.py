"""Downloading weights, the only part of Understudy's library that uses the network."""

from understudy.weights.fetching.fetch import FetchOutcome, fetch
from understudy.weights.fetching.snapshots import SnapshotMissing, fetch_snapshot, is_present
from understudy.weights.fetching.sources import TIMEOUTS, FetchTimeouts, Step

__all__ = [
    "TIMEOUTS",
    "FetchOutcome",
    "FetchTimeouts",
    "SnapshotMissing",
    "Step",
    "fetch",
    "fetch_snapshot",
    "is_present",
]
