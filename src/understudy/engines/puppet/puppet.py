"""The puppet: a rigged character that is drawn as a motion says, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.engines.puppet.camera.carried import carried_camera, composed, figure_places
from understudy.engines.puppet.camera.free_room import FreeRoom
from understudy.engines.puppet.camera.path import CameraPath, camera_path
from understudy.engines.puppet.camera.reframing import reframe
from understudy.engines.puppet.camera.wording import CameraScript
from understudy.engines.puppet.pose.face import face_rig, move_face
from understudy.engines.puppet.pose.head import (
    bounded_turn,
    head_relief,
    parallax_depths,
    parallax_direction,
)
from understudy.engines.puppet.pose.mouth import mouth_inside
from understudy.engines.puppet.pose.sway import sway_offsets, sway_weights
from understudy.engines.puppet.pose.z_order import ZOrder
from understudy.engines.puppet.render.canvas import Canvas
from understudy.engines.puppet.render.colour import pack_frame
from understudy.engines.puppet.render.shadow import contact_shadow, ground_heights
from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.fingers import finger_maps, finger_motion
from understudy.engines.puppet.rig.hinges import hinged_elbows
from understudy.engines.puppet.rig.rig import Rig, build_rig
from understudy.engines.puppet.rig.rigged_layer import RiggedLayer
from understudy.engines.puppet.rig.skinning import skin
from understudy.engines.puppet.rig.sleeves import sleeve_maps
from understudy.geometry.face_mesh import LOWER_LIP_EDGE, UPPER_LIP_EDGE
from understudy.geometry.filters import median_seconds
from understudy.geometry.skeleton import Bone, Skeleton
from understudy.tracking.clip_camera import ClipCamera

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """The clip's camera, the figure's canvas pixels per clip pixel of the driver, and what may be
    seen past the picture's edges."""

    camera: ClipCamera
    per_pixel: float
    room: FreeRoom


class Puppet:
    """A character and its motion. Drawing a frame changes nothing here: threads may share one."""

    def __init__(
        self,
        character: Character,
        skeleton: Skeleton,
        motion: Motion,
        script: CameraScript | None = None,
        carried: Carried | None = None,
    ) -> None:
        """script: what the camera does; None leaves it where it is. carried: what it does before,
        the clip's."""
        traits = character.traits
        seconds = median_seconds(motion.times)
        self._motion = motion
        self._size = character.size
        self._head_cut = traits.head_cut
        self._rig: Rig = build_rig(character, skeleton, hinged_elbows(motion, skeleton))
        self._z_order = ZOrder(self._rig, motion)

        # The frame: kept around the figure, then moved as the camera.
        self._framing = reframe(motion, self._rig, character.size, head_cut=traits.head_cut)
        self._background = pack_frame(character.background)
        self._camera, self.camera_share = self._moved_camera(skeleton, script, carried)

        # The head and the face on it.
        self._relief = head_relief(skeleton)
        self._parallax_depths = {
            layer.name: parallax_depths(layer.vertices, skeleton, self._rig.frame, self._relief)
            for layer in self._rig.layers
            if layer.name in {"body", "overlay"}
        }
        self._face = face_rig(skeleton, self._rig.frame, self._relief, character.size)
        if self._face is not None:
            body = next(layer for layer in character.layers if layer.name == "body")
            self._mouth = mouth_inside(body.rgba, self._face.points)
            self._face_order = np.arange(len(self._face.triangles), dtype=np.int32)
            self._mouth_order = np.arange(len(self._mouth.triangles), dtype=np.int32)

        # A skirt.
        self._sway_weights = sway_weights(self._rig.body.vertices, skeleton, self._rig.frame)
        self._sway = sway_offsets(motion, skeleton.torso)

        # The fingers.
        self._fingers = [
            None if hand is None else (hand, finger_motion(hand, motion.fingers[:, side], seconds))
            for side, hand in enumerate(self._rig.hands)
        ]

        # What hangs from the arms.
        self._sleeves = [sleeve_maps(sleeve, motion) for sleeve in self._rig.sleeves]

        # The shadow under the feet.
        self._shadow = None
        if traits.casts_shadow and motion.legs_move:
            maps = self._framing
            joints = np.einsum("tij,tkj->tki", maps[:, :, :2], motion.joints) + maps[:, None, :, 2]
            planted = motion.planted.astype(np.float64)
            heights = ground_heights(joints, planted, skeleton.torso, seconds)
            self._shadow = (*heights, skeleton.torso)

    def _moved_camera(
        self, skeleton: Skeleton, script: CameraScript | None, carried: Carried | None
    ) -> tuple[CameraPath | None, float | None]:
        """What the camera does, and the share of the clip's camera that is in it, if it is."""
        motion, size = self._motion, self._size
        path = None
        if script is not None:
            focus = np.array([size[0] / 2.0, skeleton.head[1]])
            path = camera_path(script, motion.times, size, focus, motion.ground.astype(np.float64))
        if carried is None:
            return path, None
        figure = figure_places(motion, self._rig, self._framing)
        found = carried_camera(carried.camera, carried.per_pixel, size, figure, carried.room)
        return found.path if path is None else composed(path, found.path), found.share

    def __len__(self) -> int:
        return len(self._motion)

    def follow_framing_of(self, other: Puppet) -> None:
        """Take over another view's framing, and the clip's camera, so that nothing jumps between
        the two."""
        self._framing = other._framing
        if other.camera_share is not None:
            self._camera = other._camera

    def keep_the_pictures_framing(self) -> None:
        """Leave the frame where the picture has it, whatever leaves it."""
        self._framing = np.zeros_like(self._framing)
        self._framing[:, 0, 0] = self._framing[:, 1, 1] = 1.0

    def joints(self, index: int) -> Float64:
        """Where the joints are meant to be in a frame: (35, 2) pixels."""
        frame = self._frame_map(index)
        return np.asarray(self._motion.joints[index] @ frame[:, :2].T + frame[:, 2])

    def canvas(self, *, alone: bool = False) -> Canvas:
        """A canvas to draw on, one to a thread. alone: for `draw_alone`."""
        return Canvas(np.zeros_like(self._background) if alone else self._background)

    def draw(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame: I420 planes (H * 3 / 2, W) uint8, BT.709 limited."""
        if self._camera is None:
            canvas.begin()
        else:
            canvas.replace_background(_warped(self._background, self._camera.background[index]))
        self._draw_figure(canvas, index)
        return canvas.planes()

    def draw_alone(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame without the background: (H, W, 4) uint8 sRGB, alpha not premultiplied."""
        canvas.begin()
        self._draw_figure(canvas, index)
        return canvas.rgba()

    def _draw_figure(self, canvas: Canvas, index: int) -> None:
        """Draw the figure and its shadow over what lies on the canvas."""
        maps = self._maps(index)
        self._draw_shadow(canvas, index)
        turn = bounded_turn(self._motion.head[index], cut=self._head_cut)
        parallax = parallax_direction(self._relief, *turn)
        for layer, triangles in self._z_order.layers(index):
            offset = None
            if layer.name in self._parallax_depths:
                offset = self._parallax_depths[layer.name][:, None] * parallax
            if layer.name == "body" and offset is not None and self._sway_weights is not None:
                offset = offset + self._sway_weights[:, None] * self._sway[index]
            posed = layer.posed(maps, offset)
            canvas.draw(posed, layer.uv, layer.triangles, triangles, layer.texture)
            if layer.name == "body":
                self._draw_face(canvas, index, layer, maps, parallax)
                if layer.sheet is not None and self._face is not None:
                    # The face is drawn over the whole sheet, hands and all.
                    before = layer.sheet.before_face(self._motion.arms_behind[index])
                    canvas.draw(posed, layer.uv, layer.triangles, before, layer.texture)

    def _draw_shadow(self, canvas: Canvas, index: int) -> None:
        if self._shadow is not None:
            soles, ground, torso = self._shadow
            scale = float(self._framing[index, 0, 0])
            place, level = soles[index], ground[index]
            if self._camera is not None:
                camera = self._camera.figure[index]
                place = place @ camera[:, :2].T + camera[:, 2]
                level = camera[1, 1] * level + camera[1, 2]
                scale *= float(camera[1, 1])
            canvas.shade(contact_shadow(place, level, torso * scale))

    def _draw_face(
        self, canvas: Canvas, index: int, body: RiggedLayer, maps: Float64, parallax: Float64
    ) -> None:
        if self._face is None:
            return
        face, motion = self._face, self._motion
        rest = move_face(face, motion.expression[index], motion.eyes_closed[index], parallax)
        posed = np.empty_like(rest)
        skin(rest, face.bones, face.weights, maps, posed)
        uv = face.points - body.origin
        canvas.draw(posed, uv, face.triangles, self._face_order, body.texture)
        if face.mouth_opens:
            spread = self._mouth.mesh(posed[list(UPPER_LIP_EDGE)], posed[list(LOWER_LIP_EDGE)])
            if spread is not None:
                lips, places, texture = spread
                triangles = self._mouth.triangles
                canvas.draw(lips, places, triangles, self._mouth_order, texture)

    def _maps(self, index: int) -> Float64:
        """The bones' affine maps (B, 2, 3), fingers, sleeves, framing and camera included."""
        parts = [self._motion.bones[index].astype(np.float64)]
        for side, fingers in enumerate(self._fingers):
            if fingers is not None:
                hand = parts[0][(Bone.LEFT_HAND, Bone.RIGHT_HAND)[side]]
                parts.append(finger_maps(*fingers, index, hand))
        parts += [maps[index][None] for maps in self._sleeves]
        frame = self._frame_map(index)
        maps = frame[:, :2] @ np.concatenate(parts)
        maps[:, :, 2] += frame[:, 2]
        return np.ascontiguousarray(maps)

    def _frame_map(self, index: int) -> Float64:
        """Framing and camera in a frame, an affine map (2, 3)."""
        if self._camera is None:
            return np.asarray(self._framing[index])
        return _composed(self._camera.figure[index], self._framing[index])


def _composed(after: Float64, before: Float64) -> Float64:
    """The affine map (2, 3) that does `before` and then `after`."""
    product = after[:, :2] @ before
    product[:, 2] += after[:, 2]
    return np.asarray(product)


def _warped(background: NDArray[np.uint32], camera: Float64) -> NDArray[np.uint32]:
    """The background under a camera's map; beyond its edges it is mirrored."""
    height, width = background.shape
    channels = background.view(np.uint8).reshape(height, width, 4)
    moved = cv2.warpAffine(
        channels, camera, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.ascontiguousarray(moved).view(np.uint32).reshape(height, width)
