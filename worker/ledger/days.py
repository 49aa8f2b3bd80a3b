"""Days: which of EDGAR's indexes were parsed, and the filings they list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from worker.filings.filing import Filing
from worker.ledger.announcing import announce
from worker.ledger.chain import note
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import days, facts, filings

_BEGIN = "indexes-begin"


class Days:
    """The `days` table, one row per Eastern day whose index needs no more looking at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, day: date) -> date:
        """The first day whose index this ledger has to see: `day`, unless it was decided before."""
        with self._database.write() as connection:
            connection.execute(self._database.insert_new(facts, [{"name": _BEGIN, "value": day.isoformat()}]))
            found = connection.execute(sa.select(facts.c.value).where(facts.c.name == _BEGIN))
            return date.fromisoformat(found.scalar_one())

    def begun(self) -> date | None:
        """The first day whose index this ledger has to see, None before it was decided."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(facts.c.value).where(facts.c.name == _BEGIN)
            ).scalar_one_or_none()
        return date.fromisoformat(found) if found else None

    def settled(self, since: date) -> frozenset[date]:
        """The days from `since` on whose index was parsed, or that have none."""
        with self._database.read() as connection:
            return frozenset(connection.execute(sa.select(days.c.day).where(days.c.day >= since)).scalars())

    def settle(
        self, day: date, listed: Sequence[Filing], now: datetime, *, exists: bool = True, quiet: bool = False
    ) -> list[str]:
        """Announce what the day's index lists and write down that it was parsed: both, or neither. Returns
        the accessions that are new. Not `exists` is a business day that EDGAR made no index of.

        A filing that an earlier index listed already stays with that one's day.
        """
        mine = filings.c.accession.in_([filing.accession for filing in listed])
        with self._database.write() as connection:
            new = announce(self._database, connection, listed, now, quiet=quiet) if listed else []
            connection.execute(
                sa.update(filings).where(mine, sa.not_(filings.c.indexed)).values(indexed=True, day=day)
            )
            count = connection.execute(sa.select(sa.func.count()).where(mine, filings.c.day == day))
            row = {"day": day, "indexed": count.scalar_one() if exists else None, "indexed_at": now}
            connection.execute(self._database.insert_new(days, [row]))
            note(connection, Kind.INDEXED, str(day), now, notices=row["indexed"], new=len(new))
        return new
