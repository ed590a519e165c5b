"""Corrections that travel in a picture's file."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.character.drawn_figure import Drawn
from understudy.character.carried_corrections import corrections_of, with_corrections
from understudy.character.cast import cast
from understudy.character.corrections import NONE, Corrections
from understudy.errors import InputRefused
from understudy.media.picture import carrying, open_picture


def _png(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.round(values * 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_they_come_out_of_the_file_as_they_went_in(standing: Drawn) -> None:
    given = Corrections(
        joints={"nose": (180.0, 80.0)}, left_arm="fixed", right_arm="free", figure=(180.0, 200.0)
    )
    picture = open_picture(with_corrections(_png(standing.picture), given))
    assert corrections_of(picture) == given


def test_a_matte_is_kept_at_the_size_of_a_take_at_most(standing: Drawn) -> None:
    large = np.zeros((2600, 1800), np.float32)
    large[500:2000, 300:1400] = 1
    kept = with_corrections(_png(standing.picture), Corrections(matte=_png(large)))
    matte = corrections_of(open_picture(kept)).matte
    assert matte is not None
    with Image.open(io.BytesIO(matte)) as image:
        assert (image.size, image.mode) == (standing.design.size, "L")


def test_no_corrections_take_out_those_that_are_there(standing: Drawn) -> None:
    plain = _png(standing.picture)
    corrected = with_corrections(plain, Corrections(left_arm="fixed"))
    assert with_corrections(corrected, NONE) == plain


def test_a_picture_is_cast_with_the_corrections_in_its_file(standing: Drawn) -> None:
    picture = open_picture(with_corrections(_png(standing.picture), Corrections(left_arm="fixed")))
    size, track = standing.design.size, standing.track
    carried = cast(picture, size, track=track)
    told = cast(
        replace(picture, carried=None), size, corrections=Corrections(left_arm="fixed"), track=track
    )
    assert carried.traits.left_arm == "fixed"
    assert [layer.name for layer in carried.layers] == [layer.name for layer in told.layers]
    # Corrections that are given count in place of those.
    assert cast(picture, size, corrections=NONE, track=track).traits.left_arm == "free"


@pytest.mark.parametrize(
    ("carried", "message"),
    [
        (b"[]", "the corrections in the picture's file are damaged"),
        (b"\xff", "the corrections in the picture's file are damaged"),
        (b'{"left_arm": "loose"}', "image_url: corrections.left_arm: .* auto, free, fixed"),
    ],
)
def test_a_file_whose_corrections_cannot_be_used_is_refused(
    standing: Drawn, carried: bytes, message: str
) -> None:
    picture = open_picture(carrying(_png(standing.picture), carried))
    with pytest.raises(InputRefused, match=message):
        cast(picture, standing.design.size, track=standing.track)


def test_a_matte_that_cannot_be_used_is_not_put_in(standing: Drawn) -> None:
    with pytest.raises(InputRefused, match=r"corrections.matte: the size is 300 x 100 px"):
        with_corrections(
            _png(standing.picture), Corrections(matte=_png(np.ones((100, 300), np.float32)))
        )
