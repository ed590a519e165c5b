"""The inside of a mouth that the picture shows closed: dark, with a hint of teeth and tongue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.pose.face import strip
from understudy.engines.puppet.render.colour import pack_texture
from understudy.geometry.face_mesh import BARE_SKIN, LIP_RED, UPPER_LIP_EDGE
from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Float32

Float64 = NDArray[np.float64]

TEXTURE = (24, 32)
# Pixels by which the inside reaches under the lips, and over which it fades there.
UNDER = 0.8
# Lips this close (pixels) are closed.
CLOSED = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class MouthInside:
    """Colours (3,) sRGB in 0..1, and triangles (N, 3) over the two lips' points, upper first."""

    dark: Float64
    flesh: Float64
    teeth: Float64
    triangles: NDArray[np.int32]

    def mesh(
        self, upper: Float64, lower: Float64
    ) -> tuple[Float64, Float64, NDArray[np.uint64]] | None:
        """Vertices (22, 2), texture places (22, 2) and texture for an open mouth; None if closed.

        upper, lower: (11, 2) frame pixels, the lips' inner edges from left to right. The teeth keep
        their size while the mouth opens: more of what is behind them is shown.
        """
        gap = lower - upper
        opening = float(np.sqrt((gap**2).sum(axis=1)).max())
        if opening < CLOSED:
            return None
        across = float(np.sqrt(((upper[0] - upper[-1]) ** 2).sum())) + 1e-6
        down = gap / (np.sqrt((gap**2).sum(axis=1, keepdims=True)) + 1e-6)
        vertices = np.concatenate([upper - UNDER * down, lower + UNDER * down])
        height, width = TEXTURE
        u = np.tile(np.linspace(1.0, width - 2.0, len(upper)), 2)
        v = np.repeat([1.0, height - 2.0], len(upper))
        return vertices, np.stack([u, v], axis=1), self._painted(opening, across)

    def _painted(self, opening: float, across: float) -> NDArray[np.uint64]:
        height, width = TEXTURE
        v, u = np.mgrid[0:height, 0:width]
        share = np.clip((v - 1) / (height - 3), 0.0, 1.0)
        side = np.abs((u - 1) / (width - 3) * 2 - 1)
        # Depth below the upper lip in mouth widths, whatever the opening.
        depth = share * (opening + 2 * UNDER) / across
        inside = np.broadcast_to(self.dark, (height, width, 3))
        tongue = smoothstep(0.16, 0.36, depth) * smoothstep(1.0, 0.3, side)
        inside = inside + (self.flesh - inside) * 0.7 * tongue[..., None]
        edge = 0.13 - 0.05 * side**2
        bite = smoothstep(edge + 0.025, edge - 0.025, depth) * smoothstep(0.95, 0.6, side)
        shade = 0.72 + 0.28 * smoothstep(0.0, 0.07, depth)
        inside = inside + (self.teeth * shade[..., None] - inside) * 0.85 * bite[..., None]
        # Lips just apart show a shadow, hardly teeth: they come with the opening.
        shut = smoothstep(0.16, 0.03, np.array(opening / across))
        inside = inside * (1.0 - 0.45 * shut)
        fade = min(0.5, 2 * UNDER / (opening + 2 * UNDER))
        alpha = smoothstep(0.0, fade, share) * smoothstep(0.0, fade, 1.0 - share)
        alpha = alpha * smoothstep(1.02, 0.85, side)
        rgba = np.concatenate([np.clip(inside, 0, 1) * alpha[..., None], alpha[..., None]], axis=-1)
        return pack_texture(rgba.astype(np.float32))


def mouth_inside(rgba: Float32, face: Float64) -> MouthInside:
    """Mix the colours in the light of the picture.

    rgba: the body layer (H, W, 4) premultiplied. face: (468, 2) landmarks, canvas pixels; the
    colours of lips and cheeks say how bright and how warm the face is lit.
    """
    lip = _median_colour(rgba, face[list(LIP_RED)])
    skin = _median_colour(rgba, face[list(BARE_SKIN)])
    light = float(skin.mean())
    enamel = np.array([1.0, 0.94, 0.85]) * (0.6 + 0.4 * skin / (light + 1e-6))
    count = len(UPPER_LIP_EDGE)
    return MouthInside(
        dark=0.28 * lip + 0.03 * light,
        flesh=0.55 * lip,
        teeth=np.clip(enamel * (0.08 + 0.74 * light), 0.0, 0.85),
        triangles=strip(tuple(range(count)), tuple(range(count, 2 * count))),
    )


def _median_colour(rgba: Float32, points: Float64) -> Float64:
    at = np.rint(points).astype(int)
    x = np.clip(at[:, 0], 0, rgba.shape[1] - 1)
    y = np.clip(at[:, 1], 0, rgba.shape[0] - 1)
    return np.asarray(np.median(rgba[y, x, :3], axis=0), np.float64)
