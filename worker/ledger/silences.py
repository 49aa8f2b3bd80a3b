"""Silences: who asked not to be told of what, why, until when, and what was kept back for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About, Hold, Silence
from worker.ledger import steps
from worker.ledger.aftermath_tables import holds, silences
from worker.ledger.announcing import filing_of
from worker.ledger.chain import Entry, note, note_all
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import alerts, deliveries, filings, notices
from worker.watchlists.destination import Destination


class Silences:
    """The `silences` table, and the deliveries they hold. Nothing is ever deleted from it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, about: About, subject: str, *, author: str, reason: str, now: datetime, expires_at: datetime
    ) -> int:
        """Begin a silence; the number names it afterwards."""
        insert = sa.insert(silences).values(
            about=about,
            subject=subject,
            author=author,
            reason=reason,
            created_at=now,
            expires_at=expires_at,
        )
        with self._database.write() as connection:
            number = int(connection.execute(insert.returning(silences.c.id)).scalar_one())
            body = {"about": about.value, "of": subject, "by": author, "because": reason, "until": expires_at}
            note_all(connection, now, [Entry(Kind.SILENCED, str(number), body)])
            return number

    def active(self, now: datetime) -> tuple[Silence, ...]:
        """Those in force, the oldest first."""
        with self._database.read() as connection:
            return _found(connection, *_in_force(now))

    def all(self) -> tuple[Silence, ...]:
        with self._database.read() as connection:
            return _found(connection)

    def held(self) -> dict[int, int]:
        """How many deliveries each silence keeps back now."""
        query = (
            sa.select(holds.c.silence_id, sa.func.count())
            .join(deliveries, deliveries.c.id == holds.c.delivery_id)
            .where(holds.c.silence_id.is_not(None), deliveries.c.state == DeliveryState.HELD)
            .group_by(holds.c.silence_id)
        )
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def expire(self, number: int, now: datetime, *, by: str) -> bool:
        """End a silence now. False where there is none of that number, or it has ended."""
        ended = (
            sa.update(silences)
            .where(silences.c.id == number, silences.c.expires_at > now)
            .values(expires_at=now)
        )
        with self._database.write() as connection:
            if connection.execute(ended).rowcount != 1:
                return False
            note(connection, Kind.SILENCE_ENDED, str(number), now, by=by)
            return True

    def release(self, number: int, now: datetime, *, by: str) -> int:
        """Owe what the silence kept back, from now on; how many deliveries. What another one in force is
        about, too, is kept back by that from now on.
        """
        theirs = sa.select(holds.c.delivery_id).where(holds.c.silence_id == number)
        released = (
            sa.update(deliveries)
            .where(deliveries.c.id.in_(theirs), deliveries.c.state == DeliveryState.HELD)
            .values(state=DeliveryState.OWED, due_at=now, owed_since=now)
        )
        with self._database.write() as connection:
            others = _found(connection, *_in_force(now), silences.c.id != number)
            note_all(connection, now, list(_kept_back(connection, number, others, now)))
            keys = list(connection.execute(released.returning(deliveries.c.key)).scalars())
            note(connection, Kind.RELEASED, str(number), now, by=by, messages=keys)
            return len(keys)


def still_in_force(connection: sa.Connection, number: int, now: datetime) -> bool:
    """Whether that silence has not ended, inside a transaction until whose end nobody can end it: what it
    holds is seen by whoever releases it.
    """
    query = sa.select(silences.c.id).where(silences.c.id == number, *_in_force(now))
    return connection.execute(query.with_for_update(read=True)).one_or_none() is not None


def _in_force(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return silences.c.created_at <= now, silences.c.expires_at > now


def _found(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> tuple[Silence, ...]:
    """Those, the oldest first."""
    query = sa.select(silences).where(*conditions).order_by(silences.c.id)
    return tuple(
        Silence(
            id=row.id,
            about=About(row.about),
            subject=row.subject,
            author=row.author,
            reason=row.reason,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in connection.execute(query)
    )


def _kept_back(
    connection: sa.Connection, number: int, others: Sequence[Silence], now: datetime
) -> Iterator[Entry]:
    """Hand what the silence keeps back over to the first of `others` that is about it, too; an entry each."""
    if not others:
        return
    query = (
        sa.select(
            deliveries.c.id,
            deliveries.c.key,
            deliveries.c.notifier,
            deliveries.c.address,
            alerts.c.watchlist_id,
            notices.c.notice,
            *filings.c,
        )
        .join(holds, holds.c.delivery_id == deliveries.c.id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .join(filings, filings.c.accession == alerts.c.accession)
        .join(notices, notices.c.accession == alerts.c.accession)
        .where(holds.c.silence_id == number, deliveries.c.state == DeliveryState.HELD)
        .order_by(deliveries.c.id)
    )
    for row in connection.execute(query).all():
        about = row.notice, filing_of(row), row.watchlist_id
        silence = next((one for one in others if one.covers(*about)), None)
        if silence is None:
            continue
        connection.execute(
            sa.update(holds)
            .where(holds.c.delivery_id == row.id)
            .values(silence_id=silence.id, because=silence.reason, author=silence.author, held_at=now)
        )
        kept = Hold(because=silence.reason, by=silence.author, silence_id=silence.id)
        yield steps.held(row.key, Destination(row.notifier, row.address), kept)
