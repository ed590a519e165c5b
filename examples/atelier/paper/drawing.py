"""The drawing: a fox in a coat on an autumn road, pen and watercolour on rough paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.figure import Figure
from ..light.camera import Camera
from ..light.materials import linear
from ..light.painter import Light, ShadowMap, look_at, screen_occlusion
from ..solid.arrays import Float32
from . import inkwash as wc
from .landscape import HEIGHT, WIDTH, landscape, leaves

_OVER = 2
_INK = linear(46, 32, 30)

STANCE = {
    "L_raised": 20, "R_raised": 23, "L_elbow": 20, "R_elbow": 26, "L_forward": 12, "R_forward": 14,
    "L_roll": 26, "R_roll": 24, "L_curl": 9, "R_curl": 11, "L_foot_yaw": 18, "R_foot_yaw": 14,
    "sway_x": 0.012, "sway_y": -0.007, "pelvis_roll": -2, "spine_roll": 2, "head_yaw": 9,
    "head_roll": -4, "L_spread": 7, "R_spread": 7,
}  # fmt: skip


def _large(image: Float32) -> Float32:
    return np.repeat(np.repeat(image, _OVER, 0), _OVER, 1)


def _small(image: Float32) -> Float32:
    h, w = image.shape[0] // _OVER, image.shape[1] // _OVER
    return np.asarray(image.reshape(h, _OVER, w, _OVER, *image.shape[2:]).mean((1, 3)), np.float32)


def drawing(figure: Figure) -> Float32:
    """(HEIGHT, WIDTH, 3) linear light of the sheet, with the figure drawn in its middle."""
    camera = Camera((0, 1.05, 6.0), (0, 0.955, 0), WIDTH, HEIGHT, HEIGHT * 6 / 2.20)
    _, vertices = figure.pose(STANCE)
    seen = look_at(figure.mesh, vertices, camera, _OVER)
    albedo = np.zeros((len(seen.position), 3), np.float32)
    for number, material in enumerate(figure.materials):
        chosen = np.flatnonzero(seen.material == number)
        if len(chosen):
            albedo[chosen] = material(seen.coords[chosen]).albedo
    key = Light((-0.45, 0.70, 0.95), (1, 1, 1), shadows=True)
    shadow = ShadowMap(key, vertices, figure.mesh)
    facing = seen.normal @ key.direction
    lit = shadow.lit(seen.position + 0.006 * seen.normal, 0.006)
    open_ = seen.occlusion * screen_occlusion(seen, camera, _OVER)
    tone = np.clip(0.30 + 0.75 * np.clip(facing, -0.2, 1) * (0.25 + 0.75 * lit), 0, 1) * (
        0.35 + 0.65 * open_
    )

    shape = (HEIGHT * _OVER, WIDTH * _OVER)

    def spread(values: Float32, empty: float) -> Float32:
        image = np.full((*shape, *values.shape[1:]), empty, np.float32)
        image[seen.rows, seen.columns] = values
        return image

    there = seen.index >= 0
    paint_number = np.full(shape, -1, np.int32)
    coarse = np.round(albedo * 5).astype(np.int32)
    paint_number[seen.rows, seen.columns] = seen.material * 1000 + coarse @ np.array([100, 10, 1])
    contour, inner = wc.outlines(seen.distance, spread(seen.normal, 0.0), paint_number, _OVER)
    # The brush of the tail is drawn by its tufts: fewer lines say more.
    tail = spread((seen.material == len(figure.materials) - 1).astype(np.float32), 0.0)
    contour = contour * (1 - 0.55 * tail * (wc.soften(there.astype(np.float32), 6.0) > 0.97))
    inner = inner * (1 - 0.6 * tail)
    lines = np.maximum(wc.ink(contour, 3.4, 301), 0.92 * wc.ink(inner, 2.1, 302))
    sketch = wc.wobbled(lines, 3.0, 90, 305)
    again = wc.wobbled(wc.ink(contour, 1.6, 307), 7.0, 150, 309)
    lines = np.maximum(sketch, 0.35 * again)

    tone_image = spread(tone.astype(np.float32), np.nan)
    small_tone = np.where(
        _small(there.astype(np.float32)) > 0.75,
        np.nan_to_num(_small(np.nan_to_num(tone_image))),
        np.nan,
    )
    bend = _small(spread((40 * seen.normal[:, 0] - 14 * seen.normal[:, 1]).astype(np.float32), 0.0))
    strokes = wc.hatching(
        small_tone.astype(np.float32),
        bend,
        ((0.56, 52, 5.2), (0.37, 118, 5.2), (0.23, 8, 4.6)),
        311,
        0.85,
    )

    # Washes: flat colour first, then a second one in the shade; light is left as paper.
    body = wc.soften(there.astype(np.float32), 1.2)
    body = np.clip((wc.wobbled(body, 4.0, 110, 321) - 0.35) * 4, 0, 1)
    colour = wc.wobbled(_fill_outwards(spread(albedo, 0.0), there), 3.0, 100, 323)
    highlight = wc.soften(np.nan_to_num(tone_image, nan=0.0), 3.0)
    light_left = 1 - 0.55 * np.clip((highlight - 0.80) / 0.16, 0, 1)
    through = wc.wash(body, colour, 0.92 * light_left, 331, 0.5, _OVER)
    shade = np.clip((0.66 - wc.soften(np.nan_to_num(tone_image, nan=1.0), 2.2)) / 0.05, 0, 1)
    deep = np.clip((0.40 - wc.soften(np.nan_to_num(tone_image, nan=1.0), 3.0)) / 0.08, 0, 1)
    cool = np.clip(colour * 0.75 + 0.25 * linear(150, 132, 150), 0, 1)
    through *= wc.wash(body * wc.wobbled(shade, 5.0, 60, 333), cool, 0.34, 335, 0.9, _OVER)
    through *= wc.wash(
        body * wc.wobbled(deep, 4.0, 60, 337), linear(124, 104, 132), 0.42, 339, 0.6, _OVER
    )

    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    below = 1 - np.hypot((x - 520 - (y - 1075) * 1.2) / 210, (y - 1072) / 24)
    cast = wc.blot(below.astype(np.float32), 0.25, 341, 0.25)
    figure_cover = _small(body)
    ground = landscape() * leaves()
    ground *= wc.wash(cast, linear(126, 100, 112), 0.75, 343, 0.5)
    # The figure was masked out before the landscape was washed in.
    halo = np.clip(
        _small(wc.wobbled(wc.soften(there.astype(np.float32), 5.0), 5.0, 90, 345)) * 1.25, 0, 1
    )
    kept = 1 - np.maximum(figure_cover, 0.55 * halo)[..., None]
    sheet = wc.paper((HEIGHT, WIDTH)) * (ground * kept + 1 - kept) * _small(through)
    dark = np.maximum(_small(lines), 0.85 * strokes)[..., None]
    return np.asarray(sheet * (1 - dark) + _INK * sheet * dark * 1.2, np.float32)


def _fill_outwards(image: Float32, there: NDArray[np.bool_]) -> Float32:
    """Colours carried a little past the figure's edge, so that an unsteady brush finds paint."""
    weight = there.astype(np.float32)
    wide = (
        wc.soften(image * weight[..., None], 6.0)
        / np.maximum(wc.soften(weight, 6.0), 1e-3)[..., None]
    )
    return np.where(there[..., None], image, wide).astype(np.float32)


def on_screen(light: Float32) -> NDArray[np.uint8]:
    """Linear light to sRGB, without a film's curve."""
    x = np.clip(light, 0, 1)
    y = np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(y * 255 + 0.5, 0, 255), np.uint8)
