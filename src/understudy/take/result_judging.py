"""Judging the video of a take, for its report: what `understudy judge` says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from understudy.errors import InputRefused
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.report import Report

FIELD = "judge"


def check_judging(media: TakeMedia, request: TakeRequest) -> None:
    """Refuse to judge what has no picture file, no clip, or no video that the tracker reads.

    Raises InputRefused.
    """
    if not request.can_be_tracked:
        found, allowed = "the video is transparent or neither MP4 nor MOV", "an opaque .mp4 or .mov"
    elif media.clip is None:
        found, allowed = "the motion is not of a clip", "a clip"
    elif media.picture is None or (isinstance(media.picture, Path) and media.picture.is_dir()):
        found, allowed = "the character is not of a picture", "a picture"
    else:
        return
    raise InputRefused(FIELD, found=found, allowed=f"judging needs {allowed}")


def with_judgement(report: Report, media: TakeMedia, video: Path) -> Report:
    """The report of a finished take, with what judging its video says.

    media: that `check_judging` accepts. Raises InputRefused.
    """
    from understudy.judge.judge import judge_video

    assert media.picture is not None
    assert media.clip is not None
    judged = judge_video(video, media.picture, media.clip)
    return replace(report, judgement=judged.judgement)
