"""Takes by SGLang servers, through their faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.engines.sglang.loopback import Loopback, running
from understudy.engines import Engine, EngineJob, EngineReport, load_engine
from understudy.engines.sglang import SGLangEngine, SGLangOptions
from understudy.engines.sglang.generation import GenerationFailed
from understudy.engines.sglang.options import ServerTimeouts
from understudy.errors import EngineUnavailable, TakeCancelled
from understudy.media.clip import open_clip
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.yuv import YuvConverter
from understudy.media.picture import Picture

QUICK = ServerTimeouts(connect=1, answer=10, poll=0.01, silent=0.2, full=5, whole=30)
NOBODY = "http://127.0.0.1:9"
SIZE = (96, 128)


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 s at 10 per second, dark above and bright below, brighter from frame to frame."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    converter = YuvConverter()
    with VideoWriter(
        path, (340, 340), Fraction(10), sound=None, provenance=Provenance("test", "test")
    ) as writer:
        for index in range(30):
            frame = np.full((340, 340, 3), 20, np.uint8)
            frame[170:] = 100 + 5 * index
            writer.write_yuv420(converter.planes(frame))
    return path


@pytest.fixture
def job(clip_file: Path) -> EngineJob:
    return EngineJob(
        size=SIZE,
        fps=Fraction(10),
        frames=12,
        orientation="video",
        prompt="a knight; a hall",
        seed=5,
        start=1.0,
        picture=Picture(np.full((400, 300, 3), 90, np.uint8), None, (300, 400), "0" * 64),
        clip=open_clip(clip_file, orientation="video"),
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Loopback]:
    with running(Loopback(tmp_path)) as started:
        yield started


def engine(*urls: str, **changes: object) -> SGLangEngine:
    options = SGLangOptions(urls=urls, timeouts=QUICK)
    return SGLangEngine(replace(options, **changes))  # type: ignore[arg-type]


def test_a_take_has_the_jobs_frames_in_order_and_says_who_made_it(
    server: Loopback, job: EngineJob
) -> None:
    told: list[EngineReport] = []
    said: list[float] = []
    frames = list(
        engine(server.url, steps=10, guidance=1.0).frames(
            job, on_report=told.append, on_progress=lambda _, share: said.append(share)
        )
    )
    assert [frame.shape for frame in frames] == [(SIZE[1], SIZE[0], 3)] * 12
    # Upside down, so that the top is bright; the clip from its second second on.
    tops = [float(frame[:40].mean()) for frame in frames]
    assert tops == sorted(tops)
    assert tops[0] == pytest.approx(150, abs=12)
    assert said == sorted(said)
    assert said[-1] == 1.0
    (form,) = server.forms
    assert (form["size"], form["fps"], form["seed"]) == ("640x800", "10", "5")
    assert (form["num_inference_steps"], form["guidance_scale"]) == ("10", "1.0")
    assert (form["clip_len"], form["enable_audio"]) == ("81", "false")
    assert "a knight" in form["prompt"]
    assert form["input_reference"].startswith(b"\x89PNG")
    assert told[0].details["server"] == server.url
    assert told[0].details["submissions"] == 1
    assert server.deleted


def test_a_job_that_the_server_forgot_is_handed_in_again(server: Loopback, job: EngineJob) -> None:
    server.polls, server.forget_after = 4, 2
    told: list[EngineReport] = []
    assert len(list(engine(server.url).frames(job, on_report=told.append))) == 12
    assert told[0].details["submissions"] == 2


def test_a_full_server_is_waited_for(server: Loopback, job: EngineJob) -> None:
    server.full = 2
    assert len(list(engine(server.url).frames(job))) == 12


def test_a_server_that_is_gone_or_fails_gives_way_to_another(
    server: Loopback, tmp_path: Path, job: EngineJob
) -> None:
    (tmp_path / "second").mkdir()
    with running(Loopback(tmp_path / "second", fail=["CUDA out of memory"] * 3)) as failing:
        # The other is busier, so that the failing one is asked first.
        server.jobs["theirs"] = {"id": "theirs", "status": "queued", "left": 10**6, "form": {}}
        told: list[EngineReport] = []
        frames = engine(NOBODY, failing.url, server.url).frames(job, on_report=told.append)
        assert len(list(frames)) == 12
        assert len(failing.forms) == 1
    assert told[0].details["server"] == server.url


def test_a_job_that_fails_everywhere_says_why(server: Loopback, job: EngineJob) -> None:
    server.fail = ["CUDA out of memory"] * 3
    with pytest.raises(GenerationFailed, match="CUDA out of memory"):
        list(engine(server.url).frames(job))


def test_what_the_server_refuses_is_told_in_its_words(server: Loopback, job: EngineJob) -> None:
    with pytest.raises(GenerationFailed, match="clip_len is not supported"):
        list(engine(server.url, clip_len=1).frames(job))


def test_a_cancelled_take_drops_its_job(server: Loopback, job: EngineJob) -> None:
    server.polls = 10**6
    with pytest.raises(TakeCancelled):
        list(engine(server.url).frames(job, cancelled=lambda: server.looks > 2))
    assert server.deleted


def test_a_job_that_takes_too_long_is_given_up(server: Loopback, job: EngineJob) -> None:
    server.polls = 10**6
    short = replace(QUICK, whole=0.2)
    with pytest.raises(GenerationFailed, match="longer than"):
        list(engine(server.url, timeouts=short).frames(job))


def test_the_key_goes_with_every_request(server: Loopback, job: EngineJob) -> None:
    server.key = "secret"
    with pytest.raises(GenerationFailed, match="Unauthorized"):
        list(engine(server.url).frames(job))
    assert len(list(engine(server.url, key="secret").frames(job))) == 12


def test_health_decides_whether_it_is_available(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNDERSTUDY_SGLANG_URLS", raising=False)
    with pytest.raises(EngineUnavailable, match="UNDERSTUDY_SGLANG_URLS"):
        load_engine("sglang")
    monkeypatch.setenv("UNDERSTUDY_SGLANG_URLS", f"{NOBODY}, {server.url}/")
    assert isinstance(load_engine("sglang"), Engine)
    server.healthy = False
    with pytest.raises(EngineUnavailable, match="no SGLang server responds"):
        load_engine("sglang")
    monkeypatch.setenv("UNDERSTUDY_SGLANG_URLS", "gpu-1:30000")
    with pytest.raises(EngineUnavailable, match="use http or https URLs"):
        load_engine("sglang")
