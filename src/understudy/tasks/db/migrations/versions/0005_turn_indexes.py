"""Indexes for whose turn it is.

On PostgreSQL they are built beside running servers, without blocking a write. That cannot be undone
as one transaction, so this revision does nothing else, and can be repeated.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("status = 'submitted'")
_RUNNING = sa.text("status = 'processing'")


def upgrade() -> None:
    """Build them; what an interrupted build left is dropped first."""
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            _build(concurrently=True)
    else:
        _build(concurrently=False)


def _build(*, concurrently: bool) -> None:
    for name, table, columns, where in (
        ("ix_accounts_turn", "accounts", ["turn"], None),
        ("ix_tasks_waiting", "tasks", ["priority", "account_id", "not_before", "id"], _WAITING),
        ("ix_tasks_running", "tasks", ["account_id"], _RUNNING),
    ):
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=concurrently)
        op.create_index(
            name,
            table,
            columns,
            sqlite_where=where,
            postgresql_where=where,
            postgresql_concurrently=concurrently,
        )
