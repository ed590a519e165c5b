"""Lines round the arms of drawings, on drawn figures whose parts are known."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.character.drawn_figure import CLOSE, Drawn, draw
from understudy.character.figure.anatomy import measure
from understudy.character.layers.arm_lines import Pen, drawn_edge, with_their_lines
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.character.matte.matte import Matte

Mask = NDArray[np.bool_]
INK = (0.25, 0.1, 0.1)
PEN = 4


def _parts(drawn: Drawn) -> Parts:
    labels = np.where(drawn.alpha > 0.5, np.uint8(BODY), np.uint8(0))
    for label, arm in zip(ARMS, drawn.arms, strict=True):
        labels[arm > 0.5] = label
    none = np.zeros(drawn.alpha.shape, bool)
    return Parts(labels, (labels == ARMS[0], labels == ARMS[1]), none, none)


def _round_arms(drawn: Drawn) -> Mask:
    """Lines just outside of the arms, where a drawing's outlines go to the body."""
    width = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * PEN + 1, 2 * PEN + 1))
    lines = np.zeros(drawn.alpha.shape, bool)
    for arm in drawn.arms:
        inside = (arm > 0.5).astype(np.uint8)
        lines |= (cv2.dilate(inside, width) > 0) & (inside == 0)
    return lines


def test_the_lines_round_a_drawn_arm_are_the_arms() -> None:
    drawn = draw(left=CLOSE, right=CLOSE, shirt=(0.9, 0.85, 0.7), sleeve=(0.9, 0.85, 0.7))
    lines = _round_arms(drawn)
    picture = drawn.picture.copy()
    picture[lines] = INK
    alpha = np.maximum(drawn.alpha, lines.astype(np.float32))
    parts = _parts(drawn)
    parts.labels[lines & (parts.labels == 0)] = BODY
    own, pen = with_their_lines(Matte(alpha, picture), parts, measure(drawn.landmarks).torso)
    assert pen is not None
    assert np.abs(pen.colour - INK).max() < 0.1
    assert np.isin(own.labels[lines], ARMS).mean() > 0.8
    assert own.arms[0] is not None
    assert own.arms[0].sum() > (parts.labels == ARMS[0]).sum()


def test_an_arm_without_outlines_stays_as_it_is() -> None:
    drawn = draw(left=CLOSE, right=CLOSE)
    parts = _parts(drawn)
    matte = Matte(drawn.alpha, drawn.picture)
    own, pen = with_their_lines(matte, parts, measure(drawn.landmarks).torso)
    assert pen is None
    assert (own.labels == parts.labels).all()


def test_the_trunks_line_is_drawn_where_an_arm_hides_its_edge_and_nowhere_else() -> None:
    trunk = np.zeros((200, 200), bool)
    trunk[20:180, 50:150] = True
    hidden = np.zeros((200, 200), bool)
    hidden[:, 120:] = True
    cloth = np.full((200, 200, 3), 0.8, np.float32)
    pen = Pen(np.array(INK, np.float32), 3.0)
    drawn = drawn_edge(cloth, trunk, hidden & trunk, pen, 150.0)
    assert np.abs(drawn[100, 148] - INK).max() < 0.1
    assert np.abs(drawn[100, 120:140] - 0.8).max() < 0.02
    assert np.abs(drawn[100, :120] - 0.8).max() < 0.02
