"""What the documents show is run, at the real service with takes that are stand-ins."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import numpy as np
import pytest

from understudy.testing import RehearsalServer, rehearsing
from understudy_client import Client

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RECIPES = DOCS / "recipes"
TYPESCRIPT = ROOT / "studio/node_modules/typescript"
KLING = "klingai.com"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    with rehearsing(tmp_path_factory.mktemp("service")) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the documents name."""
    for name in ("character.png", "anna.png", "ben.png"):
        shutil.copyfile(ROOT / "examples/photo.jpg", tmp_path / name)
    shutil.copyfile(ROOT / "examples/dance.mp4", tmp_path / "dance.mp4")
    return tmp_path


@pytest.fixture
def environment(service: RehearsalServer) -> dict[str, str]:
    """The variables that the documents name."""
    return {
        **os.environ,
        "UNDERSTUDY_BASE_URL": service.url,
        "UNDERSTUDY_API_KEY": service.credentials.api_key,
    }


@pytest.fixture
def urls(service: RehearsalServer) -> tuple[str, str]:
    """A picture's and a clip's URL at the service."""
    with Client(service.url, api_key=service.credentials.api_key) as client:
        picture = client.upload(ROOT / "examples/photo.jpg")
        return picture.url, client.upload(ROOT / "examples/dance.mp4").url


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.S | re.M)


def run(
    command: list[str], *, cwd: Path, env: dict[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=cwd, env=env, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def is_the_clip(path: Path) -> bool:
    # The stand-in for a take gives the clip itself back.
    return path.read_bytes() == (ROOT / "examples/dance.mp4").read_bytes()


@pytest.mark.parametrize("number", range(len(blocks(DOCS / "client.md", "python"))))
def test_each_block_of_the_clients_page_runs(
    number: int, folder: Path, environment: dict[str, str], service: RehearsalServer
) -> None:
    block = blocks(DOCS / "client.md", "python")[number]
    if KLING in block:
        compile(block, "client.md", "exec")
        return
    block = block.replace("http://127.0.0.1:8000", service.url)
    block = block.replace("api-key-...", service.credentials.api_key)
    prelude = "from understudy_client import Client\nclient = Client()\n"
    ending = "\nclient.close()\n"
    run([sys.executable, "-"], cwd=folder, env=environment, stdin=prelude + block + ending)
    for name in re.findall(r'output="(.*?)"', block):
        assert is_the_clip(folder / name)


def test_the_curl_recipe_runs(folder: Path, environment: dict[str, str]) -> None:
    if not shutil.which("jq") or not shutil.which("curl"):
        pytest.skip("curl or jq is missing")
    (script,) = blocks(RECIPES / "curl.md", "bash")
    run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment)
    assert is_the_clip(folder / "out.mp4")


@pytest.mark.parametrize("number", [0, 1])
def test_the_python_recipes_run(
    number: int, folder: Path, environment: dict[str, str], urls: tuple[str, str]
) -> None:
    environment |= {"PICTURE_URL": urls[0], "CLIP_URL": urls[1]}
    block = blocks(RECIPES / "python.md", "python")[number]
    run([sys.executable, "-"], cwd=folder, env=environment, stdin=block)
    assert is_the_clip(folder / "out.mp4")


def test_the_typescript_recipe_runs(folder: Path, environment: dict[str, str]) -> None:
    node = shutil.which("node")
    if node is None or not TYPESCRIPT.is_dir():
        pytest.skip("node or its TypeScript is missing")
    (source,) = blocks(RECIPES / "typescript.md", "typescript")
    compiler = (
        "const ts = require(process.argv[1]); let text = '';"
        "process.stdin.on('data', (part) => (text += part)).on('end', () => console.log("
        "ts.transpile(text, { module: 'esnext', target: 'es2023' })))"
    )
    compiled = run(
        [node, "-e", compiler, str(TYPESCRIPT)], cwd=folder, env=environment, stdin=source
    )
    (folder / "take.mjs").write_text(compiled.stdout)
    run([node, "take.mjs"], cwd=folder, env=environment)
    assert is_the_clip(folder / "out.mp4")


def test_the_comfyui_node_animates_a_picture_of_floats(
    folder: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UNDERSTUDY_BASE_URL", "UNDERSTUDY_API_KEY"):
        monkeypatch.setenv(name, environment[name])
    told: list[float] = []
    for name, module in _comfyui(folder, told).items():
        monkeypatch.setitem(sys.modules, name, module)
    recipe = _load(RECIPES / "understudy_node.py")
    assert set(recipe.NODE_CLASS_MAPPINGS) == set(recipe.NODE_DISPLAY_NAME_MAPPINGS)
    (node,) = recipe.NODE_CLASS_MAPPINGS.values()
    inputs = node.INPUT_TYPES()
    given = {
        "picture": [_Tensor(np.linspace(0, 1, 640 * 480 * 3).reshape(640, 480, 3))],
        "clip": _Video(str(folder / "dance.mp4")),
        # As ComfyUI does: the first of a list, else the default.
        **{
            name: kind[0] if isinstance(kind, list) else options[0]["default"]
            for part in inputs.values()
            for name, (kind, *options) in part.items()
            if isinstance(kind, list) or options
        },
    }
    assert set(given) == set(inputs["required"]) | set(inputs["optional"])
    (video,) = getattr(node(), node.FUNCTION)(**given)
    assert is_the_clip(Path(video.path))
    assert told[-1] == 100


@dataclass
class _Video:
    """A video as ComfyUI hands it from node to node."""

    path: str

    def save_to(self, path: str) -> None:
        shutil.copyfile(self.path, path)


class _Tensor:
    """A picture as ComfyUI holds it: of torch, of which a node needs this much."""

    def __init__(self, values: Any) -> None:
        self._values = values.astype(np.float32)

    def cpu(self) -> Any:
        return self._values


def _comfyui(folder: Path, told: list[float]) -> dict[str, ModuleType]:
    """Stand-ins of the modules of ComfyUI that the node imports."""

    class Bar:
        def __init__(self, total: int) -> None:
            assert total == 100

        def update_absolute(self, value: float) -> None:
            told.append(value)

    names = ("comfy", "comfy.utils", "folder_paths", "comfy_api", "comfy_api.input_impl")
    made = {name: ModuleType(name) for name in names}
    vars(made["comfy"])["utils"] = made["comfy.utils"]
    vars(made["comfy.utils"])["ProgressBar"] = Bar
    vars(made["folder_paths"])["get_temp_directory"] = lambda: str(folder)
    vars(made["comfy_api.input_impl"])["VideoFromFile"] = _Video
    return made


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("recipe", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_n8n_workflow_makes_a_take(
    service: RehearsalServer, urls: tuple[str, str], tmp_path: Path
) -> None:
    workflow = json.loads((RECIPES / "n8n-workflow.json").read_text("utf-8"))
    nodes = {node["name"]: node for node in workflow["nodes"]}
    followers = {
        name: [[link["node"] for link in port] for port in ports["main"]]
        for name, ports in workflow["connections"].items()
    }
    assert {name for ports in followers.values() for port in ports for name in port} <= set(nodes)
    inputs = {"server": service.url, "picture": urls[0], "clip": urls[1]}
    seen: dict[str, Any] = {"Inputs": inputs}
    item: Any = inputs
    node, ended = "Create", False
    while not ended:
        parameters = nodes[node]["parameters"]
        branch = 0
        if nodes[node]["type"].endswith("httpRequest"):
            item = _request(parameters, item, seen, service, tmp_path)
        elif nodes[node]["type"].endswith(".if"):
            (condition,) = parameters["conditions"]["conditions"]
            left = _evaluate(condition["leftValue"], item, seen)
            branch = 0 if left == condition["rightValue"] else 1
        seen[node] = item
        ended = node not in followers
        node = node if ended else followers[node][branch][0]
    assert node == "Fetch"
    assert is_the_clip(tmp_path / "out.mp4")


def _request(
    parameters: dict[str, Any],
    item: Any,
    seen: dict[str, Any],
    service: RehearsalServer,
    folder: Path,
) -> Any:
    url = _evaluate(parameters["url"], item, seen)
    headers = service.headers if "authentication" in parameters else {}
    body = _body(parameters["jsonBody"], item) if parameters.get("sendBody") else None
    answer = httpx2.request(parameters.get("method", "GET"), url, headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    if "response" in parameters["options"]:
        (folder / "out.mp4").write_bytes(answer.content)
        return None
    return answer.json()


def _evaluate(expression: str, item: Any, seen: dict[str, Any]) -> str:
    """An n8n expression of the few kinds that the workflow has."""

    def value(match: re.Match[str]) -> str:
        path = match[1].strip()
        named = re.match(r"\$\('(\w+)'\)\.item\.json\.(.*)", path)
        found = seen[named[1]] if named else item
        for part in re.findall(r"\w+", named[2] if named else path.removeprefix("$json.")):
            found = found[int(part)] if part.isdigit() else found[part]
        return str(found)

    return re.sub(r"\{\{(.*?)\}\}", value, expression.removeprefix("="))


def _body(expression: str, item: Any) -> Any:
    literal = re.sub(r"^=\{\{ JSON\.stringify\(|\) \}\}$", "", expression)
    literal = re.sub(r"\$json\.(\w+)", lambda match: json.dumps(item[match[1]]), literal)
    return json.loads(re.sub(r"(?m)^(\s*)(\w+):", r'\1"\2":', literal))
