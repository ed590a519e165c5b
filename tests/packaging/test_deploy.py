"""What `deploy/` says fits the server: settings, metrics, paths, ports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from understudy.service.api.server import health
from understudy.service.http.metrics import Metrics
from understudy.settings import PREFIX, Settings
from understudy.tasks.queue.expected_wait import QueueState

DEPLOY = Path(__file__).parents[2] / "deploy"
OUTSIDE_SETTINGS = {"CACHE_DIR", "CONFIG"}
"""Variables that the library reads, not the server's settings."""


def _objects(name: str) -> Iterator[Any]:
    yield from yaml.safe_load_all((DEPLOY / "kubernetes" / name).read_text())


def _metrics() -> set[str]:
    """The names of all metrics, with those that a histogram or a counter is read by."""
    controller: Any = SimpleNamespace(running=0, leads=True, slots=1)
    queue = QueueState(groups=(), running={}, mean_run=None)
    page = Metrics().page(live={"submitted": 0}, queue=queue, controller=controller).decode()
    found = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE):
        found.add(name)
        if kind == "histogram":
            found |= {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return found


@pytest.mark.parametrize("name", ["prometheus-rules.yaml", "grafana-dashboard.json"])
def test_rules_and_dashboard_ask_for_metrics_that_there_are(name: str) -> None:
    text = (DEPLOY / "monitoring" / name).read_text()
    asked = set(re.findall(r"\bunderstudy_[a-z_]+", text))
    assert len(asked) >= 8
    assert asked - _metrics() == set()


def test_every_alert_says_what_is_wrong_and_where_to_look() -> None:
    (group,) = yaml.safe_load((DEPLOY / "monitoring" / "prometheus-rules.yaml").read_text())[
        "groups"
    ]
    alerts = [rule for rule in group["rules"] if "alert" in rule]
    assert len(alerts) >= 8
    recorded = {rule["record"] for rule in group["rules"] if "record" in rule}
    for alert in alerts:
        assert {"summary", "description"} == set(alert["annotations"])
        assert set(re.findall(r"understudy:[\w:]+", alert["expr"])) <= recorded


def test_the_dashboards_panels_have_queries_and_one_data_source() -> None:
    dashboard = json.loads((DEPLOY / "monitoring" / "grafana-dashboard.json").read_text())
    (variable,) = dashboard["templating"]["list"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == f"${{{variable['name']}}}"
        assert panel["targets"]
        assert all(target["expr"] for target in panel["targets"])


def test_every_variable_in_deploy_is_a_setting() -> None:
    known = {name.upper() for name in Settings.model_fields} | OUTSIDE_SETTINGS
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", path.read_text()))
            assert named <= known, path


def test_the_manifests_name_the_servers_ports_paths_and_each_other() -> None:
    config, deployment, service, budget = _objects("server.yaml")
    settings = config["data"]
    (server,) = deployment["spec"]["template"]["spec"]["containers"]
    (port,) = server["ports"]
    assert port["containerPort"] == Settings.model_fields["port"].default
    paths = {route.path for route in health.ROUTES}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert server[probe]["httpGet"]["path"] in paths
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    # The deployment has no state of its own.
    assert {"configMapRef", "secretRef"} == {name for each in server["envFrom"] for name in each}
    (cluster,) = _objects("ray.yaml")
    name = cluster["metadata"]["name"]
    assert settings["UNDERSTUDY_EXECUTOR"] == f"ray://{name}-head-svc:10001"
    (policy,) = _objects("network.yaml")
    assert policy["spec"]["podSelector"]["matchLabels"] == {"ray.io/cluster": name}
    (kustomization,) = _objects("kustomization.yaml")
    files = {path.name for path in (DEPLOY / "kubernetes").iterdir()} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files
    images = {image["name"] for image in kustomization["images"]}
    groups = [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]
    assert images == {group["template"]["spec"]["containers"][0]["image"] for group in groups}
    assert server["image"] in images


def test_machines_of_the_cluster_get_no_secrets() -> None:
    (cluster,) = _objects("ray.yaml")
    for group in (cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]):
        (container,) = group["template"]["spec"]["containers"]
        assert "envFrom" not in container
        assert not any("valueFrom" in variable for variable in container.get("env", ()))


def test_the_groups_have_room_for_the_slots() -> None:
    """A take of `puppet` occupies two cores, one that is generated a GPU."""
    config, *_ = _objects("server.yaml")
    (cluster,) = _objects("ray.yaml")
    cpu, gpu = cluster["spec"]["workerGroupSpecs"]
    cores = int(cpu["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"])
    room = cpu["maxReplicas"] * cores // 2 + gpu["maxReplicas"]
    assert int(config["data"]["UNDERSTUDY_SLOTS"]) == room
