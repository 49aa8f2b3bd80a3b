"""Chores: work that comes round, done by one process at a time, whoever gets there first."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.tables import chores


class Chores:
    """The `chores` table. A chore nobody ever did is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, name: str, now: datetime, lease: timedelta, owner: str) -> bool:
        """Take the chore if it is due. It is due again when the lease ends, should the worker die."""
        claim = (
            sa.update(chores)
            .where(chores.c.name == name, chores.c.due_at <= now)
            .values(owner=owner, due_at=now + lease)
        )
        with self._database.write() as connection:
            connection.execute(self._database.insert_new(chores, [{"name": name, "due_at": now}]))
            return connection.execute(claim).rowcount == 1

    def done(self, name: str, owner: str, *, due_at: datetime, error: str | None = None) -> bool:
        """Give the chore back until `due_at`; `error` is what went wrong. False where the lease has passed
        to another worker.
        """
        done = (
            sa.update(chores)
            .where(chores.c.name == name, chores.c.owner == owner)
            .values(owner=None, due_at=due_at, error=error)
        )
        with self._database.write() as connection:
            return connection.execute(done).rowcount == 1

    def void_claims(self, now: datetime) -> None:
        """Make every claim due now. Only for who knows that no worker is left."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(chores).where(chores.c.owner.is_not(None)).values(owner=None, due_at=now)
            )

    def is_due(self, name: str, now: datetime) -> bool:
        """True where the chore waits to be done now."""
        query = sa.select(chores.c.due_at).where(chores.c.name == name)
        with self._database.read() as connection:
            due_at = connection.execute(query).scalar_one_or_none()
        return due_at is None or due_at <= now

    def error(self, name: str) -> str | None:
        """What went wrong the last time the chore was done, None where all went well."""
        query = sa.select(chores.c.error).where(chores.c.name == name)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()
