"""A take whose video is judged at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.take.conftest import PICTURE
from understudy.errors import InputRefused
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.result_judging import check_judging

CLIP = Path("clip.mp4")


@pytest.mark.parametrize(
    ("media", "request_", "found"),
    [
        (TakeMedia(picture=PICTURE, clip=CLIP), TakeRequest(format="gif"), "neither MP4 nor MOV"),
        (TakeMedia(picture=PICTURE, motion=CLIP), TakeRequest(), "the motion is not of a clip"),
        (TakeMedia(clip=CLIP, element=(PICTURE,)), TakeRequest(), "not of a picture"),
        (TakeMedia(picture=PICTURE.parent, clip=CLIP), TakeRequest(), "not of a picture"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_the_take(
    media: TakeMedia, request_: TakeRequest, found: str
) -> None:
    with pytest.raises(InputRefused, match=found) as refusal:
        check_judging(media, request_)
    assert refusal.value.field == "judge"


def test_a_picture_and_a_clip_can_be_judged() -> None:
    check_judging(TakeMedia(picture=PICTURE, clip=CLIP), TakeRequest())
    check_judging(TakeMedia(picture=PICTURE.read_bytes(), clip=CLIP), TakeRequest(format="mov"))
