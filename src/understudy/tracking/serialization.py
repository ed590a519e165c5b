"""Performances and scene analyses as messages, the form in which the cache stores them."""

from __future__ import annotations

from dataclasses import asdict

from understudy.processes.messages import Array, Message
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.scene.camera_motion import CameraMotion, MovingSpan
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.scene.runs import Reason, Run
from understudy.tracking.scene.shots import Cut

_PERFORMANCE = ("times", "body", "world", "left_hand", "right_hand", "face")
_CAMERA = ("centre", "zoom", "roll")


def performance_record(performance: Performance) -> Message:
    """A performance as a message."""
    arrays: dict[str, Array] = {name: getattr(performance, name) for name in _PERFORMANCE}
    return Message("performance", {"size": list(performance.size)}, arrays)


def performance_of(record: Message) -> Performance:
    """The performance that a message holds."""
    width, height = record.values["size"]
    return Performance(size=(width, height), **{n: record.arrays[n] for n in _PERFORMANCE})


def camera_record(camera: ClipCamera) -> Message:
    """A clip's camera as a message."""
    arrays: dict[str, Array] = {name: getattr(camera, name) for name in _CAMERA}
    return Message("camera", {"size": list(camera.size)}, arrays)


def camera_of(record: Message) -> ClipCamera:
    """The camera that a message holds."""
    width, height = record.values["size"]
    return ClipCamera(size=(width, height), **{name: record.arrays[name] for name in _CAMERA})


def scene_record(scene: SceneAnalysis) -> Message:
    """A scene analysis as a message."""
    values = {
        "run": asdict(scene.run),
        "runs": [asdict(run) for run in scene.runs],
        "dropped": [asdict(reason) for reason in scene.dropped],
        "cuts": [asdict(cut) for cut in scene.cuts],
        "movements": [asdict(movement) for movement in scene.movements],
        "others": len(scene.others),
        "people": scene.people,
        "framing": scene.framing,
        "warnings": list(scene.warnings),
    }
    arrays: dict[str, Array] = {
        "camera_times": scene.camera.times,
        "camera_offsets": scene.camera.offsets,
    }
    for n, path in enumerate((scene.driver, *scene.others)):
        arrays[f"times_{n}"] = path.times
        arrays[f"regions_{n}"] = path.regions
    return Message("scene", values, arrays)


def scene_of(record: Message) -> SceneAnalysis:
    """The scene analysis that a message holds."""
    values, arrays = record.values, record.arrays
    driver, *others = (
        PersonTrack(arrays[f"times_{n}"], arrays[f"regions_{n}"])
        for n in range(1 + values["others"])
    )
    return SceneAnalysis(
        run=Run(**values["run"]),
        runs=tuple(Run(**run) for run in values["runs"]),
        dropped=tuple(Reason(**reason) for reason in values["dropped"]),
        cuts=tuple(Cut(**cut) for cut in values["cuts"]),
        movements=tuple(MovingSpan(**movement) for movement in values["movements"]),
        camera=CameraMotion(arrays["camera_times"], arrays["camera_offsets"]),
        driver=driver,
        others=tuple(others),
        people=values["people"],
        framing=values["framing"],
        warnings=tuple(values["warnings"]),
    )
