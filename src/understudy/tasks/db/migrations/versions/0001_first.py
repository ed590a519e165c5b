"""Accounts, keys, tasks, previews, callback events, uploads and elements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SHOWN = sa.text("deleted_at IS NULL")
_LIVE = sa.text("status IN ('submitted', 'processing')")
_UNPURGED = sa.text("finished_at IS NOT NULL AND purged_at IS NULL")
_PENDING = sa.text("status = 'pending'")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)


def _account(*, index: bool = False) -> sa.Column[int]:
    return sa.Column(
        "account_id", sa.BigInteger, sa.ForeignKey("accounts.id"), nullable=False, index=index
    )


def _required(name: str, kind: type[sa.types.TypeEngine[Any]]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        _id(),
        sa.Column("name", sa.String(200), nullable=False),
        _required("active", sa.Boolean),
        sa.Column("concurrency_limit", sa.Integer),
        sa.Column("units_total", sa.BigInteger),
        _required("units_used", sa.BigInteger),
        _required("units_reserved", sa.BigInteger),
        _required("units_set_at", sa.BigInteger),
        _required("active_tasks", sa.Integer),
        sa.Column("callback_secret", sa.Text),
        sa.Column("previous_callback_secret", sa.Text),
        sa.Column("previous_callback_secret_until", sa.BigInteger),
        _required("created_at", sa.BigInteger),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "api_keys",
        sa.Column("digest", sa.String(64), primary_key=True),
        _account(index=True),
        sa.Column("hint", sa.String(8), nullable=False),
        _required("created_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "access_keys",
        sa.Column("access_key", sa.String(64), primary_key=True),
        _account(index=True),
        _required("secret", sa.Text),
        _required("created_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "tasks",
        _id(),
        _account(),
        sa.Column("design", sa.String(16), nullable=False),
        _required("request", sa.JSON),
        sa.Column("external_id", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        _required("message", sa.Text),
        sa.Column("stage", sa.String(16), nullable=False),
        _required("percent", sa.Integer),
        _required("attempt", sa.Integer),
        _required("failures", sa.Integer),
        _required("revision", sa.Integer),
        _required("not_before", sa.BigInteger),
        _required("units_reserved", sa.BigInteger),
        _required("units_charged", sa.BigInteger),
        sa.Column("result", sa.JSON),
        _required("created_at", sa.BigInteger),
        _required("updated_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("deleted_at", sa.BigInteger),
        sa.Column("purged_at", sa.BigInteger),
        sa.UniqueConstraint("account_id", "external_id", name="uq_tasks_account_id"),
    )
    op.create_index(
        "ix_tasks_account",
        "tasks",
        ["account_id", "id"],
        sqlite_where=_SHOWN,
        postgresql_where=_SHOWN,
    )
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["status", "not_before", "id"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        "ix_tasks_unpurged",
        "tasks",
        ["finished_at"],
        sqlite_where=_UNPURGED,
        postgresql_where=_UNPURGED,
    )
    op.create_table(
        "previews",
        sa.Column(
            "task_id",
            sa.BigInteger,
            sa.ForeignKey("tasks.id"),
            primary_key=True,
            autoincrement=False,
        ),
        _required("jpeg", sa.LargeBinary),
        _required("made_at", sa.BigInteger),
    )
    op.create_table(
        "callback_events",
        _id(),
        _account(),
        _required("subject", sa.BigInteger),
        _required("seq", sa.Integer),
        _required("url", sa.Text),
        _required("body", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        _required("tries", sa.Integer),
        sa.Column("told", sa.String(16), nullable=False),
        _required("log", sa.JSON),
        _required("created_at", sa.BigInteger),
        _required("next_try_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.UniqueConstraint("subject", "seq", name="uq_callback_events_subject"),
    )
    op.create_index("ix_callback_events_account", "callback_events", ["account_id", "id"])
    op.create_index(
        "ix_callback_events_pending",
        "callback_events",
        ["next_try_at"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(64), primary_key=True),
        _account(),
        sa.Column("kind", sa.String(16), nullable=False),
        _required("key", sa.Text),
        _required("bytes", sa.BigInteger),
        sa.Column("content_type", sa.String(64), nullable=False),
        _required("facts", sa.JSON),
        _required("created_at", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("purged_at", sa.BigInteger),
    )
    op.create_table(
        "elements",
        _id(),
        _account(),
        sa.Column("element_id", sa.BigInteger),
        sa.Column("external_id", sa.Text),
        _required("name", sa.Text),
        _required("description", sa.Text),
        sa.Column("reference_type", sa.String(16), nullable=False),
        _required("images", sa.JSON),
        _required("videos", sa.JSON),
        _required("tags", sa.JSON),
        sa.Column("callback_url", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        _required("message", sa.Text),
        _required("attempt", sa.Integer),
        _required("failures", sa.Integer),
        _required("revision", sa.Integer),
        _required("not_before", sa.BigInteger),
        _required("created_at", sa.BigInteger),
        _required("updated_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("deleted_at", sa.BigInteger),
        sa.Column("purged_at", sa.BigInteger),
        sa.UniqueConstraint("element_id", name="uq_elements_element_id"),
        sa.UniqueConstraint("account_id", "external_id", name="uq_elements_account_id"),
    )
    op.create_index("ix_elements_account", "elements", ["account_id", "id"])
    op.create_index(
        "ix_elements_live",
        "elements",
        ["status", "not_before", "id"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
