"""Tallies: counts that only grow, over rows that no longer change once they are old.

A tally asks the database for old rows once per process, and for the youngest ones each time: what it costs
does not grow with the years. Whatever process counts comes to the same number, before and after a restart.
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

#: What is counted under: the values of labels.
Key = tuple[str, ...]


class Tally:
    """Counts by key over the rows whose instant is `when`; for one thread at a time."""

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

    def read(self, connection: sa.Connection, now: datetime) -> Counter[Key]:
        """The counts as they stand; a key without rows is left out."""
        until = now - OLD
        if self._until is None or until > self._until + OLD:
            self._old = self._old + self._between(connection, self._until, until)
            self._until = until
        return self._old + self._between(connection, self._until, None)

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
