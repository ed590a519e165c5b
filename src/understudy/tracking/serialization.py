"""Performances, surveys and picture tracks as messages, the form in which the cache keeps them."""

from __future__ import annotations

from dataclasses import asdict

from understudy.geometry.landmarks import Landmarks
from understudy.processes.messages import Array, Message
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import Survey
from understudy.tracking.scene.camera_motion import CameraPath, Movement
from understudy.tracking.scene.people import PersonPath
from understudy.tracking.scene.runs import Reason, Run
from understudy.tracking.scene.shots import Cut
from understudy.tracking.trackers.tracker import PictureTrack

_PERFORMANCE = ("times", "body", "world", "left_hand", "right_hand", "face")
_LANDMARKS = ("body", "world", "left_hand", "right_hand", "face")


def performance_record(performance: Performance) -> Message:
    """A performance as a message."""
    arrays: dict[str, Array] = {name: getattr(performance, name) for name in _PERFORMANCE}
    return Message("performance", {"size": list(performance.size)}, arrays)


def performance_of(record: Message) -> Performance:
    """The performance that a message holds."""
    width, height = record.values["size"]
    return Performance(size=(width, height), **{n: record.arrays[n] for n in _PERFORMANCE})


def picture_record(track: PictureTrack) -> Message:
    """A picture's track as a message."""
    arrays: dict[str, Array] = {"mask": track.mask}
    if track.landmarks is not None:
        marks = {name: getattr(track.landmarks, name) for name in _LANDMARKS}
        arrays |= {name: array for name, array in marks.items() if array is not None}
    return Message("picture", {"presence": track.presence}, arrays)


def picture_of(record: Message) -> PictureTrack:
    """The picture's track that a message holds."""
    arrays = record.arrays
    landmarks = None
    if "body" in arrays:
        landmarks = Landmarks(
            body=arrays["body"],
            world=arrays["world"],
            left_hand=arrays.get("left_hand"),
            right_hand=arrays.get("right_hand"),
            face=arrays.get("face"),
        )
    return PictureTrack(landmarks, arrays["mask"], float(record.values["presence"]))


def survey_record(survey: Survey) -> Message:
    """A survey as a message."""
    values = {
        "run": asdict(survey.run),
        "runs": [asdict(run) for run in survey.runs],
        "dropped": [asdict(reason) for reason in survey.dropped],
        "cuts": [asdict(cut) for cut in survey.cuts],
        "movements": [asdict(movement) for movement in survey.movements],
        "others": len(survey.others),
        "people": survey.people,
        "framing": survey.framing,
        "warnings": list(survey.warnings),
    }
    arrays: dict[str, Array] = {
        "camera_times": survey.camera.times,
        "camera_offsets": survey.camera.offsets,
    }
    for n, path in enumerate((survey.driver, *survey.others)):
        arrays[f"times_{n}"] = path.times
        arrays[f"regions_{n}"] = path.regions
    return Message("survey", values, arrays)


def survey_of(record: Message) -> Survey:
    """The survey that a message holds."""
    values, arrays = record.values, record.arrays
    driver, *others = (
        PersonPath(arrays[f"times_{n}"], arrays[f"regions_{n}"])
        for n in range(1 + values["others"])
    )
    return Survey(
        run=Run(**values["run"]),
        runs=tuple(Run(**run) for run in values["runs"]),
        dropped=tuple(Reason(**reason) for reason in values["dropped"]),
        cuts=tuple(Cut(**cut) for cut in values["cuts"]),
        movements=tuple(Movement(**movement) for movement in values["movements"]),
        camera=CameraPath(arrays["camera_times"], arrays["camera_offsets"]),
        driver=driver,
        others=tuple(others),
        people=values["people"],
        framing=values["framing"],
        warnings=tuple(values["warnings"]),
    )
