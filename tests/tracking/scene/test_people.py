from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.tracking.scene.people import (
    Detections,
    PersonTrack,
    choose_driver,
    count_people,
    link_detections,
)

SIZE = (1000, 1000)
RED, BLUE = np.eye(52, dtype=np.float32)[0], np.eye(52, dtype=np.float32)[9]
Row = tuple[float, float, float, float, NDArray[np.float32]]


def detections(rows: list[Row]) -> Detections:
    """From rows of time, x, y, side and colours."""
    people = np.array([[time, x, y, side, 0.0, 0.9] for time, x, y, side, _ in rows])
    detection_times = np.unique(people[:, 0])
    return Detections(detection_times, people, np.stack([row[4] for row in rows]))


def crossing(hidden: tuple[float, float] = (9, 9)) -> Detections:
    """Red stands at 500 but for when hidden; blue walks from 100 to 900 in eight seconds."""
    rows: list[Row] = []
    for k in range(33):
        time = k / 4
        if not hidden[0] < time < hidden[1]:
            rows.append((time, 500 + 5 * (k % 2), 500, 600, RED))
        rows.append((time, 100 + 100 * time, 500, 560, BLUE))
    return detections(rows)


def test_two_who_cross_keep_their_names() -> None:
    red, blue = link_detections(crossing())
    assert np.ptp(red.regions[:, 0]) < 20
    assert np.ptp(blue.regions[:, 0]) == 800


def test_who_is_hidden_for_a_while_is_known_again() -> None:
    tracks = link_detections(crossing(hidden=(3.2, 4.8)))
    assert len(tracks) == 2
    red = min(tracks, key=lambda path: float(np.ptp(path.regions[:, 0])))
    assert np.diff(red.times).max() == 2.0
    assert np.ptp(red.regions[:, 0]) < 20


def test_who_comes_with_other_colours_is_somebody_else() -> None:
    rows: list[Row] = [(k / 4, 500, 500, 600, RED if k < 10 else BLUE) for k in range(20)]
    assert len(link_detections(detections(rows))) == 2


def test_the_driver_is_who_covers_most_of_the_picture() -> None:
    rows: list[Row] = []
    for k in range(20):
        rows.append((k / 4, 200, 500, 300, RED))
        rows.append((k / 4, 700, 500, 700, BLUE))
    tracks = link_detections(detections(rows))
    driver = choose_driver(tracks, SIZE)
    assert driver is not None
    assert driver.regions[0, 0] == 700


def test_a_giant_glimpse_is_not_the_driver() -> None:
    rows: list[Row] = [(k / 4, 300, 500, 500, RED) for k in range(20)]
    rows.append((2.5, 800, 500, 900, BLUE))
    driver = choose_driver(link_detections(detections(sorted(rows, key=lambda row: row[0]))), SIZE)
    assert driver is not None
    assert driver.regions[0, 0] == 300


def test_nobody_drives_an_empty_shot() -> None:
    assert choose_driver([], SIZE) is None
    assert count_people([]) == 0


def test_people_are_counted_at_once() -> None:
    assert count_people(link_detections(crossing())) == 2
    one_after_another = [
        PersonTrack(np.array([0.0, 1.0]), np.ones((2, 4))),
        PersonTrack(np.array([2.0, 3.0]), np.ones((2, 4))),
    ]
    assert count_people(one_after_another) == 1


def test_boxes_stay_within_the_picture() -> None:
    path = PersonTrack(np.array([0.0]), np.array([[10.0, 900.0, 800.0, 0.0]]))
    left, top, right, bottom = path.boxes(SIZE)[0]
    assert (left, bottom) == (0, 1000)
    assert 0 < right < 1000
    assert 0 < top < 900
    assert 0 < path.coverage(SIZE)[0] < 0.2


def test_a_part_of_a_path_keeps_a_sighting_on_either_side() -> None:
    path = PersonTrack(np.arange(10.0), np.zeros((10, 4)))
    assert path.within(2.5, 4.5).times.tolist() == [2, 3, 4, 5]


def test_who_stands_before_another_hides_them() -> None:
    front = PersonTrack(np.array([0.0, 4.0]), np.array([[0, 500, 600, 0], [1000, 500, 600, 0]]))
    behind = PersonTrack(np.array([0.0, 4.0]), np.array([[500, 500, 600, 0], [500, 500, 600, 0]]))
    assert front.occludes(behind, 2.0)
    assert not front.occludes(behind, 0.5)
    assert not front.occludes(behind, 5.0)
