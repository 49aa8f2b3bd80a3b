"""Chores: work that comes round, done by one process at a time, whoever gets there first."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.tables import chores

# Put together once: every poll asks for them, and SQLAlchemy takes as long as the database does.
_CLAIM = (
    sa.update(chores)
    .where(chores.c.name == sa.bindparam("chore"), chores.c.due_at <= sa.bindparam("now"))
    .values(owner=sa.bindparam("claimant"), due_at=sa.bindparam("lease_ends"))
)
_DONE = (
    sa.update(chores)
    .where(chores.c.name == sa.bindparam("chore"), chores.c.owner == sa.bindparam("claimant"))
    .values(owner=None, due_at=sa.bindparam("again"), error=sa.bindparam("why"))
)


class Chores:
    """The `chores` table. A chore nobody ever did is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, name: str, now: datetime, lease: timedelta, owner: str) -> bool:
        """Take the chore if it is due. It is due again when the lease ends, should the worker die."""
        with self._database.write() as connection:
            return claim(self._database, connection, name, now=now, lease=lease, owner=owner)

    def done(self, name: str, owner: str, *, due_at: datetime, error: str | None = None) -> bool:
        """Give the chore back until `due_at`; `error` is what went wrong. False where the lease has passed
        to another worker.
        """
        with self._database.write() as connection:
            return done(connection, name, owner, due_at=due_at, error=error)

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


def claim(
    database: Database,
    connection: sa.Connection,
    name: str,
    *,
    now: datetime,
    lease: timedelta,
    owner: str,
) -> bool:
    """`Chores.claim` inside a transaction that holds how the work begins."""
    values = {"chore": name, "now": now, "claimant": owner, "lease_ends": now + lease}
    if connection.execute(_CLAIM, values).rowcount == 1:
        return True
    connection.execute(database.insert_new(chores, [{"name": name, "due_at": now}]))
    return connection.execute(_CLAIM, values).rowcount == 1


def done(
    connection: sa.Connection, name: str, owner: str, *, due_at: datetime, error: str | None = None
) -> bool:
    """`Chores.done` inside a transaction that holds what came of the work."""
    values = {"chore": name, "claimant": owner, "again": due_at, "why": error}
    return connection.execute(_DONE, values).rowcount == 1
