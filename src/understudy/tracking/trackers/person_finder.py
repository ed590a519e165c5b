"""Finding all the people of a frame, and the same ones in the next.

The detector alone overlooks people who stand close together or bend down, and takes pictures of
people and stranger things for people. So whoever is new, unsure or was overlooked is looked at with
the landmark model, which says whether there is a person, and where.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from understudy.geometry.landmarks import Float32
from understudy.tracking.trackers.tracker import Region, Rgb, Tracker


@dataclass(frozen=True, slots=True)
class FindingNumbers:
    """When two regions hold the same person. A side is that of a person's square region."""

    sure_score: float = 0.5
    """A known person detected with this score is not checked with the landmark model."""
    min_presence: float = 0.5
    """Of the landmark model, to believe that there is a person."""
    max_people: int = 6
    """Detections that are considered in a frame."""
    same_distance: float = 0.2
    """Between the centres of two regions of one person, in sides of the smaller."""
    same_size_ratio: float = 2.0
    """Between their sides."""
    upside_down: float = 2.0
    """Radians from upright; there a new detection near another person is that person."""
    sudden_turn: float = 1.5
    """Radians that nobody turns between two searches."""
    half_width: float = 0.13
    """Half a body's width, in sides."""
    half_height: float = 0.42
    """A body's reach above and below the hips, in sides."""
    trunk_half_widths: float = 10
    """Sides over half the width of the box whose colours tell people apart."""
    trunk_above: float = 2.4
    """How far it reaches above the hips, in half widths; it reaches half of one below."""
    match_distance: float = 0.35
    """From the expected place, in sides, to match a known person."""
    appearance_weight: float = 0.5
    """In the matching cost, where distance in sides weighs 1."""
    max_occluded: int = 12
    """Searches for which an occluded person is remembered."""
    max_missed: int = 2
    """Searches for which a person who is not found is remembered."""
    min_saturation: int = 40
    """Of 255; below it, or in the dark, a pixel counts as grey."""


NUMBERS = FindingNumbers()

# A histogram over hues and their shades, and over the shades of grey.
_HUES, _SHADES = 12, 4
APPEARANCE = _HUES * _SHADES + _SHADES


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in a frame.

    region: that holds them, in the frame's pixels. score: the detector's, 0 where it overlooked
    them. appearance: (APPEARANCE,) float32, the colours of their trunk, adding up to one. body:
    (33, 4) landmarks, where they were looked at.
    """

    region: Region
    score: float
    appearance: Float32
    body: Float32 | None = None


@dataclass(slots=True)
class _Known:
    region: Region
    appearance: Float32
    came_from: Region | None = None
    missed: int = 0
    occluded: int = 0

    def expected(self) -> Region:
        """Where they are now if they went on as before."""
        if self.came_from is None:
            return self.region
        x, y = 2 * self.region.x - self.came_from.x, 2 * self.region.y - self.came_from.y
        return replace(self.region, x=x, y=y)


class PersonFinder:
    """The people of a clip's frames, taken in order."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._follower = tracker.follower()
        self._known: list[_Known] = []

    def step(self, rgb: Rgb, *, pose: bool) -> list[Person]:
        """The people of the next frame (H, W, 3) uint8, largest first.

        pose: whether their landmarks are wanted.
        """
        people: list[Person] = []
        detections = self._tracker.detect(rgb)
        for detection in detections[: NUMBERS.max_people]:
            if _is_there(detection.region, people):
                continue
            person: Person | None = _person(rgb, detection.region, detection.score)
            familiar = [k for k in self._known if same_person(k.region, detection.region)]
            if any(_turn(k.region, detection.region) > NUMBERS.sudden_turn for k in familiar):
                # The detector takes a body that is half out of the frame for one upside down.
                continue
            if not familiar or detection.score < NUMBERS.sure_score:
                person = self._find_pose(rgb, detection.region, detection.score)
            if person is not None and not _is_there(person.region, people):
                people.append(person)
        people = [person for person in people if not _is_phantom(person, people)]
        found = list(self._matched(people).values())
        missed: list[_Known] = []
        for known in self._known:
            if any(known is one for one in found):
                continue
            others = [person.region for person in people]
            if any(occludes(other, known.region) for other in others):
                missed.append(replace(known, came_from=None, occluded=known.occluded + 1))
                continue
            person = self._find_pose(mask_out(rgb, others), known.region, 0.0)
            if person is not None and not _is_there(person.region, people):
                people.append(person)
            else:
                missed.append(replace(known, came_from=None, missed=known.missed + 1))
        people.sort(key=lambda person: -person.region.side)
        if pose:
            people = [self._with_pose(rgb, person, people) for person in people]
        matched = self._matched(people)
        self._known = [
            known
            for known in missed
            if known.missed <= NUMBERS.max_missed and known.occluded <= NUMBERS.max_occluded
        ]
        for k, person in enumerate(people):
            before = matched[k].region if k in matched else None
            self._known.append(_Known(person.region, person.appearance, before))
        return people

    def _matched(self, people: list[Person]) -> dict[int, _Known]:
        """Who of those known each of the people, by their place in the list, most likely is."""
        pairs = []
        for k, person in enumerate(people):
            for n, known in enumerate(self._known):
                distance = _distance(known.expected(), person.region) / person.region.side
                if distance < NUMBERS.match_distance:
                    appearance_distance = 1 - np.minimum(known.appearance, person.appearance).sum()
                    pairs.append(
                        (distance + NUMBERS.appearance_weight * float(appearance_distance), k, n)
                    )
        matched: dict[int, int] = {}
        for _, k, n in sorted(pairs):
            if k not in matched and n not in matched.values():
                matched[k] = n
        return {k: self._known[n] for k, n in matched.items()}

    @property
    def several(self) -> bool:
        """Whether there are, or lately were, more people than one."""
        return len(self._known) > 1

    def _with_pose(self, rgb: Rgb, person: Person, people: Sequence[Person]) -> Person:
        """Somebody with their landmarks, if these can be told from the others'."""
        if person.body is not None:
            return person
        larger = people[0] is not person
        frame = mask_out(rgb, [people[0].region]) if larger else rgb
        found = self._find_pose(frame, person.region, person.score)
        if found is None or not larger:
            return found or person
        same = same_person(found.region, person.region)
        return replace(person, body=found.body) if same else person

    def _find_pose(self, rgb: Rgb, region: Region, score: float) -> Person | None:
        track = self._follower.follow(rgb, region, face=False, left_hand=False, right_hand=False)
        if track is None or track.presence < NUMBERS.min_presence:
            return None
        return _person(rgb, track.region, score, track.landmarks.body)


def same_person(one: Region, other: Region) -> bool:
    """Whether two regions hold the same person."""
    small, large = sorted((one.side, other.side))
    near = _distance(one, other) <= NUMBERS.same_distance * small
    return near and large <= NUMBERS.same_size_ratio * small


def occludes(front: Region, behind: Region, *, reach: float = NUMBERS.half_width) -> bool:
    """Whether the body in the one region is so near before the other that it hides the trunk.

    reach: how near, in sides of the region in front.
    """
    across, along = reach * front.side, NUMBERS.half_height * front.side
    return abs(front.x - behind.x) < across and abs(front.y - behind.y) < along


def mask_out(rgb: Rgb, regions: Sequence[Region]) -> Rgb:
    """A frame (H, W, 3) with the bodies in the regions painted over in their mean colour.

    So the landmark model, which sees a square about one person, does not take another's limbs.
    """
    if not regions:
        return rgb
    hidden = rgb.copy()
    height, width = rgb.shape[:2]
    for region in regions:
        across, along = NUMBERS.half_width * region.side, NUMBERS.half_height * region.side
        left, right = (int(np.clip(region.x + d, 0, width)) for d in (-across, across))
        top, bottom = (int(np.clip(region.y + d, 0, height)) for d in (-along, along))
        patch = hidden[top:bottom, left:right]
        if patch.size:
            patch[:] = patch.mean(axis=(0, 1)).astype(np.uint8)
    return hidden


def _person(rgb: Rgb, region: Region, score: float, body: Float32 | None = None) -> Person:
    return Person(region, score, _appearance(rgb, region), body)


def _appearance(rgb: Rgb, region: Region) -> Float32:
    """The colours of a person's trunk: a histogram over hue and saturation that adds up to one."""
    height, width = rgb.shape[:2]
    half = region.side / NUMBERS.trunk_half_widths
    left, right = (int(np.clip(region.x + dx, 0, width)) for dx in (-half, half))
    top, bottom = (
        int(np.clip(region.y + dy, 0, height)) for dy in (-NUMBERS.trunk_above * half, half / 2)
    )
    if right - left < 2 or bottom - top < 2:
        return np.full(APPEARANCE, 1 / APPEARANCE, np.float32)
    hsv = cv2.cvtColor(np.ascontiguousarray(rgb[top:bottom, left:right]), cv2.COLOR_RGB2HSV)
    hue, saturation, value = (hsv[..., k].ravel().astype(np.int64) for k in range(3))
    coloured = (saturation >= NUMBERS.min_saturation) & (value >= NUMBERS.min_saturation)
    bins = np.where(
        coloured,
        np.minimum(hue * _HUES // 180, _HUES - 1) * _SHADES + saturation * _SHADES // 256,
        _HUES * _SHADES + value * _SHADES // 256,
    )
    counts = np.bincount(bins, minlength=APPEARANCE).astype(np.float32)
    return counts / np.float32(counts.sum())


def _is_phantom(person: Person, people: Sequence[Person]) -> bool:
    """Whether somebody upside down is only another view of somebody else."""
    upright = Region(0, 0, 0)
    if _turn(person.region, upright) < NUMBERS.upside_down:
        return False
    return any(
        other is not person
        and _turn(other.region, upright) < NUMBERS.upside_down
        and _distance(other.region, person.region) < person.region.side / 2
        for other in people
    )


def _distance(one: Region, other: Region) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _turn(one: Region, other: Region) -> float:
    return abs(math.remainder(one.angle - other.angle, 2 * math.pi))


def _is_there(region: Region, people: list[Person]) -> bool:
    return any(same_person(region, person.region) for person in people)
