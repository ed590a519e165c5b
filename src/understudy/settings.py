"""All settings, in one table: variables `UNDERSTUDY_…` or a TOML file.

A variable overrides the file; a command's option overrides both. The file is `understudy.toml` in
the working directory or the one that `UNDERSTUDY_CONFIG` names; its keys are the same names in
lower case without the prefix. `python -m understudy.settings` prints docs/configuration.md.
"""

from __future__ import annotations

import os
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from understudy.cores import usable_cores

PREFIX = "UNDERSTUDY_"
CONFIG_VARIABLE = "UNDERSTUDY_CONFIG"
DEFAULT_CONFIG = "understudy.toml"
RAY = "ray"


class ModeEngines(BaseModel):
    """The engine of each mode; a mode without one is not offered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    std: str | None = None
    pro: str | None = None


class ExtraModel(BaseModel):
    """A model name that the service takes beside those of the wire contract, or in their place.

    engine: of both modes, or of each. std, pro: units per second, of the modes that are offered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str | ModeEngines
    std: Decimal | None = Field(default=None, ge=0)
    pro: Decimal | None = Field(default=None, ge=0)
    elements: bool = False
    max_seconds: PositiveFloat | None = None
    path: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]*$")

    @model_validator(mode="after")
    def _check_modes(self) -> Self:
        engines = (
            ModeEngines(std=self.engine, pro=self.engine)
            if isinstance(self.engine, str)
            else self.engine
        )
        priced = {mode for mode in ("std", "pro") if getattr(self, mode) is not None}
        served = {mode for mode in ("std", "pro") if getattr(engines, mode) is not None}
        if not priced or not priced <= served:
            raise ValueError("at least one of std and pro needs both a price and an engine")
        return self

    @property
    def engines(self) -> dict[Literal["std", "pro"], str]:
        """The engine of each mode that has a price."""
        modes: tuple[Literal["std", "pro"], ...] = ("std", "pro")
        return {
            mode: self.engine if isinstance(self.engine, str) else getattr(self.engine, mode)
            for mode in modes
            if getattr(self, mode) is not None
        }


class EngineNeedsSetting(BaseModel):
    """What a take by an engine occupies on a node; None where the engine's own word stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpus: PositiveFloat | None = None
    gpus: float | None = Field(default=None, ge=0)
    memory_mb: NonNegativeInt | None = None
    accelerator: str | None = None
    resident: bool | None = None
    spreads: bool | None = None


# A server that listens on every address can be reached here by this one.
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def _check_database_url(url: str | None) -> str | None:
    if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return url


def _check_executor(executor: str) -> str:
    if executor not in ("local", RAY) and not executor.startswith(f"{RAY}://"):
        raise ValueError("must be local, ray or ray://HOST:PORT")
    if executor != "local" and find_spec(RAY) is None:
        raise ValueError("needs Ray: pip install 'understudy[ray]'")
    return executor


def _check_public_url(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise ValueError("must be an http or https URL without a query")
    return url.rstrip("/")


class Settings(BaseSettings):
    """All settings; each field's description is its line in docs/configuration.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8000, description="Port that the server listens on; 0 picks a free one."
    )
    data: Path = Field(
        default=Path("understudy-data"),
        description="Folder for the database, files and keys, unless set elsewhere below.",
    )
    database_url: Annotated[str | None, AfterValidator(_check_database_url)] = Field(
        default=None,
        description="`sqlite:///path` or `postgresql://user:password@host/name`. "
        "Default: SQLite in the data folder.",
    )
    storage_url: str | None = Field(
        default=None,
        description="Where inputs and results are stored: `file:///path`, `s3://bucket/path`, "
        "`gs://bucket/path` or `az://account/container/path`; credentials come from the "
        "cloud's own variables. Default: files in the data folder.",
    )
    public_url: Annotated[str | None, AfterValidator(_check_public_url)] = Field(
        default=None,
        description="Base of the URLs that clients receive, such as `https://motion.example.com`. "
        "Default: the address that the client itself used (`Host`, or what a trusted proxy "
        "forwards).",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that encrypts stored secrets and signs result URLs; separate several "
        "with commas, newest first. Default: `secret.key` in the data folder, created at the "
        "first start. Servers that share a database need the same key.",
    )
    models: dict[str, ExtraModel] = Field(
        default={},
        description="Model names in addition to the API's own, or replacing them, as JSON or a "
        "TOML table: for each name `engine` (one, or a table with `std` and `pro`), units per "
        "second of output `std` and `pro` (a mode without a price is not offered), `elements` "
        "(whether they may be used), `max_seconds` of a clip (in place of "
        "`UNDERSTUDY_MAX_CLIP_SECONDS`), and `path` (its name under "
        "`/motion-control/`). [Engines](engines.md) has examples.",
    )
    max_clip_seconds: Annotated[float | None, Field(ge=3, le=3600)] = Field(
        default=None,
        description="Longest clip in seconds, in either orientation, 3 to 3600; its file may have "
        "100 MB for every 30 s. Default: the API's 30, and 10 with orientation `image`. Longer "
        "clips need more `UNDERSTUDY_TAKE_SECONDS`.",
    )
    weights_dir: Path | None = Field(
        default=None,
        description="Folder of the model weights ([weights](weights.md)). Outside the service and "
        "`understudy weights` only the variable counts. Default: `weights` in "
        "`UNDERSTUDY_CACHE_DIR` or in the user's cache.",
    )
    weights_mirror: str | None = Field(
        default=None,
        description="A copy of a weights folder, as a path or under an http or https URL, that "
        "`understudy weights fetch` asks before all other sources.",
    )
    weights_fetch: bool = Field(
        default=True, description="Let `understudy weights fetch` and `make setup` fetch weights."
    )
    signing_certificates: Path | None = Field(
        default=None,
        description="PEM file with the chain of certificates by which results are signed as "
        "AI-generated (Content Credentials, C2PA), the signer's first. Needs "
        "`UNDERSTUDY_SIGNING_KEY` and the extra `understudy[provenance]`; `understudy animate` "
        "and the library read both variables, too. See [outputs](outputs.md).",
    )
    signing_key: Path | None = Field(
        default=None, description="PEM file with the key of the signer's certificate."
    )
    allow_private_urls: bool = Field(
        default=False,
        description="Let clients' URLs reach loopback, private and link-local addresses. Only for "
        "networks where every client is trusted.",
    )
    concurrency_limit: PositiveInt = Field(
        default=20,
        description="Unfinished tasks that one account may have, unless set for the account.",
    )
    account_slots: PositiveInt | None = Field(
        default=None,
        description="Takes of one account that run at once, unless set for the account. Default: "
        "any number; accounts take turns in any case.",
    )
    rate_limit: str = Field(
        default="100/second",
        description="Creates and uploads allowed per account; separate several limits with `;`, "
        "leave empty for none. Each server of a deployment counts by itself.",
    )
    executor: Annotated[str, AfterValidator(_check_executor)] = Field(
        default="local",
        description="What runs the takes: `local`, child processes of the server; `ray`, the Ray "
        "cluster that this machine belongs to; `ray://HOST:PORT`, a cluster by its Ray Client "
        "server. The last two need the extra `understudy[ray]`; see [scaling](scaling.md).",
    )
    ray_namespace: str = Field(
        default="understudy",
        min_length=1,
        description="Namespace of the slots on the Ray cluster. Deployments that share a cluster "
        "need one each: a server ends the jobs in its namespace that it knows nothing of.",
    )
    engine_needs: dict[str, EngineNeedsSetting] = Field(
        default={},
        description="What a take occupies on a node of the Ray cluster where it is not what the "
        "engine declares, as JSON or a TOML table: for each engine `cpus`, `gpus`, `memory_mb`, "
        "`accelerator` (such as `H100`) and `resident` (keep its models loaded, also without a "
        "cluster), each optional.",
    )
    slots: PositiveInt | None = Field(
        default=None,
        description="Takes that run at once. Default: one per four cores, at least one; on a Ray "
        "cluster as many as its cores have room for. Set it where a cluster grows by itself.",
    )
    models_idle_seconds: PositiveFloat = Field(
        default=600.0,
        description="Seconds after which models or workers that were kept for the next take, and "
        "that no take used, are unloaded (executor `local`).",
    )
    kept_workers: NonNegativeInt = Field(
        default=0,
        description="Workers of the built-in engine that stay when their take is done, with their "
        "trackers, so that the next take starts none (executor `local`): see "
        "[a server](deployment.md#workers-that-stay) for what it saves and costs. All accounts "
        "share them. 0: each take has processes of its own.",
    )
    take_slots: PositiveInt = Field(
        default=1,
        description="Slots of a Ray cluster that one long take (of at least 600 frames, by "
        "`puppet`) may be spread over while others are free. The result is the same.",
    )
    take_seconds: PositiveFloat = Field(
        default=1800.0, description="Seconds after which a running take is stopped."
    )
    take_memory_mb: NonNegativeInt = Field(
        default=4096,
        description="Megabytes that each process of a take may reserve; 0 means no limit.",
    )
    max_attempts: PositiveInt = Field(
        default=3, description="How often a take is tried if its worker dies or fails."
    )
    shutdown_seconds: float = Field(
        default=5.0,
        ge=0,
        description="Seconds that running takes have to finish when the server stops; after that "
        "they go back to the queue.",
    )
    retention_days: Annotated[float, Field(ge=0.01)] = Field(
        default=30.0, description="Days that inputs and results are kept after a task ends."
    )
    fetch_seconds: PositiveFloat = Field(
        default=120.0, description="Time limit in seconds for fetching a client's picture or clip."
    )
    callback_timeout_seconds: PositiveFloat = Field(
        default=10.0, description="Seconds that a callback's receiver has to answer."
    )
    callback_hours: PositiveFloat = Field(
        default=24.0, description="Hours for which a failed callback is retried."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of reverse proxies, separated by commas, whose headers "
        "`X-Forwarded-For`, `-Proto` and `-Host` are trusted.",
    )
    connections_per_address: PositiveInt = Field(
        default=200,
        description="Open connections that one address may have; `UNDERSTUDY_TRUSTED_PROXIES` may "
        "have any number.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Lowest level that is logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto",
        description="Format of the log: `json` lines, `console` for people, or `auto`.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Commands' options first, then variables, then the TOML file."""
        return init_settings, env_settings, _toml_source(settings_cls)

    @property
    def resolved_database_url(self) -> str:
        """The database's URL with the default filled in."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'understudy.db'}"

    @property
    def resolved_storage_url(self) -> str:
        """The storage's URL with the default filled in."""
        return self.storage_url or (self.data.absolute() / "files").as_uri()

    @property
    def base_url(self) -> str:
        """The public URL, else where the server is reached from its own machine."""
        host = _HERE.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def ray_address(self) -> str | None:
        """The address of the Ray cluster, `auto` for the machine's own; None without one."""
        if self.executor == "local":
            return None
        return "auto" if self.executor == RAY else self.executor

    @property
    def resolved_slots(self) -> int:
        """Takes that run at once, with the default filled in."""
        return self.slots or max(1, usable_cores() // 4)


def _toml_source(settings_cls: type[BaseSettings]) -> TomlConfigSettingsSource:
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"{CONFIG_VARIABLE} names {named}, which is not a file")
    return TomlConfigSettingsSource(settings_cls, toml_file=Path(named or DEFAULT_CONFIG))


def reference() -> str:
    """The settings as a Markdown page."""
    lines = [
        "# Configuration",
        "",
        "Generated from `src/understudy/settings.py` by `python -m understudy.settings`.",
        "",
        f"Settings are variables or keys of a TOML file (`{DEFAULT_CONFIG}` in the working",
        f"directory, or the file that `{CONFIG_VARIABLE}` names): `UNDERSTUDY_RETENTION_DAYS=7` or",
        "`retention_days = 7`. A variable overrides the file; a command's option overrides both.",
        "An empty variable counts as unset. A key that is not in this table is an error.",
        "",
        "| variable | default | |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = _describe_default(field.default)
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def _describe_default(value: object) -> str:
    if value in (None, "", {}):
        return ""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, float) and value.is_integer():
        return f"`{int(value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    print(reference(), end="")
