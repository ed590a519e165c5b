"""Paints a posed figure on its stage: deferred shading of depth-buffered triangles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..solid.arrays import Float32
from ..solid.meshing import Mesh
from .camera import Camera
from .materials import Look, Material
from .raster import fill, fill_depth, interpolate, transform, vertex_normals
from .shading import lit_share, shade, surface_gradient

_SHADOW_SIZE = 1500
_SHADOW_SPAN = 3.4
_SHADOW_HEIGHT = 0.9
"""Samples, metres and height of the middle of the area that a shadow map covers."""
_SHADOW_BLOCK = 60


@dataclass(frozen=True, slots=True)
class Light:
    """A far light. towards: direction to it; colour: linear, already times its strength."""

    towards: tuple[float, float, float]
    colour: tuple[float, float, float]
    shadows: bool = False
    softness: float = 0.02

    @property
    def direction(self) -> Float32:
        d = np.array(self.towards, np.float32)
        return d / np.float32(np.linalg.norm(d))


@dataclass(frozen=True, slots=True)
class Lighting:
    lights: Sequence[Light]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]


class ShadowMap:
    """What one light sees of the figure."""

    def __init__(self, light: Light, vertices: Float32, mesh: Mesh) -> None:
        ahead = -light.direction.astype(np.float64)
        right = np.cross(ahead, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        self._scale = np.float32(_SHADOW_SIZE / _SHADOW_SPAN)
        axes = np.stack([right * self._scale, np.cross(ahead, right) * self._scale, -ahead])
        self._scaled = axes.astype(np.float32)
        self._light = light
        self._depth = fill_depth(self._locate(vertices), mesh.faces, _SHADOW_SIZE, _SHADOW_SIZE)
        blocks = _SHADOW_SIZE // _SHADOW_BLOCK
        near = self._depth.reshape(blocks, _SHADOW_BLOCK, blocks, _SHADOW_BLOCK).max((1, 3))
        self._rough = cv2.dilate(near, np.ones((3, 3), np.uint8))

    def _locate(self, points: Float32) -> Float32:
        middle = np.array([0, _SHADOW_HEIGHT, 0], np.float32)
        q = transform(np.ascontiguousarray(points, np.float32), middle, self._scaled)
        q[:, :2] += np.float32(_SHADOW_SIZE / 2)
        return np.asarray(q, np.float32)

    def lit(self, points: Float32, spread: Float32 | float, bias: float = 0.012) -> Float32:
        """(N,) 0..1; spread: radius in metres of the penumbra at each point."""
        radius = np.broadcast_to(np.asarray(spread, np.float32) * self._scale, (len(points),))
        share: Float32 = lit_share(
            self._depth,
            self._rough,
            _SHADOW_BLOCK,
            self._locate(points),
            _disc(28),
            bias,
            np.ascontiguousarray(radius),
        )
        return share


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The set as the camera sees it, without the figure.

    base: (H, W, 3) linear light; points: (H, W, 3) where each pixel lies in the world;
    shadow_strength: (H, W) share of the light there that the figure can keep away.
    """

    lighting: Lighting
    base: Float32
    points: Float32
    shadow_strength: Float32

    def shaded(self, shadow: ShadowMap) -> Float32:
        """(H, W) what is left of the light where the figure's shadow falls; softer further away."""
        spread = 0.025 + np.clip(np.hypot(self.points[..., 0], self.points[..., 2]) * 0.05, 0, 0.1)
        lit = shadow.lit(self.points.reshape(-1, 3), spread.reshape(-1).astype(np.float32), 0.02)
        left = 1 - self.shadow_strength * (1 - lit.reshape(spread.shape))
        return np.asarray(left, np.float32)


def _disc(count: int) -> Float32:
    k = np.arange(count) + 0.5
    r, a = np.sqrt(k / count), k * 2.399963
    return np.stack([r * np.cos(a), r * np.sin(a)], axis=1).astype(np.float32)


@dataclass(slots=True, eq=False)
class Buffers:
    """What the camera sees of the figure, for the N samples that it covers."""

    index: NDArray[np.int32]
    """(H * samples, W * samples), the number of the sample there or -1."""
    distance: Float32
    """As index: metres to the figure, far where there is none."""
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    position: Float32
    normal: Float32
    coords: Float32
    tint: Float32
    occlusion: Float32
    material: NDArray[np.int32]


def look_at(mesh: Mesh, vertices: Float32, camera: Camera, samples: int) -> Buffers:
    screen = camera.project(vertices)
    screen[:, :2] *= samples
    face, depth, weight = fill(screen, mesh.faces, camera.width * samples, camera.height * samples)
    rows, columns = (a.astype(np.int32) for a in np.nonzero(face >= 0))
    index = np.full(face.shape, -1, np.int32)
    index[rows, columns] = np.arange(len(rows), dtype=np.int32)
    f = mesh.faces[face[rows, columns]]
    w = weight[rows, columns]
    normals = vertex_normals(vertices, mesh.faces)
    extra = [mesh.coords, mesh.tint, mesh.occlusion[:, None]]
    values = interpolate(np.concatenate([vertices, normals, *extra], axis=1), f, w)
    normal = values[:, 3:6]
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    return Buffers(
        index=index,
        distance=np.where(depth > 0, 1 / np.maximum(depth, 1e-6), 1e3).astype(np.float32),
        rows=rows,
        columns=columns,
        position=np.ascontiguousarray(values[:, :3]),
        normal=np.ascontiguousarray(normal),
        coords=np.ascontiguousarray(values[:, 6:9]),
        tint=np.ascontiguousarray(values[:, 9:12]),
        occlusion=np.ascontiguousarray(values[:, 12]),
        material=mesh.material[f[:, 0]],
    )


def screen_occlusion(
    buffers: Buffers, camera: Camera, samples: int, reach: float = 0.16
) -> Float32:
    """(N,) openness from the depth image at pixel size: limbs darken what they pass over."""
    small = np.ascontiguousarray(buffers.distance[::samples, ::samples])
    figure = (small < 100).astype(np.float32)
    radius = reach * camera.focal / float(np.median(small[small < 100]))
    closed = np.zeros_like(small)
    for dx, dy in _disc(14) * radius:
        other = np.roll(small, (round(-float(dy)), round(-float(dx))), (0, 1))
        drop = small - other
        closed += np.clip(drop / 0.03 - 0.25, 0, 1) * np.clip(1 - (drop - reach) / reach, 0, 1)
    open_ = np.clip(1 - 0.75 * closed / 14, 0, 1)
    sigma = max(1.0, radius * 0.07)
    blurred = cv2.GaussianBlur(open_ * figure, (0, 0), sigma)
    open_ = blurred / np.maximum(cv2.GaussianBlur(figure, (0, 0), sigma), 1e-3)
    rows = np.minimum(buffers.rows // samples, small.shape[0] - 1)
    return np.asarray(open_[rows, buffers.columns // samples], np.float32)


def light_figure(
    buffers: Buffers,
    materials: Sequence[Material],
    camera: Camera,
    lighting: Lighting,
    lit: Float32,
    open_: Float32,
) -> Float32:
    """(N, 3) light that the figure sends to the camera; lit: (lights, N)."""
    view = np.array(camera.eye, np.float32) - buffers.position
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    towards = np.stack([li.direction for li in lighting.lights])
    colours = np.array([li.colour for li in lighting.lights], np.float32)
    count = len(buffers.position)
    looks: list[tuple[NDArray[np.intp], Look]] = []
    height, strand = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for number, material in enumerate(materials):
        chosen = np.flatnonzero(buffers.material == number)
        if len(chosen):
            look = material(buffers.coords[chosen])
            looks.append((chosen, look))
            if look.height is not None:
                height[chosen] = look.height
            if look.strand is not None:
                strand[chosen] = look.strand
    place = (buffers.position, buffers.normal, buffers.rows, buffers.columns, buffers.index)
    normal = buffers.normal - surface_gradient(height, *place)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    along = surface_gradient(strand, *place)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    out = np.zeros((count, 3), np.float32)
    for chosen, look in looks:
        n = len(chosen)
        out[chosen] = shade(
            (look.albedo * buffers.tint[chosen]).astype(np.float32),
            np.ascontiguousarray(np.broadcast_to(np.float32(look.roughness), n)),
            np.ascontiguousarray(np.broadcast_to(np.float32(look.gloss), n)),
            np.array(look.bleed, np.float32),
            look.sheen,
            normal[chosen],
            view[chosen],
            along[chosen] if look.strand is not None else np.zeros((n, 3), np.float32),
            open_[chosen],
            np.ascontiguousarray(lit[:, chosen]),
            towards,
            colours,
            np.array(lighting.sky, np.float32),
            np.array(lighting.ground, np.float32),
        )
    return out


def paint(
    mesh: Mesh,
    vertices: Float32,
    materials: Sequence[Material],
    camera: Camera,
    stage: Stage,
    samples: int = 2,
) -> Float32:
    """(H, W, 3) linear light, not yet developed; `samples` per pixel, each way."""
    buffers = look_at(mesh, vertices, camera, samples)
    open_ = buffers.occlusion * screen_occlusion(buffers, camera, samples)
    lit = np.ones((len(stage.lighting.lights), len(open_)), np.float32)
    ground = stage.base * contact(vertices, stage)[..., None]
    for number, light in enumerate(stage.lighting.lights):
        if not light.shadows:
            continue
        shadow = ShadowMap(light, vertices, mesh)
        lit[number] = shadow.lit(buffers.position + 0.006 * buffers.normal, light.softness)
        ground *= stage.shaded(shadow)[..., None]
    figure = light_figure(buffers, materials, camera, stage.lighting, lit, open_)
    # Only the pixels round the figure are made of several samples.
    top, left = (int(a.min()) // samples for a in (buffers.rows, buffers.columns))
    bottom, right = (int(a.max()) // samples + 1 for a in (buffers.rows, buffers.columns))
    near = ground[top:bottom, left:right]
    image = np.repeat(np.repeat(near, samples, 0), samples, 1)
    image[buffers.rows - top * samples, buffers.columns - left * samples] = figure
    # Bright samples must not outweigh the rest of their pixel: average what the film will see.
    image /= 1 + image
    h, w = near.shape[:2]
    mean = image.reshape(h, samples, w, samples, 3).mean((1, 3))
    ground[top:bottom, left:right] = mean / (1 - mean)
    return np.asarray(ground, np.float32)


def contact(vertices: Float32, stage: Stage) -> Float32:
    """(H, W) soft darkening of the floor under what is close above it."""
    size, span = 160, 2.4
    cells = np.zeros((size, size), np.float32)
    low = vertices[vertices[:, 1] < 0.35]
    i = ((low[:, [0, 2]] / span + 0.5) * size).astype(int)
    ok = ((i >= 0) & (i < size)).all(1)
    nearness = np.exp(-low[ok, 1] / 0.07)
    np.maximum.at(cells, (i[ok, 1], i[ok, 0]), nearness)
    dark = 0.62 * cv2.GaussianBlur(cells, (0, 0), 2.0) + 0.38 * cv2.GaussianBlur(cells, (0, 0), 6.5)
    p = stage.points
    floor = np.clip(1 - p[..., 1] / 0.05, 0, 1)
    x = (p[..., 0] / span + 0.5) * size - 0.5
    y = (p[..., 2] / span + 0.5) * size - 0.5
    here = cv2.remap(dark, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(1 - 0.8 * here * floor, np.float32)


def develop(light: Float32, exposure: float = 1.0) -> NDArray[np.uint8]:
    """Linear light to an 8-bit picture, with a film's shoulder (curve after Narkowicz 2015)."""
    x = np.maximum(light, 0) * np.float32(exposure)
    y = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    srgb = np.where(y <= 0.0031308, y * 12.92, 1.055 * y ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(srgb * 255 + 0.5, 0, 255), np.uint8)
