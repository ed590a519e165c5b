"""What each task cost its account, for the account's deductions in detail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; tasks that ended before are not in it."""
    op.create_table(
        "deductions",
        sa.Column(
            "task_id",
            sa.BigInteger,
            sa.ForeignKey("tasks.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("key_name", sa.String(64), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("sound", sa.Boolean, nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("units_before", sa.BigInteger, nullable=False),
        sa.Column("deducted_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_deductions_account", "deductions", ["account_id", "task_id"])
