"""An open character, from the picture to the plan of a take with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.timeout(300)
def test_a_written_character_is_edited_and_inspected_in_place_of_the_picture(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hero"
    done = understudy("cast", picture, "-o", folder)
    assert done.returncode == 0, done.stderr
    assert "body" in done.stdout

    description = folder / "character.json"
    values = json.loads(description.read_text())
    values["options"]["left_arm"] = values["options"]["right_arm"] = "fixed"
    description.write_text(json.dumps(values))
    inspected = understudy("inspect", folder, clip, "--json")
    assert inspected.returncode == 0, inspected.stderr
    warnings = json.loads(inspected.stdout)["plan"]["warnings"]
    assert "The arms lie across the body and will not move." in warnings

    again = understudy("cast", picture, "-o", folder)
    assert again.returncode == 2
    assert "--output: the folder" in again.stderr
    assert "name a new folder" in again.stderr


@pytest.mark.timeout(300)
def test_a_psd_of_layers_stands_in_for_the_picture(
    understudy: Run, picture: Path, clip: Path, tmp_path: Path
) -> None:
    hero = tmp_path / "hero.psd"
    done = understudy("cast", picture, "-o", hero)
    assert done.returncode == 0, done.stderr
    inspected = understudy("inspect", hero, clip, "--json")
    assert inspected.returncode == 0, inspected.stderr
    assert json.loads(inspected.stdout)["plan"]["picture_framing"] == "whole_body"
    again = understudy("cast", picture, "-o", hero)
    assert again.returncode == 2
    assert "hero.psd' exists already" in again.stderr


def test_a_key_that_cannot_be_used_is_named(understudy: Run, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "character.json").write_text("{}")
    done = understudy("animate", tmp_path, clip, "-o", tmp_path / "out.mp4")
    assert done.returncode == 2
    assert "character.json: format: the value is null; use 'understudy-character'" in done.stderr
    assert not (tmp_path / "out.mp4").exists()
