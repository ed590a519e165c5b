"""The base URL by which an element's client reached the service, for its callbacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; elements made before have none."""
    op.add_column("elements", sa.Column("base_url", sa.Text))
