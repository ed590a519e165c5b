"""The command as a user runs it."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from understudy.cli import main


def run_command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end: `run_command("animate", ...)`.

    In this process: starting another takes longer than most of what is asked of it here.
    """
    command = ["understudy", *map(str, arguments)]
    out, errors = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(out),
        redirect_stderr(errors),
    ):
        patch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
    status = ended.value.code
    assert isinstance(status, int)
    return subprocess.CompletedProcess(command, status, out.getvalue(), errors.getvalue())
