"""The time between two instants, computed by the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from worker.ledger.database import Database


def seconds(
    database: Database, since: sa.ColumnElement[Any], until: sa.ColumnElement[Any]
) -> sa.ColumnElement[float]:
    """Seconds from one column's instant to another's, to the millisecond; NULL where one is."""
    if database.is_sqlite:
        days = sa.func.julianday(until, type_=sa.Double) - sa.func.julianday(since, type_=sa.Double)
        return sa.func.round(days * 86400.0, 3, type_=sa.Double)
    return sa.cast(sa.extract("epoch", until) - sa.extract("epoch", since), sa.Double)
