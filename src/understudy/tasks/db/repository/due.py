"""When a row that was put off is due, by a clock that may be set back."""

from __future__ import annotations

import sqlalchemy as sa


def is_due(
    tries: sa.ColumnElement[int],
    not_before: sa.ColumnElement[int],
    *,
    now: int | sa.BindParameter[int],
    longest_wait: int,
) -> sa.ColumnElement[bool]:
    """Whether it is time for a row.

    tries: how often it was tried; one that was not is due, whatever the clock said when it was
    written. longest_wait: milliseconds for which rows are put off; a time that lies further ahead
    was written before the clock was set back.
    """
    return sa.or_(tries == 0, not_before <= now, not_before > now + longest_wait)
