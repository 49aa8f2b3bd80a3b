"""What the operator has to hear of: one row per kind and subject, counted, so that a storm is one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from worker.ledger import chain
from worker.ledger.aftermath_tables import troubles
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.watchlists.destination import Destination

#: How long a trouble that was told is not told again, however often it comes back.
QUIET = timedelta(hours=1)


class Trouble(StrEnum):
    """What went wrong; each needs a person."""

    ENDED = "ended"  #: a destination takes nothing more
    REFUSED = "refused"  #: a message that its destination will never take
    ABANDONED = "abandoned"  #: patience ran out
    UNKNOWN = "unknown"  #: it may have arrived, and nobody can be asked
    TEMPLATE = "template"  #: a template failed, and a plainer message went out
    WATCHLISTS = "watchlists"  #: an edit of the watchlists was kept out


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A trouble as the operator reads it: `times` since they last heard of it, `what` as it was last."""

    id: int
    kind: Trouble
    subject: str
    what: str
    times: int
    count: int  #: how often it was seen, ever
    last_at: datetime


class Troubles:
    """The `troubles` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, kind: Trouble, subject: str, what: str, now: datetime) -> None:
        """Write down that it happened (again)."""
        with self._database.write() as connection:
            note(self._database, connection, kind, subject, what=what, now=now)

    def untold(self, now: datetime) -> tuple[Told, ...]:
        """What the operator has not heard of, the oldest first; nothing they heard of within the hour."""
        query = (
            sa.select(troubles)
            .where(
                troubles.c.times > troubles.c.told_times,
                sa.or_(troubles.c.told_at.is_(None), troubles.c.told_at <= now - QUIET),
            )
            .order_by(troubles.c.first_at, troubles.c.id)
        )
        with self._database.read() as connection:
            return tuple(
                Told(
                    id=row.id,
                    kind=Trouble(row.kind),
                    subject=row.subject,
                    what=row.what,
                    times=row.times - row.told_times,
                    count=row.times,
                    last_at=row.last_at,
                )
                for row in connection.execute(query)
            )

    def told(self, found: Sequence[Told], now: datetime, to: Destination | None = None) -> None:
        """The operator has heard of these, at `to`; what came in between is still to be told."""
        with self._database.write() as connection:
            for one in found:
                connection.execute(
                    sa.update(troubles)
                    .where(troubles.c.id == one.id)
                    .values(told_at=now, told_times=one.count)
                )
            of = [f"{one.kind.value} {one.subject}, {one.times} times" for one in found]
            chain.note(connection, Kind.OPERATOR_TOLD, str(to or "operator"), now, of=of)


def note(
    database: Database,
    connection: sa.Connection,
    kind: Trouble,
    subject: str,
    *,
    what: str,
    now: datetime,
) -> None:
    """The same inside a transaction: what happened and that it is to be told are written together."""
    row = {
        "kind": kind,
        "subject": subject[:400],
        "what": what,
        "first_at": now,
        "last_at": now,
        "times": 0,
        "told_times": 0,
    }
    connection.execute(database.insert_new(troubles, [row]))
    connection.execute(
        sa.update(troubles)
        .where(troubles.c.kind == kind, troubles.c.subject == row["subject"])
        .values(times=troubles.c.times + 1, last_at=now, what=what)
    )
