"""Trackers: what finds people and their landmarks, each in a process of its own."""

from understudy.performance.trackers.pictures import track_picture
from understudy.performance.trackers.pool import TrackerPool
from understudy.performance.trackers.processes import TrackerError, TrackerProcess
from understudy.performance.trackers.tracker import Detection, PictureTrack, Region

__all__ = [
    "Detection",
    "PictureTrack",
    "Region",
    "TrackerError",
    "TrackerPool",
    "TrackerProcess",
    "track_picture",
]
