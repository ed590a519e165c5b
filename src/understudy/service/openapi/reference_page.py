"""The API's description as one page of HTML, without scripts or anything from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #c2410c; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); text-transform: capitalize; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { padding: .5rem .75rem; cursor: pointer; overflow-wrap: anywhere; }
details > div { padding: 0 .75rem .75rem; }
summary b { color: var(--accent); display: inline-block; min-width: 3.5rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; border-radius: .5rem; overflow: auto; }
td { vertical-align: top; padding: .15rem 1rem .15rem 0; }
"""


def write_page(document: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    title = f"{info['title']} {info['version']}"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width'>",
        f"<title>{escape(title)}</title><style>{_STYLE}</style><body>",
        f"<h1>{escape(title)}</h1><p>{_prose(info['description'])}</p>",
        f"<p>Base URL: <code>{escape(document['servers'][0]['url'])}</code> · "
        "<a href=openapi.json>openapi.json</a></p>",
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}.</p>")
        for path, method, operation in _operations(document, tag["name"]):
            parts += _operation(document, path, method, operation)
    return "\n".join(parts)


def _operations(document: dict[str, Any], tag: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if tag in operation["tags"]:
                yield path, method.upper(), operation


def _operation(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Iterator[str]:
    yield f"<details><summary><b>{method}</b> <code>{escape(path)}</code> — "
    yield f"{escape(operation['summary'])}</summary><div>"
    if "security" in operation:
        yield "<p><code>Authorization: Bearer …</code></p>"
    if operation["parameters"]:
        yield "<table>"
        for parameter in operation["parameters"]:
            need = "" if parameter["required"] else " (optional)"
            yield f"<tr><td><code>{escape(parameter['name'])}</code>{need}<td>"
            yield escape(parameter["description"])
        yield "</table>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolve(document, content["schema"])
        yield f"<p>Body, <code>{escape(kind)}</code>:</p>"
        for example in schema.get("examples", ()):
            yield _json(example)
        yield _properties(document, schema)
    for kind, content in operation["responses"]["200"]["content"].items():
        yield f"<p>Answer, <code>{escape(kind)}</code>:</p>"
        data = content["schema"].get("properties", {}).get("data")
        if data is not None:
            yield f"<p><code>data</code>:</p>{_properties(document, _resolve(document, data))}"
    errors = [status for status in operation["responses"] if status != "200"]
    yield f"<p>Errors: HTTP {', '.join(errors)}.</p></div></details>"


def _properties(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A table of a schema's fields; of an array, of its items' fields."""
    if schema.get("type") == "array":
        return "<p>An array of:</p>" + _properties(document, _resolve(document, schema["items"]))
    rows = []
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        need = "" if name in required else " (optional)"
        rows.append(
            f"<tr><td><code>{escape(name)}</code>{need}<td>{escape(_type(field))}"
            f"<td>{_prose(field.get('description', ''))}"
        )
    return f"<table>{''.join(rows)}</table>"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value not in ("", None))
    if "const" in schema:
        return repr(schema["const"])
    if "anyOf" in schema:
        kinds = [_type(part) for part in schema["anyOf"]]
        return " | ".join(dict.fromkeys(kind for kind in kinds if kind not in ("null", "''")))
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"


def _prose(text: str) -> str:
    """A sentence with its `code` marked."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
