"""The wheels hold what they must. `scripts/check-plain-install` installs and runs them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import understudy
import understudy_client

ROOT = Path(__file__).resolve().parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def built(project: Path, place: Path) -> Path:
    """A project's wheel, built from the working tree."""
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", place, project]
    subprocess.run([*PIP, *build], check=True)
    return next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's wheel."""
    return built(ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_is_pure_and_carries_the_version(wheel: Path) -> None:
    assert wheel.name == f"understudy-{understudy.__version__}-py3-none-any.whl"


def test_the_wheel_holds_the_sources_the_types_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= names
    assert "understudy/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    roots = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"understudy"}


def test_the_clients_wheel_holds_the_client_and_nothing_else(tmp_path: Path) -> None:
    wheel = built(ROOT / "client", tmp_path)
    assert wheel.name == f"understudy_client-{understudy_client.__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    files = {name.removeprefix("understudy_client/") for name in names if ".dist-info" not in name}
    source = ROOT / "client" / "src" / "understudy_client"
    assert files == {path.name for path in source.iterdir() if path.is_file()}
    assert "py.typed" in files
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
