"""Liveness, readiness and metrics, which need no key."""

from __future__ import annotations

import pytest

from tests.service.conftest import Client


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_running_server_is_well_without_a_key(client: Client, path: str) -> None:
    answer = client.ask("GET", path, headers={})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"status": "ok"}


def test_metrics_count_answers_by_route_and_status(client: Client) -> None:
    client.ask("GET", "/healthz", headers={})
    answer = client.ask("GET", "/metrics", headers={})
    assert answer.headers["content-type"].startswith("text/plain")
    counted = [line for line in answer.text.splitlines() if "/healthz" in line and "200" in line]
    assert counted
    assert "understudy_tasks{" in answer.text
