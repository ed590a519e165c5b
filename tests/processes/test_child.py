"""Child processes: what they answer, how they fail, and that none outlives its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import numpy as np
import pytest

from understudy import errors
from understudy.processes.child import Child, ChildFailed
from understudy.processes.messages import Message

# The last has no parent-death signal, whatever this machine has.
PLATFORMS = (sys.platform, "portable")


def start(platform: str = sys.platform) -> Child:
    return Child("tests.processes.echo_child", name="echo", environment={"ECHO_PLATFORM": platform})


def wait_for_end(pid: int, seconds: float = 20) -> bool:
    """Whether a process that is not ours ends within so many seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_child_answers_one_request_after_another(platform: str) -> None:
    with start(platform) as child:
        for number in (1, 2):
            child.send(Message("echo", {"n": number}, {"a": np.arange(number, dtype=np.float32)}))
            answer = child.receive()
            assert answer.values == {"n": number}
            np.testing.assert_array_equal(answer.arrays["a"], np.arange(number, dtype=np.float32))


def test_a_refusal_in_the_child_is_raised_in_the_parent() -> None:
    with start() as child:
        child.send(Message("refuse"))
        with pytest.raises(errors.InputRefused) as refusal:
            child.receive()
        assert refusal.value.message == "No dance allowed. video_url: a dance; use a walk"
        assert (refusal.value.found, refusal.value.code) == ("a dance", 1301)
        child.send(Message("echo"))
        assert child.receive().kind == "echo"


def test_a_failure_quotes_what_the_child_printed() -> None:
    with start() as child:
        child.send(Message("fail"))
        with pytest.raises(ChildFailed, match=r"(?s)echo: .*ValueError: asked to fail"):
            child.receive()


def test_a_killed_child_is_a_failure_with_its_exit_status() -> None:
    with start() as child:
        child.send(Message("echo"))
        child.receive()
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChildFailed, match="exit code -9"):
            child.receive()


def test_waiting_can_be_cancelled() -> None:
    with start() as child:
        child.send(Message("hang"))
        with pytest.raises(errors.TakeCancelled):
            child.receive(lambda: True)


def test_closing_kills_a_child_that_never_answers() -> None:
    child = start()
    child.send(Message("hang"))
    child.close()
    assert wait_for_end(child.pid, 0)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_child_outlives_a_parent_that_is_killed(platform: str) -> None:
    """Also one that is busy, and so does not see its input end."""
    script = (
        "import os, signal\n"
        "from tests.processes.test_child import start\n"
        "from understudy.processes.messages import Message\n"
        f"child = start({platform!r})\n"
        "child.send(Message('echo')); child.receive(); child.send(Message('hang'))\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wait_for_end(int(done.stdout))
