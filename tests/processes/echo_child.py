"""A child program for tests: answers, fails, refuses or never answers, as the request says.

The variable ECHO_PLATFORM makes it believe that it runs on another operating system.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

sys.platform = os.environ.get("ECHO_PLATFORM", sys.platform)

from understudy.errors import InputRefused  # noqa: E402 - the platform comes first
from understudy.processes.messages import Message  # noqa: E402
from understudy.processes.serving import Answer, serve  # noqa: E402


def load() -> Answer:
    print("loading prints on standard output")
    return answer


def answer(request: Message) -> Iterator[Message]:
    match request.kind:
        case "refuse":
            raise InputRefused(
                "video_url",
                found="a dance",
                allowed="use a walk",
                code=1301,
                contract="No dance allowed.",
            )
        case "hang":
            threading.Event().wait()
        case "fail":
            raise ValueError("asked to fail")
    print("answering prints on standard output")
    yield request


if __name__ == "__main__":
    serve(load)
