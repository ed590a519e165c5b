"""Clients generated from the API's description create, read and list tasks, and read errors."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import Client
from tests.service.far_side import FarSide
from understudy.service.openapi.document import describe_api
from understudy.testing import RehearsalServer

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = Path(__file__).with_name("clients")
GENERATOR = ROOT / ".venv-clients" / "bin" / "openapi-python-client"
NODE_TOOLS = ROOT / "studio" / "node_modules" / ".bin"
DOCUMENT = describe_api("http://127.0.0.1:8000")


def places(value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a document, with its place."""
    if isinstance(value, dict):
        yield at, value
        for key, part in value.items():
            yield from places(part, f"{at}/{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, f"{at}/{number}")


def test_no_schema_is_a_kind_of_which_nothing_can_be_generated() -> None:
    for at, schema in places(DOCUMENT):
        kinds = schema.get("anyOf", [])
        assert {"const": ""} not in kinds, at
        assert None not in schema.get("enum", []), at
        assert "" not in schema.get("enum", []), at


def test_a_field_that_may_be_left_out_has_its_own_kind_alone() -> None:
    fields = DOCUMENT["components"]["schemas"]["MotionControlCreate"]["properties"]
    assert fields["prompt"]["type"] == "string"
    assert fields["element_list"]["type"] == "array"
    assert fields["watermark_info"]["$ref"].endswith("/WatermarkInfo")


def test_files_are_described_by_a_kind_that_every_generator_knows() -> None:
    answer = DOCUMENT["paths"]["/v1/files/{file_id}"]["get"]["responses"]["200"]
    assert "application/octet-stream" in answer["content"]


def run(*command: str | Path, cwd: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": f"{GENERATOR.parent}:/usr/bin:/bin", "HOME": str(cwd), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "WARNING" not in done.stdout, done.stdout[-4000:]


@pytest.mark.skipif(not GENERATOR.exists(), reason="scripts/test-clients installs the generator")
def test_a_generated_python_client_works(
    client: Client, server: RehearsalServer, far: FarSide, tmp_path: Path
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(DOCUMENT))
    run(
        *(GENERATOR, "generate", "--path", "api.json"),
        *("--output-path", tmp_path / "generated", "--meta", "none"),
        cwd=tmp_path,
    )
    run(
        *(GENERATOR.with_name("python"), CLIENTS / "python_client.py"),
        *(server.url, client.credentials.api_key),
        *(f"{far.url}/picture.png", f"{far.url}/clip.mp4"),
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path),
    )


@pytest.mark.skipif(
    not NODE_TOOLS.is_dir() or shutil.which("node") is None, reason="needs Node and studio's tools"
)
def test_a_generated_typescript_client_works(
    client: Client, server: RehearsalServer, far: FarSide, tmp_path: Path
) -> None:
    (tmp_path / "api.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    # The types of Node are looked for from here upwards.
    (tmp_path / "node_modules").symlink_to(NODE_TOOLS.parent)
    shutil.copy(CLIENTS / "client.ts", tmp_path)
    run(NODE_TOOLS / "openapi-typescript", "api.json", "--output", "types.d.ts", cwd=tmp_path)
    run(
        *(NODE_TOOLS / "tsc", "client.ts", "--strict", "--noUncheckedIndexedAccess"),
        *("--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck"),
        cwd=tmp_path,
    )
    run(
        *("node", "client.js", server.url, client.credentials.api_key),
        *(f"{far.url}/picture.png", f"{far.url}/clip.mp4"),
        cwd=tmp_path,
    )
