"""What alembic runs: the revisions, on the connection that it is given.

On PostgreSQL each revision is a transaction of its own; on SQLite all are in the caller's.
"""

from __future__ import annotations

from alembic import context

from understudy.tasks.db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=connection.dialect.name == "postgresql",
)
with context.begin_transaction():
    context.run_migrations()
