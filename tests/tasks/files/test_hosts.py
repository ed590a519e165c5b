"""Hosts of URLs, judged before any name server is asked."""

from __future__ import annotations

import pytest

from understudy.tasks.files.addresses import host_problem

PUBLIC = "a public address is expected"
VALID = "a valid address is expected"
NAME = "a host name is expected"


@pytest.mark.parametrize(
    "host", ["example.com", "example.com.", "8.8.8.8", "2606:4700::1111", "a_b.example", "3com.net"]
)
def test_public_hosts_pass(host: str) -> None:
    assert host_problem(host, allow_private=False) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "127.0.0.1",
        "127.1",
        "127\u30020\uff0e0\uff611",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1",
        "fd00::1",
    ],
)
def test_private_hosts_pass_where_they_are_allowed_alone(host: str) -> None:
    assert host_problem(host, allow_private=False) == PUBLIC
    assert host_problem(host, allow_private=True) is None


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("256.1.1.1", VALID),
        ("1.2.3.4.5", VALID),
        ("example.999", VALID),
        (":::", VALID),
        ("a..b", NAME),
        ("", NAME),
        (".", NAME),
        ("a" * 64 + ".example", NAME),
        ("a." * 130 + "b", NAME),
    ],
)
def test_malformed_hosts_are_refused_everywhere(host: str, problem: str) -> None:
    for allowed in (True, False):
        assert host_problem(host, allow_private=allowed) == problem
