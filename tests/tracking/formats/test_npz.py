from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tracking.test_smoothing import track
from understudy.tracking.formats.npz import load_npz, save_npz
from understudy.tracking.performance import Performance
from understudy.tracking.smoothing import smooth


@pytest.fixture
def performance() -> Performance:
    raw = track(30)
    raw.left_hand[10:] = np.nan
    return smooth(raw, 24, (640, 480))


def test_the_arrays_are_those_that_the_format_names(
    performance: Performance, tmp_path: Path
) -> None:
    save_npz(performance, tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays.files} == {
            "times": (30,), "body": (30, 33, 4), "world": (30, 33, 3), "left_hand": (30, 21, 3),
            "right_hand": (30, 21, 3), "face": (30, 468, 3), "size": (2,),
        }  # fmt: skip
        assert arrays["size"].tolist() == [640, 480]
        assert np.isnan(arrays["left_hand"][20]).all()


def test_a_performance_comes_back_as_it_was(performance: Performance, tmp_path: Path) -> None:
    save_npz(performance, tmp_path / "p.npz")
    back = load_npz(tmp_path / "p.npz")
    assert back.size == performance.size
    for name in ("times", "body", "world", "left_hand", "right_hand", "face"):
        np.testing.assert_array_equal(getattr(back, name), getattr(performance, name))


def test_the_same_performance_gives_the_same_bytes(
    performance: Performance, tmp_path: Path
) -> None:
    for name in ("a.npz", "b.npz"):
        save_npz(performance, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_file_that_cannot_be_written_leaves_nothing(
    performance: Performance, tmp_path: Path
) -> None:
    (tmp_path / "p.npz").mkdir()
    with pytest.raises(OSError, match="directory"):
        save_npz(performance, tmp_path / "p.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["p.npz"]


def test_pickled_objects_are_refused(performance: Performance, tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    save_npz(performance, path)
    with np.load(path) as arrays:
        content = dict(arrays)
    content["body"] = np.array([print], dtype=object)
    np.savez(path, **content)
    with pytest.raises(ValueError, match="not a performance"):
        load_npz(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"x" * 100])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "p.npz").write_bytes(content)
    with pytest.raises(ValueError, match="not a performance"):
        load_npz(tmp_path / "p.npz")


def test_arrays_of_other_shapes_are_refused(performance: Performance, tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    save_npz(performance, path)
    with np.load(path) as arrays:
        content = dict(arrays)
    content["face"] = content["face"][:, :10]
    np.savez(path, **content)
    with pytest.raises(ValueError, match="face has shape"):
        load_npz(path)
