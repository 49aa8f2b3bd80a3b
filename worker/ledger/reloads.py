"""How the last look at an edit of the watchlists ended, for whoever asks `form144 status`."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.ledger.database import Database
from worker.ledger.tables import facts

_NAME = "watchlists"


class Reload(msgspec.Struct, frozen=True, kw_only=True):
    """`taken_at` is when the lists in use were taken. `kept_since` is when an edit was first kept out that
    still is, None where the lists in use are those on disk; `mistakes` is how many it holds.
    """

    taken_at: datetime
    kept_since: datetime | None = None
    mistakes: int = 0


class Reloads:
    """One row of the `facts` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> Reload | None:
        """None where no worker has read any watchlists yet."""
        with self._database.read() as connection:
            return self._last(connection)

    def taken(self, now: datetime) -> None:
        """The lists on disk are in use from now on."""
        with self._database.write() as connection:
            self._write(connection, Reload(taken_at=now))

    def kept_out(self, mistakes: int, now: datetime) -> None:
        """An edit with so many mistakes was not taken; the lists before it stay in use."""
        with self._database.write() as connection:
            last = self._last(connection) or Reload(taken_at=now)
            since = last.kept_since or now
            self._write(connection, msgspec.structs.replace(last, kept_since=since, mistakes=mistakes))

    def _last(self, connection: sa.Connection) -> Reload | None:
        value = connection.scalar(sa.select(facts.c.value).where(facts.c.name == _NAME))
        return msgspec.json.decode(value, type=Reload) if value is not None else None

    def _write(self, connection: sa.Connection, reload: Reload) -> None:
        row = {"name": _NAME, "value": msgspec.json.encode(reload).decode()}
        connection.execute(self._database.insert_new(facts, [row]))
        connection.execute(sa.update(facts).where(facts.c.name == _NAME).values(value=row["value"]))
