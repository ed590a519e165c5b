"""A judgement as one HTML file: the numbers, the curves over time, and the worst frames."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.judge.judge import Judged
from understudy.media.clip import Clip, read_frames
from understudy.media.output.atomic import UnfinishedFile
from understudy.media.output.marks import Marks

Rgb = NDArray[np.uint8]

_WORST = 6
# Seconds between two of the worst frames: neighbours show the same.
_APART = 0.4
_FRAME_HEIGHT = 420  # px
_JPEG_QUALITY = 82
_CURVE = (900, 120)  # px
_FOUND, _WANTED = (255, 60, 60), (40, 220, 120)

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1000px; color: #1c1c1e; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; }
td:nth-child(2) { font-variant-numeric: tabular-nums; text-align: right; }
svg { display: block; background: #f5f5f7; margin: .3rem 0 1rem; width: 100%; height: auto; }
figure { display: inline-block; margin: 0 1rem 1rem 0; } img { display: block; max-width: 100%; }
.score { font-size: 2.4rem; font-weight: 600; }
"""


def write_page(judged: Judged, path: Path) -> None:
    """Write the page, complete or not at all. Raises OSError."""
    with UnfinishedFile(path) as file:
        file.path.write_text(_page(judged), "utf-8")


def rows(judged: Judged) -> list[tuple[str, str]]:
    """The numbers as names and values for a person; what could not be measured is a dash."""
    found = judged.judgement
    pose, frames, time = found.pose, found.frames, found.time
    return [
        ("score", f"{found.score:g} of 100"),
        ("figure found", f"{pose.found:.0%} of the frames"),
        ("pose error", _value(pose.error, "torso lengths")),
        ("joints within a tenth of a torso", _share(pose.pck)),
        ("angle between bones", _value(pose.angle, "degrees")),
        ("way off the driver's", _value(pose.travel, "torso lengths")),
        ("hands: found, correlation", _pair(found.hands.seen, found.hands.correlation)),
        ("face: found, correlation", _pair(found.face.seen, found.face.correlation)),
        ("colours like the picture's", _share(found.likeness.colours)),
        ("face unlike the picture's", _value(found.likeness.face, "face widths")),
        ("background changes", _value(frames.background, "of 255 a frame")),
        ("residue of the figure", _share(frames.residue)),
        ("flicker", _value(frames.flicker, "of 255")),
        ("seams", _value(frames.seams, "")),
        ("jitter, driver's", _pair(pose.jitter, pose.driver_jitter)),
        ("foot skate, driver's", _pair(pose.skate, pose.driver_skate)),
        ("sound offset", _value(found.sound.offset, "s")),
        ("duration, expected", f"{time.duration:g} s, {time.expected:g} s"),
        ("rate, clip's", f"{time.fps:g} fps, {time.clip_fps:g} fps"),
        ("motion comes late by", _value(time.delay, "s")),
        ("repeated frames", f"{time.repeated:.0%}"),
        ("says that it is generated", _marks(found.marks)),
    ]


def _marks(marks: Marks) -> str:
    """Whether a file says that it is AI-generated, and by what."""
    said = [
        *(["tags"] if marks.sentence else []),
        *([f"XMP: {marks.source_type}"] if marks.source_type else []),
    ]
    if marks.credentials is not None:
        signer = f" by {marks.credentials.issuer}" if marks.credentials.issuer else ""
        said.append(f"Content Credentials{signer}: {marks.credentials.state}")
    answer = "yes" if marks.generated else "no"
    return f"{answer} ({'; '.join(said)})" if said else answer


def _page(judged: Judged) -> str:
    name = html.escape(judged.result.path.name)
    table = "".join(
        f"<tr><td>{html.escape(label)}</td><td>{html.escape(value)}</td></tr>"
        for label, value in rows(judged)[1:]
    )
    curves = "".join(
        f"<h2>{title}</h2>{_curve(judged.times, np.array(values))}"
        for title, values in (
            ("Pose error, torso lengths", judged.pose.error),
            ("Change of the background, of 255", judged.frames.background),
            ("Flicker, of 255", judged.frames.flicker),
            ("Residue, share of what was uncovered", judged.frames.residue),
            ("Seams", judged.frames.seams),
        )
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style><h1>{name}</h1>"
        f'<p class="score">{judged.judgement.score:g} <small>of 100</small></p>'
        f"<table>{table}</table>{curves}<h2>The worst frames</h2>"
        "<p>The clip, and the video with its joints: red where they are found, green where the "
        f"driver has them.</p>{''.join(_worst_frames(judged))}</html>\n"
    )


def _curve(times: NDArray[np.float64], values: NDArray[np.float64]) -> str:
    width, height = _CURVE
    values = values[: len(times)]
    known = np.isfinite(values)
    if known.sum() < 2:
        return "<p>not measured</p>"
    top = float(values[known].max()) or 1.0
    x = times[: len(values)] / max(float(times[-1]), 1e-6) * width
    y = height - 4 - values / top * (height - 24)
    runs = np.split(np.arange(len(values)), np.flatnonzero(np.diff(known.astype(int))) + 1)
    lines = "".join(
        '<polyline fill="none" stroke="#0a66c2" stroke-width="1.5" points="'
        + " ".join(f"{x[k]:.1f},{y[k]:.1f}" for k in run)
        + '"/>'
        for run in runs
        if known[run[0]]
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img">{lines}'
        f'<text x="4" y="14" font-size="12">{top:.3g}</text>'
        f'<text x="{width - 4}" y="14" font-size="12" text-anchor="end">{times[-1]:.1f} s</text>'
        "</svg>"
    )


def worst_frames(errors: NDArray[np.float64], times: NDArray[np.float64]) -> list[int]:
    """The frames with the greatest errors, some time apart, worst first; one that has no error,
    because nothing was found, counts as worse than any."""
    rated = np.where(np.isfinite(errors), errors, np.inf)
    chosen: list[int] = []
    for index in np.argsort(-rated, kind="stable").tolist():
        if all(abs(times[index] - times[other]) >= _APART for other in chosen):
            chosen.append(index)
        if len(chosen) == _WORST:
            break
    return chosen


def _worst_frames(judged: Judged) -> list[str]:
    shown = []
    for index in worst_frames(judged.pose.error, judged.times):
        time = float(judged.times[index])
        driver = _frame_at(judged.clip, judged.start + time)
        result = _frame_at(judged.result, time)
        if driver is None or result is None:
            continue
        marked = _marked(result, judged.pose.wanted[index], judged.pose.found[index])
        both = np.hstack([_to_height(driver), _to_height(marked)])
        error = judged.pose.error[index]
        words = f"{error:.2f} torso lengths" if np.isfinite(error) else "no figure found"
        shown.append(
            f'<figure><img alt="" src="data:image/jpeg;base64,{_jpeg(both)}">'
            f"<figcaption>{time:.2f} s: {words}</figcaption></figure>"
        )
    return shown


def _frame_at(clip: Clip, time: float) -> Rgb | None:
    frames = read_frames(clip, start=max(0.0, min(time, clip.duration - 0.5 / float(clip.fps))))
    try:
        frame = next(frames, None)
    finally:
        frames.close()
    return None if frame is None else frame.rgb


def _marked(rgb: Rgb, wanted: NDArray[np.float64], found: NDArray[np.float64]) -> Rgb:
    marked = rgb.copy()
    radius = max(3, rgb.shape[0] // 140)
    for places, colour in ((wanted, _WANTED), (found, _FOUND)):
        for x, y in places[np.isfinite(places).all(axis=1)]:
            cv2.circle(marked, (round(float(x)), round(float(y))), radius, colour, -1, cv2.LINE_AA)
    return marked


def _to_height(rgb: Rgb) -> Rgb:
    width = round(rgb.shape[1] * _FRAME_HEIGHT / rgb.shape[0])
    size = (width, _FRAME_HEIGHT)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(rgb: Rgb) -> str:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, "JPEG", quality=_JPEG_QUALITY)
    return base64.b64encode(stream.getvalue()).decode()


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.3g} {unit}".rstrip()


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _pair(first: float | None, second: float | None) -> str:
    return f"{_value(first, '')}, {_value(second, '')}"
