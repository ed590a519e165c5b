from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from tests.character.drawn_figure import Drawn
from understudy.character.character import Character
from understudy.character.folder import cast_open_character, open_character
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Body
from understudy.media.limits import output_size
from understudy.tracking.trackers import PictureTrack, Region

MEDIA = Path(__file__).resolve().parents[4] / "shared" / "media"
PARENTS = {
    "root": None,
    "hip": "root",
    "torso": "hip",
    "neck": "torso",
    "right_shoulder": "torso",
    "right_elbow": "right_shoulder",
    "right_hand": "right_elbow",
    "left_shoulder": "torso",
    "left_elbow": "left_shoulder",
    "left_hand": "left_elbow",
    "right_hip": "root",
    "right_knee": "right_hip",
    "right_foot": "right_knee",
    "left_hip": "root",
    "left_knee": "left_hip",
    "left_foot": "left_knee",
}
OURS = {"neck": "nose", "hand": "wrist", "foot": "ankle"}


def nobody(rgb: np.ndarray[Any, Any], region: Region | None = None) -> PictureTrack:
    """A tracker that sees nothing, as it does in most drawings."""
    return PictureTrack(None, np.zeros(rgb.shape[:2], np.float32), 0.0)


def _place(name: str, drawn: Drawn) -> list[int]:
    body = drawn.landmarks.body[:, :2]
    if name in {"root", "hip"}:
        at = body[[Body.LEFT_HIP, Body.RIGHT_HIP]].mean(axis=0)
    elif name == "torso":
        at = body[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=0)
    else:
        side, _, part = name.rpartition("_")
        part = OURS.get(part, part)
        at = body[Body[f"{side}_{part}".strip("_").upper()]]
    return [round(float(at[0])), round(float(at[1]))]


def _write(folder: Path, drawn: Drawn, **changes: Any) -> Path:
    folder.mkdir()
    width, height = drawn.design.size
    config: dict[str, Any] = {
        "width": width,
        "height": height,
        "skeleton": [
            {"name": name, "parent": parent, "loc": _place(name, drawn)}
            for name, parent in PARENTS.items()
        ],
    } | changes
    (folder / "char_cfg.yaml").write_text(yaml.safe_dump(config))
    Image.fromarray(drawn.rgb).save(folder / "texture.png")
    Image.fromarray(((drawn.alpha > 0.5) * 255).astype(np.uint8)).save(folder / "mask.png")
    return folder


def _cast(folder: Path) -> Character:
    opened = open_character(folder)
    return cast_open_character(
        opened, output_size(*opened.picture.source_size, "std"), track=nobody
    )


def test_its_joints_and_its_mask_are_used_where_no_tracker_sees_a_figure(
    tmp_path: Path, standing: Drawn
) -> None:
    character = _cast(_write(tmp_path / "drawing", standing))
    scale = character.size[0] / standing.design.size[0]
    for joint in (Body.NOSE, Body.LEFT_WRIST, Body.RIGHT_ANKLE):
        truth = standing.landmarks.body[joint, :2] * scale
        assert np.abs(character.landmarks.body[joint, :2] - truth).max() < scale
    seen = character.alpha > 0.5
    truth_mask = np.array(
        Image.fromarray((standing.alpha * 255).astype(np.uint8)).resize(character.size)
    )
    overlap = (seen & (truth_mask > 127)).sum() / (seen | (truth_mask > 127)).sum()
    assert overlap > 0.97
    assert character.traits.framing == "whole_body"
    assert character.traits.left_arm == character.traits.right_arm == "free"


def _refusals() -> list[tuple[Mapping[str, Any], str]]:
    return [
        ({"width": 10}, "texture.png: the size is 360 x 520 px; use 10 x 520 px"),
        ({"skeleton": []}, "char_cfg.yaml: skeleton: 'neck' is missing"),
        ({"skeleton": [{"name": "tail"}]}, r"char_cfg.yaml: skeleton\[0\].name: the value is"),
        (
            {"skeleton": [{"name": "neck", "loc": "top"}]},
            r"char_cfg.yaml: neck.loc: the value is \"top\"; use \[x, y\]",
        ),
    ]


@pytest.mark.parametrize(("changes", "message"), _refusals())
def test_what_is_wrong_is_named(
    tmp_path: Path, standing: Drawn, changes: Mapping[str, Any], message: str
) -> None:
    folder = _write(tmp_path / "drawing", standing, **changes)
    with pytest.raises(InputRefused, match=message):
        open_character(folder)


def test_a_yaml_that_would_make_objects_is_refused(tmp_path: Path, standing: Drawn) -> None:
    folder = _write(tmp_path / "drawing", standing)
    (folder / "char_cfg.yaml").write_text("!!python/object/apply:os.getcwd []")
    with pytest.raises(InputRefused, match="not a YAML mapping"):
        open_character(folder)


@pytest.mark.parametrize("name", ["candy", "outline"])
def test_a_child_s_drawing_is_cast_by_its_own_joints(tmp_path: Path, name: str) -> None:
    config = MEDIA / f"drawing-child-{name}.yaml"
    if not config.is_file():
        pytest.skip("the foreign drawings are not on this machine")
    folder = tmp_path / "drawing"
    folder.mkdir()
    shutil.copy(config, folder / "char_cfg.yaml")
    shutil.copy(MEDIA / f"drawing-child-{name}.png", folder / "texture.png")
    shutil.copy(MEDIA / f"drawing-child-{name}-mask.png", folder / "mask.png")
    character = _cast(folder)
    assert character.traits.framing == "whole_body"
    wanted = {
        joint["name"]: joint["loc"] for joint in yaml.safe_load(config.read_text())["skeleton"]
    }
    scale = character.size[0] / yaml.safe_load(config.read_text())["width"]
    foot = character.landmarks.body[Body.LEFT_ANKLE, :2]
    assert np.abs(foot - np.array(wanted["left_foot"]) * scale).max() < 2 * scale
