"""From what an animator thinks in (raise the arm, plant the foot) to turns of joints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..solid.turns import Matrix, about, between, euler, mirrored
from .head import OPEN, Face, lid_turn
from .skeleton import FINGERS, SIDES, Posed, Skeleton, arm_axes, pose

Controls = Mapping[str, float]

REST_ELEVATION = 40.0
"""How far, in degrees, the arms are raised at rest."""


def _shoulder(raised: float, forward: float, twist: float) -> Matrix:
    """Left arm. raised: 0 hangs, 90 level; forward: 0 sideways, 90 ahead; twist turns the elbow's
    bend about the arm: from forwards (0) inwards, or downwards where the arm is level (90)."""
    e, a = np.radians(raised), np.radians(forward)
    aim = np.array([np.sin(e) * np.cos(a), -np.cos(e), np.sin(e) * np.sin(a)])
    hang = np.array([0.0, -1.0, 0.0])
    rest = arm_axes("L")
    to_hanging = between(rest[:, 0], hang)
    swing = about((np.sin(a), 0, -np.cos(a)), -raised) if raised else np.eye(3)
    return about(aim, twist) @ swing @ to_hanging


def arm_turns(side: str, c: Controls) -> dict[str, Matrix]:
    """Controls of one arm, without its prefix: raised, forward, twist, elbow, roll, flex, tilt,
    shrug, curl, spread, thumb, and curl_index etc. on top of curl."""
    axes = arm_axes("L")
    along, thumbwards, back = axes.T

    def get(name: str, default: float = 0.0) -> float:
        return c.get(f"{side}_{name}", default)

    raised = get("raised", REST_ELEVATION)
    # The collar bone follows an arm past level, and sinks with one that hangs.
    shrug = get("shrug") + 0.22 * max(raised - 60, 0) - 0.20 * max(REST_ELEVATION - raised, 0)
    clavicle = about((0, 0, 1), shrug)
    upper = about((0, 0, 1), -shrug) @ _shoulder(raised, get("forward"), get("twist"))
    roll = get("roll")
    turns = {
        "clavicle": clavicle,
        "shoulder": upper,
        "elbow": about(-back, get("elbow")),
        "forearm": about(along, -0.6 * roll),
        "wrist": about(along, -0.4 * roll)
        @ about(thumbwards, -get("flex"))
        @ about(-back, get("tilt")),
    }
    curl, spread = get("curl", 12), get("spread", 0)
    fan = {"index": 1.0, "middle": 0.2, "ring": -0.5, "pinky": -1.3}
    for finger in FINGERS[1:]:
        bend = curl + get(f"curl_{finger}")
        turns[f"{finger}1"] = about(-back, spread * fan[finger]) @ about(thumbwards, -0.85 * bend)
        turns[f"{finger}2"] = about(thumbwards, -1.1 * bend)
        turns[f"{finger}3"] = about(thumbwards, -0.7 * bend)
    thumb = get("thumb", 10)
    across = np.cross(along + thumbwards, back)
    turns["thumb1"] = about(along, -0.7 * thumb) @ about(-back, -0.35 * thumb)
    turns["thumb2"] = about(across, -0.5 * thumb)
    turns["thumb3"] = about(across, -0.8 * thumb)
    if side == "R":
        turns = {name: mirrored(t) for name, t in turns.items()}
    return {f"{side}_{name}": t for name, t in turns.items()}


def face_turns(face: Face, c: Controls) -> dict[str, Matrix]:
    """Jaw, lids and eyes; see `expression` for their controls."""
    jaw = c.get("jaw", 0.0)
    turns = {"jaw": about((1, 0, 0), OPEN * (jaw - 1))}
    look = euler(pitch=-c.get("gaze_y", 0.0), yaw=c.get("gaze_x", 0.0))
    for side, x in SIDES.items():
        slit = lid_turn(face, x)[:, 0]
        blink = np.clip(c.get(f"{side}_blink", 0.0), 0, 1.05)
        droop = c.get("lids", 0.0) - 0.45 * c.get("gaze_y", 0.0)
        close = blink * (face.lids + face.lower_lid * 0.85) + (1 - blink) * droop
        turns[f"{side}_lid"] = about(slit, close)
        turns[f"{side}_eye"] = look
    return turns


def _leg_turns(
    posed: Posed, side: str, ankle: NDArray[np.float64], foot: Matrix, knee_out: float
) -> dict[str, Matrix]:
    """Two-bone inverse kinematics: hip and knee turns that put the ankle where it belongs."""
    s = posed.skeleton
    pelvis = posed.turns[s.index("pelvis")]
    hip = posed.at(f"{side}_hip")
    rest_hip, rest_knee, rest_ankle = (s.at(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
    thigh = float(np.linalg.norm(rest_knee - rest_hip))
    shin = float(np.linalg.norm(rest_ankle - rest_knee))
    reach = ankle - hip
    distance = min(float(np.linalg.norm(reach)), (thigh + shin) * 0.9995)
    aim = reach / np.linalg.norm(reach)
    cosine = (thigh**2 + distance**2 - shin**2) / (2 * thigh * distance)
    lift = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    ahead = foot @ np.array([np.sin(np.radians(knee_out)) * SIDES[side], 0.0, 1.0])
    ahead = ahead - aim * (aim @ ahead)
    ahead /= np.linalg.norm(ahead)
    thigh_aim = np.cos(np.radians(lift)) * aim + np.sin(np.radians(lift)) * ahead
    knee = hip + thigh * thigh_aim
    shin_aim = (hip + aim * distance - knee) / shin

    def frame(along: NDArray[np.float64], front: NDArray[np.float64]) -> Matrix:
        across = np.cross(along, front)
        across /= np.linalg.norm(across)
        return np.stack([along, np.cross(across, along), across], axis=1)

    front = np.array([0.0, 0.0, 1.0])
    thigh_turn = frame(thigh_aim, ahead) @ frame((rest_knee - rest_hip) / thigh, front).T
    shin_turn = frame(shin_aim, ahead) @ frame((rest_ankle - rest_knee) / shin, front).T
    return {
        f"{side}_hip": pelvis.T @ thigh_turn,
        f"{side}_knee": thigh_turn.T @ shin_turn,
        f"{side}_ankle": shin_turn.T @ foot,
    }


def pose_body(skeleton: Skeleton, c: Controls) -> Posed:
    """Pose the whole body.

    Trunk: sway_x/y/z (metres the pelvis is carried), pelvis_, spine_, chest_, neck_ and head_
    pitch/yaw/roll (degrees). Arms: see `arm_turns`, with L_ and R_. Feet: L_foot_x/y/z (metres
    from where the ankle rests), L_foot_yaw/pitch/roll, L_toe (bend), L_knee_out.
    """

    def get(name: str) -> float:
        return c.get(name, 0.0)

    turns: dict[str, Matrix] = {}
    for name in ("pelvis", "spine", "chest", "neck", "head"):
        turns[name] = euler(get(f"{name}_pitch"), get(f"{name}_yaw"), get(f"{name}_roll"))
    for side in SIDES:
        turns |= arm_turns(side, c)
    turns |= face_turns(skeleton.build.face, c)
    root = np.array([get("sway_x"), get("sway_y"), get("sway_z")])
    upper = pose(skeleton, turns, root)
    for side, x in SIDES.items():
        foot = euler(
            get(f"{side}_foot_pitch"), x * get(f"{side}_foot_yaw"), x * get(f"{side}_foot_roll")
        )
        offset = np.array([get(f"{side}_foot_{a}") for a in "xyz"])
        ankle = skeleton.at(f"{side}_ankle") + offset
        pitch = get(f"{side}_foot_pitch")
        if pitch > 0:
            # Heel off the ground: the foot rolls over its ball, which stays where it is.
            ball = skeleton.at(f"{side}_toe") - skeleton.at(f"{side}_ankle")
            flat = euler(0, x * get(f"{side}_foot_yaw"))
            ankle = ankle + flat @ ball - foot @ ball
            turns[f"{side}_toe"] = about((1, 0, 0), -min(pitch, 45) + get(f"{side}_toe"))
        turns |= _leg_turns(upper, side, ankle, foot, get(f"{side}_knee_out"))
    return pose(skeleton, turns, root)
