"""Fetching a weight: sources in order, hashes, resuming, several processes, no network."""

from __future__ import annotations

import selectors
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.weights.making import FileServer, serving, weight, weight_file
from understudy.weights.entry import Edition, Home, Weight
from understudy.weights.fetching import FetchOutcome, Step, fetch
from understudy.weights.folder import check, find

# More than one chunk of a download, and no two parts alike.
CONTENT = np.arange(300_000, dtype=">u4").tobytes()
WRONG = bytes(len(CONTENT))


def bring(entry: Weight, folder: Path, mirror: str | None = None) -> FetchOutcome:
    (outcome,) = fetch([entry], folder, mirror=mirror)
    return outcome


def at_home(server: FileServer, path: str = "/net.onnx") -> Weight:
    return weight("net", weight_file("net.onnx", CONTENT, Home(server.url + path)))


def test_a_weight_comes_from_its_home_and_stays(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        entry = at_home(server)
        first = bring(entry, tmp_path)
        assert (first.state, first.source) == ("fetched", f"{server.url}/net.onnx")
        fetched = find(entry, tmp_path)
        assert fetched is not None
        assert [path.read_bytes() for path in fetched.paths] == [CONTENT]
        assert bring(entry, tmp_path).state == "present"
        assert len(server.requests) == 1


def test_progress_tells_every_byte(tmp_path: Path) -> None:
    steps: list[Step] = []
    with serving({"/net.onnx": CONTENT}) as server:
        list(fetch([at_home(server)], tmp_path, tell=steps.append))
    counts = [step.done for step in steps if step.done is not None]
    assert counts == sorted(counts)
    assert counts[-1] == steps[-1].total == len(CONTENT)


def test_a_broken_download_goes_on_where_it_ended(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        server.cut["/net.onnx"] = 700_000
        assert bring(at_home(server), tmp_path).state == "fetched"
        assert server.requests[0][1] is None
        start = int((server.requests[1][1] or "").removeprefix("bytes=").rstrip("-"))
        assert 0 < start <= 700_000


def test_a_later_run_resumes_what_an_earlier_one_left(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        entry = at_home(server)
        left = tmp_path / "net" / f".{entry.editions[0].files[0].sha256[:16]}.part"
        left.parent.mkdir()
        left.write_bytes(CONTENT[:1000])
        assert bring(entry, tmp_path).state == "fetched"
        assert server.requests == [("/net.onnx", "bytes=1000-")]
    assert sorted(path.name for path in left.parent.glob("*[!k]")) == ["net.onnx"]


def test_a_wrong_beginning_is_dropped_and_the_file_fetched_whole(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        entry = at_home(server)
        left = tmp_path / "net" / f".{entry.editions[0].files[0].sha256[:16]}.part"
        left.parent.mkdir()
        left.write_bytes(WRONG[:1000])
        assert bring(entry, tmp_path).state == "fetched"
    assert check(entry, tmp_path) == "ok"


def test_a_server_without_ranges_sends_the_file_whole(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        server.cut["/net.onnx"] = 700_000
        server.ranges = False
        assert bring(at_home(server), tmp_path).state == "fetched"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WRONG, "different file from the one in the catalogue"),
        (CONTENT + b"more", "sends more than"),
        (CONTENT[:-4], "ended after"),
        (None, "answered 404"),
    ],
    ids=["wrong hash", "too long", "too short", "absent"],
)
def test_what_is_not_the_file_is_never_seen_under_its_name(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    with serving({} if content is None else {"/net.onnx": content}) as server:
        entry = at_home(server)
        outcome = bring(entry, tmp_path)
    assert outcome.state == "missing"
    assert len(outcome.reasons) == 1
    assert reason in outcome.reasons[0]
    assert find(entry, tmp_path) is None


def test_the_next_source_is_asked_where_one_gives_the_wrong_file(tmp_path: Path) -> None:
    with serving({"/wrong": WRONG, "/right": CONTENT}) as server:
        sources = (Home(f"{server.url}/wrong"), Home(f"{server.url}/right"))
        entry = weight("net", weight_file("net.onnx", CONTENT, *sources))
        assert bring(entry, tmp_path).source == f"{server.url}/right"


def test_a_damaged_file_is_fetched_anew(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        entry = at_home(server)
        bring(entry, tmp_path)
        (tmp_path / "net" / "net.onnx").write_bytes(WRONG)
        assert check(entry, tmp_path) == "damaged"
        assert bring(entry, tmp_path).state == "fetched"
    assert check(entry, tmp_path) == "ok"


def test_a_mirror_is_asked_before_the_home(tmp_path: Path) -> None:
    with serving({"/net/net.onnx": CONTENT, "/home": CONTENT}) as server:
        entry = at_home(server, "/home")
        assert bring(entry, tmp_path, mirror=f"{server.url}/").source.startswith("mirror ")
        assert [path for path, _ in server.requests] == ["/net/net.onnx"]


def test_the_home_serves_what_a_mirror_lacks(tmp_path: Path) -> None:
    with serving({"/home": CONTENT}) as server:
        entry = at_home(server, "/home")
        assert bring(entry, tmp_path, mirror=server.url).source == f"{server.url}/home"


def test_a_folder_laid_out_like_this_one_is_a_mirror(tmp_path: Path) -> None:
    (tmp_path / "mirror" / "net").mkdir(parents=True)
    (tmp_path / "mirror" / "net" / "net.onnx").write_bytes(CONTENT)
    entry = weight("net", weight_file("net.onnx", CONTENT))
    outcome = bring(entry, tmp_path / "weights", mirror=str(tmp_path / "mirror"))
    assert outcome.state == "fetched"
    assert check(entry, tmp_path / "weights") == "ok"


def test_a_mirror_may_have_another_edition(tmp_path: Path) -> None:
    small = b"small"
    with serving({"/net/small.onnx": small, "/home": CONTENT}) as server:
        entry = weight(
            "net",
            weight_file("net.onnx", CONTENT, Home(f"{server.url}/home")),
            more=(Edition("small", (weight_file("small.onnx", small),)),),
        )
        assert bring(entry, tmp_path, mirror=server.url).state == "fetched"
    fetched = find(entry, tmp_path)
    assert fetched is not None
    assert fetched.edition.name == "small"


def test_a_weight_of_two_files_is_there_only_with_both(tmp_path: Path) -> None:
    with serving({"/param": b"param"}) as server:
        entry = weight(
            "net",
            weight_file("net.param", b"param", Home(f"{server.url}/param")),
            weight_file("net.bin", CONTENT, Home(f"{server.url}/bin")),
        )
        assert bring(entry, tmp_path).state == "missing"
        assert find(entry, tmp_path) is None
        server.files["/bin"] = CONTENT
        assert bring(entry, tmp_path).state == "fetched"
        assert [path for path, _ in server.requests].count("/param") == 1


def test_a_host_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    with serving({}) as server:
        silent = server.url
    entries = [
        weight(name, weight_file("net.onnx", CONTENT, Home(f"{silent}/{name}")))
        for name in ("one", "two")
    ]
    outcomes = list(fetch(entries, tmp_path))
    assert [outcome.state for outcome in outcomes] == ["missing", "missing"]
    assert all("does not respond" in outcome.reasons[0] for outcome in outcomes)


def test_a_folder_that_cannot_be_written_is_named_as_the_reason(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("a file")
    with serving({"/net.onnx": CONTENT}) as server:
        outcome = bring(at_home(server), tmp_path / "weights")
    assert outcome.state == "missing"
    assert "is not writable" in outcome.reasons[0]


FETCH = """
import sys
from pathlib import Path
from tests.weights.making import weight, weight_file
from understudy.weights.entry import Home
from understudy.weights.fetching import fetch

content = b"".join(number.to_bytes(4, "big") for number in range(300_000))
entry = weight("net", weight_file("net.onnx", content, Home(sys.argv[2])))
waiting = lambda entry: print("waiting", flush=True)
print(next(fetch([entry], Path(sys.argv[1]), waiting=waiting)).state, flush=True)
"""


def test_two_processes_fetch_a_weight_once(tmp_path: Path) -> None:
    with serving({"/net.onnx": CONTENT}) as server:
        server.gate.clear()
        command = [sys.executable, "-c", FETCH, str(tmp_path), f"{server.url}/net.onnx"]
        root = Path(__file__).parents[3]
        runs = [
            subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        # The first one holds the lock while its download stands still, so that the other waits.
        with selectors.DefaultSelector() as selector:
            for run in runs:
                assert run.stdout is not None
                selector.register(run.stdout, selectors.EVENT_READ)
            (key, _), *_ = selector.select(60)
            assert key.fileobj.readline() == "waiting\n"  # type: ignore[union-attr]
        server.gate.set()
        said = sorted(run.communicate()[0].strip() for run in runs)
        assert said == ["fetched", "present"]
        assert len(server.requests) == 1
