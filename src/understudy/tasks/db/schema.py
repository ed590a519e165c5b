"""The tables. Their history is in `migrations`; a test keeps the two in step.

Times are integer milliseconds since 1970, units integer thousandths, and what has a shape of its
own is JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("concurrency_limit", Integer),
    Column("units_total", BigInteger),
    Column("units_used", BigInteger, nullable=False),
    Column("units_reserved", BigInteger, nullable=False),
    Column("units_set_at", BigInteger, nullable=False),
    Column("active_tasks", Integer, nullable=False),
    # Of the tasks that it creates: higher ones are claimed first.
    Column("priority", Integer, nullable=False, server_default="0"),
    # How many of its tasks may be processed at once.
    Column("slot_limit", Integer),
    # Set by every claim to one more than any account has: the least has waited longest.
    Column("turn", BigInteger, nullable=False, server_default="0", index=True),
    # Sealed. The previous secret signs beside the new one until its time is over.
    Column("callback_secret", Text),
    Column("previous_callback_secret", Text),
    Column("previous_callback_secret_until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
)

# An API key is 256 random bits, so its plain SHA-256 gives nothing away.
api_keys = Table(
    "api_keys",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("hint", String(8), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

access_keys = Table(
    "access_keys",
    metadata,
    Column("access_key", String(64), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("secret", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

_SHOWN = text("deleted_at IS NULL")
_LIVE = text("status IN ('submitted', 'processing')")
_WAITING = text("status = 'submitted'")
_RUNNING = text("status = 'processing'")
_UNPURGED = text("finished_at IS NOT NULL AND purged_at IS NULL")

tasks = Table(
    "tasks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False),
    Column("design", String(16), nullable=False),
    Column("request", JSON, nullable=False),
    Column("external_id", Text),
    Column("status", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("percent", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("not_before", BigInteger, nullable=False),
    # When the newest attempt began.
    Column("claimed_at", BigInteger),
    Column("units_reserved", BigInteger, nullable=False),
    Column("units_charged", BigInteger, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    # Set by its account: nobody finds the task any more, and its files go.
    Column("deleted_at", BigInteger),
    Column("purged_at", BigInteger),
    UniqueConstraint("account_id", "external_id"),
    Index("ix_tasks_account", "account_id", "id", sqlite_where=_SHOWN, postgresql_where=_SHOWN),
    Index(
        "ix_tasks_live", "status", "not_before", "id", sqlite_where=_LIVE, postgresql_where=_LIVE
    ),
    Index(
        "ix_tasks_waiting",
        "priority",
        "account_id",
        "not_before",
        "id",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    Index("ix_tasks_running", "account_id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    Index("ix_tasks_unpurged", "finished_at", sqlite_where=_UNPURGED, postgresql_where=_UNPURGED),
)

# Which versions of the code may use the tables: those of this revision and every later one.
compatibility = Table(
    "compatibility", metadata, Column("oldest_revision", String(32), primary_key=True)
)

previews = Table(
    "previews",
    metadata,
    Column("task_id", BigInteger, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("jpeg", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

# What a task cost its account; it stays when the task is deleted.
deductions = Table(
    "deductions",
    metadata,
    Column("task_id", BigInteger, ForeignKey("tasks.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False),
    Column("key_name", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("mode", String(8), nullable=False),
    Column("sound", Boolean, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("units_before", BigInteger, nullable=False),
    Column("deducted_at", BigInteger, nullable=False),
    Index("ix_deductions_account", "account_id", "task_id"),
)

_PENDING = text("status = 'pending'")

callback_events = Table(
    "callback_events",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False),
    # A task's or an element's id; the two never meet.
    Column("subject", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    # The status that the event tells of, and what came of the last tries.
    Column("told", String(16), nullable=False),
    Column("log", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_try_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    UniqueConstraint("subject", "seq"),
    Index("ix_callback_events_account", "account_id", "id"),
    Index(
        "ix_callback_events_pending",
        "next_try_at",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False, index=True),
    # Set before the file is deleted: from then on nobody finds the upload.
    Column("purged_at", BigInteger),
)

elements = Table(
    "elements",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, ForeignKey("accounts.id"), nullable=False),
    Column("element_id", BigInteger, unique=True),
    Column("external_id", Text),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("reference_type", String(16), nullable=False),
    Column("images", JSON, nullable=False),
    Column("videos", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("callback_url", Text),
    Column("base_url", Text),
    Column("status", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("deleted_at", BigInteger),
    Column("purged_at", BigInteger),
    UniqueConstraint("account_id", "external_id"),
    Index("ix_elements_account", "account_id", "id"),
    Index(
        "ix_elements_live", "status", "not_before", "id", sqlite_where=_LIVE, postgresql_where=_LIVE
    ),
)
