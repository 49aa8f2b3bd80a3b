"""Signs of life: the database's own clock, whether it takes a write, and when chores were due."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.tables import chores, facts


class Vitals:
    """Reads, and one write that changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def server(self) -> str:
        """Which database it is, with its version: `SQLite 3.45.1`, `PostgreSQL 16.4`."""
        if self._database.is_sqlite:
            with self._database.read() as connection:
                return f"SQLite {connection.scalar(sa.select(sa.func.sqlite_version()))}"
        with self._database.read() as connection:
            said = str(connection.scalar(sa.text("SHOW server_version")))
        return f"PostgreSQL {said.split(maxsplit=1)[0]}"

    def clock(self) -> datetime | None:
        """What the database's server says the time is; None for SQLite, which has no clock of its own."""
        if self._database.is_sqlite:
            return None
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(sa.select(sa.func.clock_timestamp()))
        return found

    def write(self) -> None:
        """Take part in writing, and change nothing. Raises Unreachable where nothing can be written."""
        with self._database.write() as connection:
            nothing = sa.update(facts).where(facts.c.name == "").values(value="")
            connection.execute(nothing)

    def due_at(self, chore: str) -> datetime | None:
        """When that chore is due next, or the lease of who does it ends; None where nobody ever did it."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(
                sa.select(chores.c.due_at).where(chores.c.name == chore)
            )
        return found
