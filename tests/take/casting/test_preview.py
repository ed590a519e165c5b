"""The preview shows the cut-out, its parts and joints, and the test poses."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image

from tests.engines.paper_doll import SIZE, paper_doll
from understudy.engines import load_engine
from understudy.take.casting.preview import write_preview


def test_a_contact_sheet_shows_eleven_panels_that_differ(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    write_preview(load_engine("puppet"), paper_doll(), path)
    sheet = np.asarray(Image.open(path))
    width, height = SIZE
    assert sheet.shape == (3 * height, 4 * width, 3)
    panels = [
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
        for row in range(3)
        for column in range(4)
    ][:11]
    for number, panel in enumerate(panels):
        for other in panels[:number]:
            assert np.abs(panel.astype(int) - other).mean() > 1


def test_a_video_plays_the_test_poses(tmp_path: Path) -> None:
    path = tmp_path / "poses.mp4"
    write_preview(load_engine("puppet"), paper_doll(), path)
    with av.open(str(path)) as video:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in video.decode(video=0)]
    assert len(frames) > 100
    assert frames[0].shape[1] > SIZE[0]
    assert np.abs(frames[0] - frames[-1]).mean() > 2
