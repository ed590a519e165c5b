"""The page's types of the API are generated from what the server describes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_types_are_those_of_the_schemas_as_they_are() -> None:
    shapes = subprocess.run(
        [sys.executable, ROOT / "scripts" / "openapi_shapes.py"], capture_output=True, check=True
    ).stdout
    types = (ROOT / "studio" / "src" / "api" / "openapi.d.ts").read_text("utf-8")
    made_from = re.search(r"^// Schemas: SHA-256 ([0-9a-f]{64})$", types, re.MULTILINE)
    assert made_from is not None
    assert made_from[1] == hashlib.sha256(shapes).hexdigest(), "run studio/types and commit"
