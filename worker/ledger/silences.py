"""Silences: who asked not to be told of what, why, until when, and what was kept back for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.alerts.hold import About, Silence
from worker.ledger.aftermath_tables import holds, silences
from worker.ledger.chain import Entry, note, note_all
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import deliveries


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
        return self._where(silences.c.created_at <= now, silences.c.expires_at > now)

    def all(self) -> tuple[Silence, ...]:
        return self._where()

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

    def expire(self, number: int, now: datetime) -> bool:
        """End a silence now. False where there is none of that number, or it has ended."""
        ended = (
            sa.update(silences)
            .where(silences.c.id == number, silences.c.expires_at > now)
            .values(expires_at=now)
        )
        with self._database.write() as connection:
            if connection.execute(ended).rowcount != 1:
                return False
            note(connection, Kind.SILENCE_ENDED, str(number), now)
            return True

    def release(self, number: int, now: datetime) -> int:
        """Owe what the silence kept back, from now on; how many deliveries."""
        theirs = sa.select(holds.c.delivery_id).where(holds.c.silence_id == number)
        released = (
            sa.update(deliveries)
            .where(deliveries.c.id.in_(theirs), deliveries.c.state == DeliveryState.HELD)
            .values(state=DeliveryState.OWED, due_at=now, owed_since=now)
        )
        with self._database.write() as connection:
            keys = list(connection.execute(released.returning(deliveries.c.key)).scalars())
            note(connection, Kind.RELEASED, str(number), now, messages=keys)
            return len(keys)

    def _where(self, *conditions: sa.ColumnElement[bool]) -> tuple[Silence, ...]:
        query = sa.select(silences).where(*conditions).order_by(silences.c.id)
        with self._database.read() as connection:
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
