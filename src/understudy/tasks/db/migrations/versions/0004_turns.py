"""Priorities, turns between accounts and their slots; which code may use the tables.

Code of 0003 works on beside it: what it inserts has priority 0, what it claims takes no turn.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table of compatibility."""
    op.add_column("accounts", sa.Column("priority", sa.Integer, nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("slot_limit", sa.Integer))
    op.add_column("accounts", sa.Column("turn", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("tasks", sa.Column("priority", sa.Integer, nullable=False, server_default="0"))
    op.add_column("tasks", sa.Column("claimed_at", sa.BigInteger))
    compatibility = op.create_table(
        "compatibility", sa.Column("oldest_revision", sa.String(32), primary_key=True)
    )
    op.execute(compatibility.insert().values(oldest_revision=revision))
