"""Settings come from options, variables and a TOML file, in that order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from understudy.settings import Settings, reference

DOCS = Path(__file__).parents[1] / "docs" / "configuration.md"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERSTUDY_CONFIG", raising=False)


def test_the_configuration_page_is_the_one_that_the_settings_generate() -> None:
    assert DOCS.read_text() == reference(), (
        "run python -m understudy.settings > docs/configuration.md"
    )


def test_a_variable_wins_over_the_file_and_an_option_over_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "understudy.toml").write_text("port = 1\nmax_attempts = 7\nslots = 2\n")
    monkeypatch.setenv("UNDERSTUDY_PORT", "2")
    monkeypatch.setenv("UNDERSTUDY_SLOTS", "3")
    settings = Settings(slots=4)
    assert (settings.port, settings.max_attempts, settings.slots) == (2, 7, 4)


@pytest.mark.parametrize(
    ("executor", "address"),
    [("local", None), ("ray", "auto"), ("ray://10.0.0.1:10001", "ray://10.0.0.1:10001")],
)
def test_the_executor_names_the_cluster(
    monkeypatch: pytest.MonkeyPatch, executor: str, address: str | None
) -> None:
    monkeypatch.setattr("understudy.settings.find_spec", lambda name: name)
    assert Settings(executor=executor).ray_address == address


def test_a_cluster_needs_the_extra_and_an_executor_has_few_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("understudy.settings.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"pip install 'understudy\[ray\]'"):
        Settings(executor="ray")
    with pytest.raises(ValidationError, match="must be local, ray or ray://HOST:PORT"):
        Settings(executor="rayon")


def test_the_file_may_be_named_by_a_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(
        '[models."my-model"]\nengine = "sglang"\nstd = 0.25\npro = 1\n'
    )
    monkeypatch.setenv("UNDERSTUDY_CONFIG", str(tmp_path / "mine.toml"))
    assert Settings().models["my-model"].engine == "sglang"
    monkeypatch.setenv("UNDERSTUDY_CONFIG", str(tmp_path / "absent.toml"))
    with pytest.raises(FileNotFoundError, match="absent"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://x"),
        ("public_url", "ftp://x"),
        ("public_url", "https://x/?a=b"),
        ("port", 70000),
        ("retention_days", 0),
        ("unknown_setting", 1),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_the_defaults_live_under_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "d")
    assert settings.resolved_database_url == f"sqlite:///{tmp_path}/d/understudy.db"
    assert settings.resolved_storage_url == f"file://{tmp_path}/d/files"
    assert settings.resolved_slots >= 1


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"host": "::", "port": 80}, "http://[::1]:80"),
        ({"host": "fd00::5"}, "http://[fd00::5]:8000"),
        ({"host": "0.0.0.0", "public_url": "https://x.example/"}, "https://x.example"),
    ],
)
def test_urls_start_with_the_public_one_or_where_the_server_is_reached(
    given: dict[str, Any], url: str
) -> None:
    assert Settings(**given).base_url == url


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SLOTS", "")
    assert Settings().slots is None
