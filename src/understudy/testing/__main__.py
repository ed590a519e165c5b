"""The process of a rehearsing server: `python -m understudy.testing JOBS SETTINGS-AS-JSON`.

It prints its base URL once it answers. `rehearsing` starts it. What is tried again is tried again
at once, without the pauses that are for servers far away.
"""

from __future__ import annotations

import json
import sys

import stamina

from understudy.service.server import serve
from understudy.settings import Settings
from understudy.studio import routes

MOST_TRIES = 10
"""More than anything is tried: the numbers of tries stay as they are."""

if __name__ == "__main__":
    stamina.set_testing(True, attempts=MOST_TRIES, cap=True)
    serve(
        Settings(**json.loads(sys.argv[2])),
        jobs=sys.argv[1],
        more_routes=routes(),
        on_ready=lambda url: print(url, flush=True),
    )
