"""Polls: every look at EDGAR's feed, how far back it went, and whether it came to an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from worker.ledger import chores
from worker.ledger.database import Database
from worker.ledger.tables import polls

#: The chore that a poll is: one process at a time looks at the feed.
CHORE = "poll"


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the feed. `ended_at` is None while it runs or where it was cut short; `error` is a
    sentence where it failed. `newest_accepted_at` and `oldest_accepted_at`, of the rows it saw, are None
    where the feed was empty. What it saw is written down when it ends.
    """

    started_at: datetime
    ended_at: datetime | None
    back_to: datetime
    newest_accepted_at: datetime | None
    oldest_accepted_at: datetime | None
    pages: int
    rows: int
    new_filings: int
    error: str | None

    @property
    def is_complete(self) -> bool:
        """True where all was seen that the feed had, back to `back_to`."""
        return self.ended_at is not None and self.error is None

    @property
    def covers_window(self) -> bool:
        """True where the feed reached back to `back_to`, too. Where it did not, it has forgotten what lies
        between, or there was nothing: the indexes know.
        """
        oldest = self.oldest_accepted_at
        return self.is_complete and oldest is not None and oldest < self.back_to


class Look(msgspec.Struct, kw_only=True):
    """A poll under way, held by `owner`: what it has seen until now."""

    number: int
    owner: str
    back_to: datetime
    pages: int = 0
    rows: int = 0
    new_filings: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None

    def saw(self, *, rows: int, new: int, newest: datetime | None, oldest: datetime | None) -> None:
        """Count one more page. `newest` and `oldest` are its first and last acceptance time, None where it
        has no row.
        """
        self.pages += 1
        self.rows += rows
        self.new_filings += new
        self.newest = self.newest or newest
        self.oldest = oldest or self.oldest


# Put together once: every poll asks for them, and SQLAlchemy takes as long as the database does.
_BEGIN = (
    sa.insert(polls)
    .values(started_at=sa.bindparam("now"), back_to=sa.bindparam("as_far_as"), pages=0, rows=0, new_filings=0)
    .returning(polls.c.id)
)
_END = (
    sa.update(polls)
    .where(polls.c.id == sa.bindparam("number"))
    .values(
        ended_at=sa.bindparam("now"),
        error=sa.bindparam("why"),
        pages=sa.bindparam("all_pages"),
        rows=sa.bindparam("all_rows"),
        new_filings=sa.bindparam("all_new"),
        newest_accepted_at=sa.bindparam("newest"),
        oldest_accepted_at=sa.bindparam("oldest"),
    )
)
_LAST = sa.select(polls).order_by(polls.c.id.desc()).limit(1)
_LAST_COMPLETE = _LAST.where(polls.c.ended_at.is_not(None), polls.c.error.is_(None))
_FIRST = sa.select(polls).order_by(polls.c.id).limit(1)


class Polls:
    """The `polls` table, and the chore that says when the next one is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        now: datetime,
        lease: timedelta,
        owner: str,
        back_to: Callable[[Poll | None, datetime], datetime],
    ) -> Look | None:
        """Begin a poll where one is due, and write down that it begins; None where another process holds it
        or it is not time. `back_to` says of the last complete one, and of now, how far back to look.
        """
        with self._database.write() as connection:
            mine = chores.claim(self._database, connection, CHORE, now=now, lease=lease, owner=owner)
            if not mine:
                return None
            far = back_to(_poll(connection, _LAST_COMPLETE), now)
            number = connection.execute(_BEGIN, {"now": now, "as_far_as": far}).scalar_one()
        return Look(number=number, owner=owner, back_to=far)

    def end(self, look: Look, now: datetime, *, again: datetime, error: str | None) -> None:
        """Write down what the poll saw, and that it is over: it came to the end of its window or of the
        feed, or `error` says why not. The next one is due at `again`, unless the lease has passed to another
        process.
        """
        values = {
            "number": look.number,
            "now": now,
            "why": error,
            "all_pages": look.pages,
            "all_rows": look.rows,
            "all_new": look.new_filings,
            "newest": look.newest,
            "oldest": look.oldest,
        }
        with self._database.write() as connection:
            connection.execute(_END, values)
            chores.done(connection, CHORE, look.owner, due_at=again)

    def last_complete(self) -> Poll | None:
        """The newest poll that came to its end, or None."""
        return self._one(_LAST_COMPLETE)

    def last(self) -> Poll | None:
        """The newest poll, however it went, or None."""
        return self._one(_LAST)

    def first(self) -> Poll | None:
        """The first poll ever, however it went, or None."""
        return self._one(_FIRST)

    def _one(self, query: sa.Select[Any]) -> Poll | None:
        with self._database.read() as connection:
            return _poll(connection, query)


def _poll(connection: sa.Connection, query: sa.Select[Any]) -> Poll | None:
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Poll(**{name: getattr(row, name) for name in Poll.__struct_fields__})
