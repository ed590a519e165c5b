"""Trackers: they find people and their landmarks, each in its own process."""

from understudy.tracking.trackers.kept import KeptTrackers
from understudy.tracking.trackers.pictures import track_picture
from understudy.tracking.trackers.pool import TrackerPool
from understudy.tracking.trackers.process import start_tracker
from understudy.tracking.trackers.tracker import Detection, PictureTrack, Region

__all__ = [
    "Detection",
    "KeptTrackers",
    "PictureTrack",
    "Region",
    "TrackerPool",
    "start_tracker",
    "track_picture",
]
