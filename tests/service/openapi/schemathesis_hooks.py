"""What the schema alone cannot tell: a field with this mark may be sent as `""` or `null`.

Generators of clients stumble over kinds for the two, so the description marks such fields instead,
and here the mark becomes the kinds that it stands for.
"""

from __future__ import annotations

from typing import Any

import schemathesis

from understudy.service.http.fields import EMPTY_IS_ABSENT


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Write out what the marks say."""
    _write_out(raw_schema)


def _write_out(value: Any) -> None:
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    for part in parts:
        _write_out(part)
    if isinstance(value, dict) and value.pop(EMPTY_IS_ABSENT, False):
        own = dict(value)
        value.clear()
        value["anyOf"] = [own, {"enum": [None, ""]}]
