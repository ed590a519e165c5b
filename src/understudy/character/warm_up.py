"""Compiling the kernels ahead of the first picture: numba keeps them beside the package."""

from __future__ import annotations

import numpy as np

from understudy.character.figure.joints import JOINTS
from understudy.character.figure.unrecognized.mask_energy import HEIGHT, energy_of, prepare
from understudy.character.figure.unrecognized.mask_fit import fit_near
from understudy.character.image.colour import likeness
from understudy.character.inpaint.patch_match import fill_with_texture
from understudy.character.layers.limb_contour import straighten, trace
from understudy.character.matte.foreground import foreground_colours
from understudy.character.matte.soft_edge import soft_edge


def warm_up() -> None:
    """Compile every kernel for the one signature that it is called with, or load it compiled."""
    side = 96
    rng = np.random.default_rng(0)
    picture = rng.random((side, side, 3)).astype(np.float32)
    figure = np.zeros((side, side), bool)
    figure[32:64, 40:56] = True
    alpha = figure.astype(np.float32)
    likeness(picture * 100, figure, ~figure, figure, 8)
    soft_edge(picture, alpha, figure, 40.0)
    foreground_colours(picture, alpha)
    fill_with_texture(picture, figure)
    strip = straighten(
        picture * 100, alpha, alpha, np.array([48.0, 34.0]), np.array([48.0, 60.0]), reach=12
    )
    expected = np.full(len(strip.lab), 6.0)
    trace(strip, expected, expected)
    silhouette = prepare(figure)
    joints = rng.random((JOINTS, 2)) * HEIGHT
    energy_of(silhouette, joints)
    fit_near(silhouette, joints)
