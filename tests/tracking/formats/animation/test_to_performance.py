"""Motion of other tools as a performance: names, units, axes and facing told from the figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.tracking.formats.walker import walker
from understudy.geometry.face_mesh import NOSE_TIP, head_angles, head_frame
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.animation.from_performance import animation_of, driver_points
from understudy.tracking.formats.animation.hierarchy import Animation
from understudy.tracking.formats.animation.joint_names import joints_by_name
from understudy.tracking.formats.animation.to_performance import performance_of_animation

LIMBS = [
    Body[f"{side}_{joint}"]
    for side in ("LEFT", "RIGHT")
    for joint in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "FOOT_INDEX")
]
HEAD = [Body.NOSE, Body.LEFT_EAR, Body.RIGHT_EAR, Body.LEFT_EYE, Body.MOUTH_RIGHT]

MIXAMO = {
    "Spine3": "mixamorig:Chest", "HandEnd": "HandMiddle1", "HandThumb1": "HandThumb1",
}  # fmt: skip
SMPL = {
    "Hips": "Pelvis", "LeftUpLeg": "L_Hip", "LeftLeg": "L_Knee", "LeftFoot": "L_Ankle",
    "LeftToeBase": "L_Foot", "LeftShoulder": "L_Collar", "LeftArm": "L_Shoulder",
    "LeftForeArm": "L_Elbow", "LeftHand": "L_Wrist", "LeftHandEnd": "L_Hand",
    "RightUpLeg": "R_Hip", "RightLeg": "R_Knee", "RightFoot": "R_Ankle",
    "RightToeBase": "R_Foot", "RightShoulder": "R_Collar", "RightArm": "R_Shoulder",
    "RightForeArm": "R_Elbow", "RightHand": "R_Wrist", "RightHandEnd": "R_Hand",
}  # fmt: skip


def changed(animation: Animation, axes: Rotation, scale: float, names: dict[str, str]) -> Animation:
    """The same motion in other axes and units, with other names."""
    matrix = axes.as_matrix()

    def moved(vector: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = scale * axes.apply(vector)
        return float(x), float(y), float(z)

    return Animation(
        hierarchy=tuple(
            replace(
                joint,
                name=names.get(joint.name, joint.name),
                offset=moved(joint.offset),
                end=None if joint.end is None else moved(joint.end),
            )
            for joint in animation.hierarchy
        ),
        times=animation.times,
        root=scale * axes.apply(animation.root),
        rotations=matrix @ animation.rotations @ matrix.T,
    )


def test_what_was_written_comes_back() -> None:
    performance = walker(turned=30)
    back = performance_of_animation(animation_of(performance))
    points, wanted = driver_points(back), driver_points(performance)
    errors = np.linalg.norm(points - wanted, axis=-1)
    assert errors[:, [*LIMBS, *HEAD]].mean() < 0.005
    assert errors.mean() < 0.01
    np.testing.assert_allclose(back.times, performance.times - 1.0, atol=1e-6)


@pytest.mark.parametrize("scale", [1.0, 100.0, 17.3])
@pytest.mark.parametrize(
    "axes",
    [
        Rotation.identity(),
        Rotation.from_euler("x", 90, degrees=True),
        Rotation.from_euler("zx", [90, 90], degrees=True),
        Rotation.from_euler("x", 180, degrees=True),
    ],
    ids=["y up", "z up", "z up, turned", "y down"],
)
def test_axes_and_units_are_told_from_the_figure(axes: Rotation, scale: float) -> None:
    performance = walker()
    back = performance_of_animation(changed(animation_of(performance), axes, scale, {}))
    points, wanted = driver_points(back), driver_points(performance)
    # Units that are neither metres nor centimetres are taken from the legs' length.
    np.testing.assert_allclose(points[:, LIMBS], wanted[:, LIMBS], atol=0.02)
    np.testing.assert_allclose(points[:, HEAD], wanted[:, HEAD], atol=0.02)


def test_a_figure_that_looks_away_is_turned_to_the_camera() -> None:
    away = performance_of_animation(animation_of(walker(turned=150)))
    towards = performance_of_animation(animation_of(walker()))
    np.testing.assert_allclose(
        driver_points(away)[:, LIMBS], driver_points(towards)[:, LIMBS], atol=0.025
    )
    aside = driver_points(performance_of_animation(animation_of(walker(turned=45))))
    np.testing.assert_allclose(
        aside[:, LIMBS], driver_points(walker(turned=45))[:, LIMBS], atol=0.02
    )


@pytest.mark.parametrize("names", [MIXAMO, SMPL])
def test_joints_are_known_by_other_tools_names(names: dict[str, str]) -> None:
    performance = walker()
    renamed = changed(animation_of(performance), Rotation.identity(), 1.0, names)
    points, wanted = driver_points(performance_of_animation(renamed)), driver_points(performance)
    np.testing.assert_allclose(points[:, LIMBS], wanted[:, LIMBS], atol=0.02)


@pytest.mark.parametrize(
    "sides",
    [
        {"left": ["LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase", "LeftArm", "LeftForeArm",
                  "LeftHand"], "other": ["LHipJoint", "LeftShoulder", "LThumb"]},
        {"left": ["Bip01 L Thigh", "Bip01 L Calf", "Bip01 L Foot", "Bip01 L Toe0",
                  "Bip01 L UpperArm", "Bip01 L Forearm", "Bip01 L Hand"],
         "other": ["Bip01 L Clavicle"]},
        {"left": ["lThigh", "lShin", "lFoot", "lToe", "lShldr", "lForeArm", "lHand"],
         "other": ["lCollar"]},
        {"left": ["thigh_l", "calf_l", "foot_l", "ball_l", "upperarm_l", "lowerarm_l", "hand_l"],
         "other": ["clavicle_l"]},
        {"left": ["LeftHip", "LeftKnee", "LeftAnkle", "LeftToe", "LeftShoulder", "LeftElbow",
                  "LeftWrist"], "other": ["LeftCollar"]},
        {"left": ["thigh.L", "shin.L", "foot.L", "toe.L", "upper_arm.L", "forearm.L", "hand.L"],
         "other": ["shoulder.L"]},
        {"left": ["J_Bip_L_UpperLeg", "J_Bip_L_LowerLeg", "J_Bip_L_Foot", "J_Bip_L_ToeBase",
                  "J_Bip_L_UpperArm", "J_Bip_L_LowerArm", "J_Bip_L_Hand"],
         "other": ["J_Bip_L_Shoulder"]},
    ],
    ids=["CMU", "Biped", "Poser", "Unreal", "older BVH", "Rigify", "VRM"],
)  # fmt: skip
def test_usual_hierarchies_are_known(sides: dict[str, list[str]]) -> None:
    mirrored = [
        name.replace("Left", "Right").replace(" L ", " R ").replace("_L_", "_R_")
        .replace("_l", "_r").replace(".L", ".R")
        for name in sides["left"]
    ]  # fmt: skip
    mirrored = [f"r{n[1:]}" if n[0] == "l" and n[1].isupper() else n for n in mirrored]
    names = [*sides["other"], "Neck", "Head", *sides["left"], *mirrored]
    found = joints_by_name(names)
    own = found.left
    order = (own.hip, own.knee, own.ankle, own.toes, own.arm, own.elbow, own.wrist)
    assert [None if n is None else names[n] for n in order] == sides["left"]
    assert names[found.right.wrist] == mirrored[-1]
    assert found.head is not None
    assert names[found.head] == "Head"


def test_joints_that_are_not_known_are_named() -> None:
    with pytest.raises(ValueError, match="left hip, left knee"):
        joints_by_name(["Hips", "Bone001", "LeftFoot", "LeftArm", "LeftForeArm", "LeftHand"])


def test_the_face_turns_with_the_head_and_is_not_seen_from_behind() -> None:
    performance = performance_of_animation(animation_of(walker(turned=30)))
    nose = performance.body[:, Body.NOSE, :2]
    np.testing.assert_allclose(performance.face[:, NOSE_TIP, :2], nose, atol=0.1)
    yaw, pitch, _ = np.degrees(head_angles(head_frame(performance.face))).T
    np.testing.assert_allclose(yaw, -30, atol=5)
    # The walker nods by 0.2 radians.
    assert np.ptp(pitch) == pytest.approx(np.degrees(0.4), abs=3)
    turning = animation_of(walker())
    turning.rotations[34:, 0] = Rotation.from_euler("y", 180, degrees=True).as_matrix()
    seen = np.asarray(np.isfinite(performance_of_animation(turning).face).all(axis=(1, 2)))
    assert seen[:34].all()
    assert not seen[34:].any()


def test_the_frame_holds_the_whole_motion() -> None:
    animation = animation_of(walker())
    animation.root[:, 0] += np.linspace(-4, 4, len(animation))
    performance = performance_of_animation(animation)
    width, height = performance.size
    assert width > height
    assert performance.body[..., 0].min() > 0
    assert performance.body[..., 0].max() < width
    assert performance.body[..., 1].min() > 0
    assert performance.body[..., 1].max() < height
    # What moves by metres moves by pixels, to the right.
    hips = performance.body[:, Body.LEFT_HIP, 0]
    assert hips[-1] - hips[0] > 0.7 * width
