from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tracking.trackers.scripted_tracker import ScriptedTracker
from understudy.tracking.trackers.person_finder import PersonFinder, mask_out, occludes, same_person
from understudy.tracking.trackers.tracker import Region

FRAME = np.full((600, 900, 3), 90, np.uint8)
ANNA = Region(250, 300, 500)
BERT = Region(700, 300, 400)


def test_people_are_listed_largest_first() -> None:
    people = PersonFinder(ScriptedTracker([BERT, ANNA])).step(FRAME, pose=False)
    assert [person.region for person in people] == [ANNA, BERT]


def test_pictures_of_people_that_no_body_is_in_are_left_out() -> None:
    tracker = ScriptedTracker([ANNA], ghosts=[Region(800, 100, 90)])
    assert len(PersonFinder(tracker).step(FRAME, pose=False)) == 1


def test_two_detections_of_one_person_count_once() -> None:
    tracker = ScriptedTracker([ANNA], ghosts=[replace(ANNA, x=ANNA.x + 20, side=560)])
    assert len(PersonFinder(tracker).step(FRAME, pose=False)) == 1


def test_who_is_overlooked_is_looked_for_where_they_were() -> None:
    tracker = ScriptedTracker([ANNA, BERT])
    people = PersonFinder(tracker)
    people.step(FRAME, pose=False)
    tracker.overlooked = [BERT]
    assert [person.region for person in people.step(FRAME, pose=False)] == [ANNA, BERT]
    assert people.several


def test_who_leaves_is_forgotten_after_some_looks() -> None:
    tracker = ScriptedTracker([ANNA, BERT])
    people = PersonFinder(tracker)
    people.step(FRAME, pose=False)
    tracker.people = [ANNA]
    assert [person.region for person in people.step(FRAME, pose=False)] == [ANNA]
    for _ in range(3):
        people.step(FRAME, pose=False)
    assert not people.several


def test_landmarks_are_looked_at_when_wanted_only() -> None:
    tracker = ScriptedTracker([ANNA])
    people = PersonFinder(tracker)
    people.step(FRAME, pose=False)
    tracker.looked_at.clear()
    (unlooked,) = people.step(FRAME, pose=False)
    assert unlooked.body is None
    assert tracker.looked_at == []
    (looked,) = people.step(FRAME, pose=True)
    assert looked.body is not None


def test_a_view_upside_down_of_somebody_is_not_somebody_else() -> None:
    ghost = Region(300, 150, 800, 3.0)
    tracker = ScriptedTracker([ANNA, ghost])
    assert [p.region for p in PersonFinder(tracker).step(FRAME, pose=False)] == [ANNA]


def test_who_suddenly_stands_on_their_head_is_looked_at_again() -> None:
    tracker = ScriptedTracker([ANNA])
    people = PersonFinder(tracker)
    people.step(FRAME, pose=False)
    tracker.overlooked = [ANNA]
    tracker.ghosts = [replace(ANNA, angle=3.0)]
    (person,) = people.step(FRAME, pose=False)
    assert person.region == ANNA


def test_appearance_tells_colours_apart() -> None:
    frame = FRAME.copy()
    frame[:, :450] = (200, 30, 30)
    frame[:, 450:] = (30, 30, 200)
    anna, bert = PersonFinder(ScriptedTracker([ANNA, BERT])).step(frame, pose=False)
    assert anna.appearance.sum() == np.float32(1)
    assert np.minimum(anna.appearance, bert.appearance).sum() < 0.05


def test_people_are_hidden_without_touching_the_frame_given() -> None:
    frame = np.random.default_rng(0).integers(0, 255, FRAME.shape).astype(np.uint8)
    before = frame.copy()
    hidden = mask_out(frame, [ANNA])
    np.testing.assert_array_equal(frame, before)
    assert np.ptp(hidden[250:350, 240:260].reshape(-1, 3), axis=0).max() == 0
    np.testing.assert_array_equal(hidden[:, 600:], before[:, 600:])
    assert mask_out(frame, []) is frame


def test_whose_trunk_is_behind_another_is_covered() -> None:
    assert occludes(ANNA, replace(ANNA, x=ANNA.x + 30))
    assert not occludes(ANNA, BERT)
    assert same_person(ANNA, replace(ANNA, side=600))
    assert not same_person(ANNA, BERT)
