"""The database: SQLite or PostgreSQL, its tables, their history and every query."""
