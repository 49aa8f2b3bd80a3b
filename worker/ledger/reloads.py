"""How the last look at an edit of the watchlists ended, for whoever asks `form144 status`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.ledger.chain import note
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import facts

_NAME = "watchlists"
_IN_USE = "watchlists-in-use"


class Reload(msgspec.Struct, frozen=True, kw_only=True):
    """`taken_at` is when the lists in use were taken. `kept_since` is when an edit was first kept out that
    still is, None where the lists in use are those on disk; `mistakes` is how many it holds.
    """

    taken_at: datetime
    kept_since: datetime | None = None
    mistakes: int = 0


class Reloads:
    """Two rows of the `facts` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> Reload | None:
        """None where no worker has read any watchlists yet."""
        with self._database.read() as connection:
            return self._last(connection)

    def taken(self, now: datetime, lists: Mapping[str, str] | None = None) -> None:
        """The lists on disk are in use from now on: `lists` is the digest of each, by its id."""
        with self._database.write() as connection:
            self._write(connection, _NAME, Reload(taken_at=now))
            if lists is not None:
                self._note_edit(connection, dict(lists), now)

    def kept_out(self, mistakes: int, now: datetime) -> None:
        """An edit with so many mistakes was not taken; the lists before it stay in use."""
        with self._database.write() as connection:
            last = self._last(connection) or Reload(taken_at=now)
            if last.mistakes != mistakes:  # every process comes upon the same edit
                note(connection, Kind.LISTS_KEPT_OUT, "watchlists", now, mistakes=mistakes)
            since = last.kept_since or now
            self._write(connection, _NAME, msgspec.structs.replace(last, kept_since=since, mistakes=mistakes))

    def _note_edit(self, connection: sa.Connection, lists: dict[str, str], now: datetime) -> None:
        """Record what is different from the lists that were in use before; of every process that starts, or
        takes the same edit, there is nothing to say.
        """
        value = connection.scalar(sa.select(facts.c.value).where(facts.c.name == _IN_USE))
        before = msgspec.json.decode(value, type=dict[str, str]) if value is not None else {}
        if value is not None and before == lists:
            return
        changed = sorted(name for name in {*before, *lists} if before.get(name) != lists.get(name))
        digests = [{"list": one, "before": before.get(one), "after": lists.get(one)} for one in changed]
        note(connection, Kind.LISTS_TAKEN, "watchlists", now, lists=len(lists), changed=digests)
        self._write(connection, _IN_USE, lists)

    def _last(self, connection: sa.Connection) -> Reload | None:
        value = connection.scalar(sa.select(facts.c.value).where(facts.c.name == _NAME))
        return msgspec.json.decode(value, type=Reload) if value is not None else None

    def _write(self, connection: sa.Connection, name: str, value: Reload | dict[str, str]) -> None:
        row = {"name": name, "value": msgspec.json.encode(value).decode()}
        connection.execute(self._database.insert_new(facts, [row]))
        connection.execute(sa.update(facts).where(facts.c.name == name).values(value=row["value"]))
