"""Transparent video as a browser plays it."""

from __future__ import annotations

import base64
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from understudy.media.output.encode import VideoWriter
from understudy.media.output.encodings import VP9_WEBM

SIZE = (320, 240)

# Draws the video over green and reads a few pixels.
SAMPLE = """
async ([source, places]) => {
  const video = document.createElement('video');
  video.muted = true;
  video.src = source;
  await new Promise((done, fail) => { video.oncanplaythrough = done; video.onerror = fail; });
  // A seek may end before its frame can be drawn.
  await new Promise(done => {
    video.requestVideoFrameCallback(done);
    video.currentTime = 0.4;
  });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const alone = places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = 'rgb(0, 177, 64)';
  context.fillRect(0, 0, canvas.width, canvas.height);
  const laid = places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
  return {alone, laid};
}
"""


def test_chromium_shows_the_page_through_a_webm(browser: Any, tmp_path: Path) -> None:
    frame = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    frame[40:200, 40:160] = (210, 60, 40, 255)
    frame[40:200, 160:280] = (210, 60, 40, 128)
    path = tmp_path / "out.webm"
    with VideoWriter(path, SIZE, Fraction(25), encoding=VP9_WEBM, transparent=True) as writer:
        for _ in range(25):
            writer.write_rgba(frame)
    source = "data:video/webm;base64," + base64.b64encode(path.read_bytes()).decode()
    page = browser.new_page()
    found = page.evaluate(SAMPLE, [source, [[100, 120], [220, 120], [10, 10], [41, 120]]])
    page.close()
    solid, half, nothing, edge = (np.array(pixel) for pixel in found["alone"])
    assert solid[3] == 255
    assert np.abs(solid[:3] - (210, 60, 40)).max() < 12
    assert abs(half[3] - 128) < 8
    assert nothing[3] == 0
    on_green = [np.array(pixel) for pixel in found["laid"]]
    assert np.abs(on_green[1][:3] - (105, 119, 52)).max() < 14
    assert np.abs(on_green[2][:3] - (0, 177, 64)).max() <= 1
    # Just inside the edge nothing of black or green has run in.
    assert edge[0] > 180
