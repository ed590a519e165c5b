"""Statements on the way that every request takes, written out once.

On SQLite they go straight to the driver: what SQLAlchemy does around one row was measured at
several times what the database itself does. On PostgreSQL, where the way there counts, they go
through SQLAlchemy as all others do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement with named parameters, each of which every call gives a value."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update) -> None:
        self._statement = statement
        self._direct: _Direct | None = None

    def first(self, connection: sa.Connection, values: dict[str, Any]) -> dict[str, Any] | None:
        """The first row that is found, by column; None when there is none."""
        if connection.dialect.name == "sqlite":
            return self._written(connection).first(connection, values)
        row = connection.execute(self._statement, values).first()
        return None if row is None else dict(row._mapping)

    def run(self, connection: sa.Connection, values: dict[str, Any]) -> int:
        """How many rows were written."""
        if connection.dialect.name == "sqlite":
            return self._written(connection).run(connection, values)
        return connection.execute(self._statement, values).rowcount

    def _written(self, connection: sa.Connection) -> _Direct:
        if self._direct is None:
            self._direct = _Direct(self._statement, connection.dialect)
        return self._direct


class _Direct:
    """A statement as SQLite's driver takes it."""

    def __init__(self, statement: Any, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        constants = compiled.params
        self._parameters: list[tuple[str, Any, Convert]] = [
            (
                name,
                constants.get(name),
                _impl(compiled.binds[name], dialect).bind_processor(dialect),
            )
            for name in compiled.positiontup
        ]
        columns = statement.selected_columns if isinstance(statement, sa.Select) else ()
        self._columns: list[tuple[str, Convert]] = [
            (str(column.key), _impl(column, dialect).result_processor(dialect, None))
            for column in columns
        ]

    def first(self, connection: sa.Connection, values: dict[str, Any]) -> dict[str, Any] | None:
        cursor = self._execute(connection, values)
        found = cursor.fetchone()
        # An open cursor would keep seeing the database as it is now.
        cursor.close()
        if found is None:
            return None
        return {
            name: value if convert is None else convert(value)
            for (name, convert), value in zip(self._columns, found, strict=True)
        }

    def run(self, connection: sa.Connection, values: dict[str, Any]) -> int:
        rows: int = self._execute(connection, values).rowcount
        return rows

    def _execute(self, connection: sa.Connection, values: dict[str, Any]) -> Any:
        given = []
        for name, constant, convert in self._parameters:
            value = values.get(name, constant)
            given.append(value if convert is None else convert(value))
        driver: Any = connection.connection.driver_connection
        return driver.execute(self._sql, given)


def _impl(element: Any, dialect: sa.Dialect) -> Any:
    return element.type.dialect_impl(dialect)
