"""The process of a rehearsing server: `python -m understudy.testing JOBS SETTINGS-AS-JSON`.

It prints its base URL once it answers. `rehearsing` starts it.
"""

from __future__ import annotations

import json
import sys

from understudy.service.server import serve
from understudy.settings import Settings
from understudy.studio import routes

if __name__ == "__main__":
    serve(
        Settings(**json.loads(sys.argv[2])),
        jobs=sys.argv[1],
        more_routes=routes(),
        on_ready=lambda url: print(url, flush=True),
    )
