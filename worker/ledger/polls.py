"""Polls: every look at EDGAR's feed, how far back it went, and whether it came to an end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.tables import polls
from worker.ledger.types import UtcDateTime


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the feed. `ended_at` is None while it runs or where it was cut short; `error` is a
    sentence where it failed. `newest_accepted_at` and `oldest_accepted_at`, of the rows it saw, are None
    where the feed was empty.
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


# Put together once: every poll asks for them, and SQLAlchemy takes as long as the database does.
_NUMBER = polls.c.id == sa.bindparam("number")
_SAW = (
    sa.update(polls)
    .where(_NUMBER)
    .values(
        pages=polls.c.pages + 1,
        rows=polls.c.rows + sa.bindparam("more_rows"),
        new_filings=polls.c.new_filings + sa.bindparam("more_new"),
        newest_accepted_at=sa.func.coalesce(
            polls.c.newest_accepted_at, sa.bindparam("newest", type_=UtcDateTime())
        ),
        oldest_accepted_at=sa.func.coalesce(
            sa.bindparam("oldest", type_=UtcDateTime()), polls.c.oldest_accepted_at
        ),
    )
)
_END = sa.update(polls).where(_NUMBER).values(ended_at=sa.bindparam("now"), error=sa.bindparam("why"))
_LAST = sa.select(polls).order_by(polls.c.id.desc()).limit(1)
_LAST_COMPLETE = _LAST.where(polls.c.ended_at.is_not(None), polls.c.error.is_(None))
_FIRST = sa.select(polls).order_by(polls.c.id).limit(1)


class Polls:
    """The `polls` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, back_to: datetime, now: datetime) -> int:
        """Write down that a poll begins; the number names it afterwards."""
        insert = sa.insert(polls).values(started_at=now, back_to=back_to, pages=0, rows=0, new_filings=0)
        with self._database.write() as connection:
            return int(connection.execute(insert.returning(polls.c.id)).scalar_one())

    def saw(
        self, number: int, *, rows: int, new: int, newest: datetime | None, oldest: datetime | None
    ) -> None:
        """Count one more page. `newest` and `oldest` are its first and last acceptance time, None where it
        has no row.
        """
        values = {
            "number": number,
            "more_rows": rows,
            "more_new": new,
            "newest": newest,
            "oldest": oldest,
        }
        with self._database.write() as connection:
            connection.execute(_SAW, values)

    def end(self, number: int, now: datetime, *, error: str | None) -> None:
        """Write down that the poll is over: it came to the end of its window or of the feed, or `error` says
        why not.
        """
        with self._database.write() as connection:
            connection.execute(_END, {"number": number, "now": now, "why": error})

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
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Poll(**{name: getattr(row, name) for name in Poll.__struct_fields__})
