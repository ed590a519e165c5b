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

# Of the inside's texture: (height, width), px.
TEXTURE = (24, 32)


@dataclass(frozen=True, slots=True)
class InsideNumbers:
    """How the inside is painted. Depths below the upper lip are in mouth widths; `side` is the
    distance from the middle, 1 at the corners. Of two numbers the first counts as 0, the second as
    1.

    under: px by which the inside reaches under the lips, and over which it fades there.
    closed: px; lips this close are closed.
    tongue, tongue_side, tongue_share: depth and side of the tongue, and how much of it shows.
    teeth: depth of their edge in the middle; teeth_arch: by how much less at the corners;
        teeth_soft: half the width of the edge; teeth_side, teeth_share: as for the tongue.
    lip_shade: brightness of teeth under the lip; lip_light: what is added by lip_shade_depth.
    shut: opening of a mouth that counts as just open, and as about shut; shut_shade: by what share
        the inside is darker there.
    fade: share of the opening over which the inside fades at most. corners: side of the fade.
    """

    under: float = 0.8
    closed: float = 0.6
    tongue: tuple[float, float] = (0.16, 0.36)
    tongue_side: tuple[float, float] = (1.0, 0.3)
    tongue_share: float = 0.7
    teeth: float = 0.13
    teeth_arch: float = 0.05
    teeth_soft: float = 0.025
    teeth_side: tuple[float, float] = (0.95, 0.6)
    teeth_share: float = 0.85
    lip_shade: float = 0.72
    lip_light: float = 0.28
    lip_shade_depth: float = 0.07
    shut: tuple[float, float] = (0.16, 0.03)
    shut_shade: float = 0.45
    fade: float = 0.5
    corners: tuple[float, float] = (1.02, 0.85)


@dataclass(frozen=True, slots=True)
class ColourNumbers:
    """The inside's colours, sRGB in 0..1, mixed from the lips' colour, the skin's colour and the
    skin's brightness.

    dark_lip, dark_light: shares of lips and brightness in the dark.
    flesh: share of the lips in the tongue.
    enamel: the teeth's own colour; enamel_own, enamel_tint: how much of it keeps clear of the
        skin's tint, and takes it.
    teeth_least, teeth_light: their brightness in the dark, and what the light adds.
    teeth_most: the brightest that a channel gets.
    """

    dark_lip: float = 0.28
    dark_light: float = 0.03
    flesh: float = 0.55
    enamel: tuple[float, float, float] = (1.0, 0.94, 0.85)
    enamel_own: float = 0.6
    enamel_tint: float = 0.4
    teeth_least: float = 0.08
    teeth_light: float = 0.74
    teeth_most: float = 0.85


INSIDE, COLOURS = InsideNumbers(), ColourNumbers()


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
        if opening < INSIDE.closed:
            return None
        across = float(np.sqrt(((upper[0] - upper[-1]) ** 2).sum())) + 1e-6
        down = gap / (np.sqrt((gap**2).sum(axis=1, keepdims=True)) + 1e-6)
        vertices = np.concatenate([upper - INSIDE.under * down, lower + INSIDE.under * down])
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
        depth = share * (opening + 2 * INSIDE.under) / across
        inside = np.broadcast_to(self.dark, (height, width, 3))
        tongue = smoothstep(*INSIDE.tongue, depth) * smoothstep(*INSIDE.tongue_side, side)
        inside = inside + (self.flesh - inside) * INSIDE.tongue_share * tongue[..., None]
        edge = INSIDE.teeth - INSIDE.teeth_arch * side**2
        bite = smoothstep(edge + INSIDE.teeth_soft, edge - INSIDE.teeth_soft, depth)
        bite = bite * smoothstep(*INSIDE.teeth_side, side)
        lit = smoothstep(0.0, INSIDE.lip_shade_depth, depth)
        shade = INSIDE.lip_shade + INSIDE.lip_light * lit
        inside = (
            inside + (self.teeth * shade[..., None] - inside) * INSIDE.teeth_share * bite[..., None]
        )
        # Lips just apart show a shadow, hardly teeth: they come with the opening.
        shut = smoothstep(*INSIDE.shut, np.array(opening / across))
        inside = inside * (1.0 - INSIDE.shut_shade * shut)
        fade = min(INSIDE.fade, 2 * INSIDE.under / (opening + 2 * INSIDE.under))
        alpha = smoothstep(0.0, fade, share) * smoothstep(0.0, fade, 1.0 - share)
        alpha = alpha * smoothstep(*INSIDE.corners, side)
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
    tint = COLOURS.enamel_own + COLOURS.enamel_tint * skin / (light + 1e-6)
    enamel = np.array(COLOURS.enamel) * tint
    bright = COLOURS.teeth_least + COLOURS.teeth_light * light
    count = len(UPPER_LIP_EDGE)
    return MouthInside(
        dark=COLOURS.dark_lip * lip + COLOURS.dark_light * light,
        flesh=COLOURS.flesh * lip,
        teeth=np.clip(enamel * bright, 0.0, COLOURS.teeth_most),
        triangles=strip(tuple(range(count)), tuple(range(count, 2 * count))),
    )


def _median_colour(rgba: Float32, points: Float64) -> Float64:
    at = np.rint(points).astype(int)
    x = np.clip(at[:, 0], 0, rgba.shape[1] - 1)
    y = np.clip(at[:, 1], 0, rgba.shape[0] - 1)
    return np.asarray(np.median(rgba[y, x, :3], axis=0), np.float64)
