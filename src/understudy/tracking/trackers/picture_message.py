"""What a tracker found in a picture as a message, and back."""

from __future__ import annotations

from understudy.geometry.landmarks import Landmarks
from understudy.processes.messages import Array, Message
from understudy.tracking.trackers.tracker import PictureTrack

_LANDMARKS = ("body", "world", "left_hand", "right_hand", "face")


def picture_message(track: PictureTrack) -> Message:
    """A picture's track as a message; parts that were not found are left out."""
    arrays: dict[str, Array] = {"mask": track.mask}
    if track.landmarks is not None:
        marks = {name: getattr(track.landmarks, name) for name in _LANDMARKS}
        arrays |= {name: array for name, array in marks.items() if array is not None}
    return Message("picture", {"presence": track.presence}, arrays)


def picture_of(message: Message) -> PictureTrack:
    """The picture's track that a message holds."""
    arrays = message.arrays
    landmarks = None
    if "body" in arrays:
        landmarks = Landmarks(
            body=arrays["body"],
            world=arrays["world"],
            left_hand=arrays.get("left_hand"),
            right_hand=arrays.get("right_hand"),
            face=arrays.get("face"),
        )
    return PictureTrack(landmarks, arrays["mask"], float(message.values["presence"]))
