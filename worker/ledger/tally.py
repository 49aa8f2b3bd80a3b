"""Tallies: counts that only grow, over rows that no longer change once they are old.

A tally asks the database for old rows once per process, some at a time, and for the youngest ones each time:
what it costs does not grow with the years. Whatever process counts comes to the same number, before and after
a restart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

#: How long after its instant a row may still appear or change. A transaction takes seconds, and clocks differ
#: by less than that; the rest is margin.
OLD = timedelta(hours=1)

#: As many old rows are counted in one statement, and those of the same instant as the last of them.
SLICE = 5_000

#: What is counted under: the values of labels.
Key = tuple[str, ...]


class Tally:
    """Counts by key over the rows whose instant is `when`, an indexed column; for one thread at a time."""

    def __init__(
        self,
        when: sa.ColumnElement[datetime | None],
        query: sa.Select[Any],
        counts: Callable[[sa.Row[Any]], Iterable[tuple[Key, int]]],
    ) -> None:
        """`query` groups all rows; `counts` reads a row of it."""
        self._when = when
        self._query = query
        self._counts = counts
        self._old: Counter[Key] = Counter()
        self._until: datetime | None = None  # the rows before that are in `_old`
        self._is_behind = True

    def catch_up(self, connection: sa.Connection, now: datetime) -> bool:
        """Count some of the old rows that were not counted yet; False where none is left. What was counted
        stays so, whatever becomes of the transaction.
        """
        until = now - OLD
        if self._is_behind or self._until is None or until > self._until + OLD:
            end = self._slice_end(connection, until)
            self._old = self._old + self._between(connection, self._until, end or until)
            self._until = end or until
            self._is_behind = end is not None
        return self._is_behind

    def read(self, connection: sa.Connection) -> Counter[Key]:
        """The counts as they stand, for who has caught up; a key without rows is left out."""
        return self._old + self._between(connection, self._until, None)

    def _slice_end(self, connection: sa.Connection, until: datetime) -> datetime | None:
        """The instant up to which the next old rows are as many as one statement counts; None where they are
        fewer.
        """
        left = sa.select(self._when).where(self._when < until).order_by(self._when)
        if self._until is not None:
            left = left.where(self._when >= self._until)
        end: datetime | None = connection.scalar(left.offset(SLICE).limit(1))
        if end is not None and end == self._until:  # an index announces its day's filings at one instant
            end = connection.scalar(left.where(self._when > end).limit(1))
        return end

    def _between(
        self, connection: sa.Connection, since: datetime | None, until: datetime | None
    ) -> Counter[Key]:
        query = self._query
        if since is not None:
            query = query.where(self._when >= since)
        if until is not None:
            query = query.where(self._when < until)
        found: Counter[Key] = Counter()
        for row in connection.execute(query):
            for key, number in self._counts(row):
                found[key] += number
        return found
