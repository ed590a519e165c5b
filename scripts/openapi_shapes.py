"""Prints the schemas of /openapi.json without their prose, for the page's generated types.

Without prose the types change only when a shape does.
"""

from __future__ import annotations

import json
from typing import Any

from understudy.service.openapi.document import describe_api

PROSE = {"description", "examples", "title"}


def shapes() -> dict[str, Any]:
    """An OpenAPI document of the schemas alone."""
    schemas = describe_api("http://127.0.0.1:8000")["components"]["schemas"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Understudy", "version": "0"},
        "paths": {},
        "components": {"schemas": {name: _bare(schema) for name, schema in schemas.items()}},
    }


def _bare(value: Any, *, named: bool = False) -> Any:
    """A schema without prose; `named`: its keys are names of properties, not keywords."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _bare(item, named=key == "properties" and not named)
        for key, item in value.items()
        if named or key not in PROSE
    }


if __name__ == "__main__":
    print(json.dumps(shapes(), indent=1, sort_keys=True))
