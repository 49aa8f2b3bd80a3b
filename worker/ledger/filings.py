"""Filings in the ledger: announced once, claimed by one reader at a time, read once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from worker.filings.filing import Filing
from worker.ledger.announcing import announce, filing_of
from worker.ledger.database import Database
from worker.ledger.tables import filings
from worker.ledger.types import UtcDateTime

#: States from which a filing can be claimed once it is due.
CLAIMABLE = ("announced", "reading")


class ClaimedFiling(msgspec.Struct, frozen=True, kw_only=True):
    """A filing that one reader holds until its lease ends. `attempt` counts from 1; `cut_short` counts
    the earlier attempts that came to no end, because their process did. What a `quiet` one raises is
    written down and told to nobody.
    """

    filing: Filing
    seen_at: datetime
    owner: str
    attempt: int
    cut_short: int
    quiet: bool = False

    @property
    def named(self) -> dict[str, str | int | None]:
        """What a line of the log that is about it carries."""
        return {"accession": self.filing.accession, "attempt": self.attempt}


class Filings:
    """The `filings` table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claim = _claim(database, _NEWEST_DUE)
        self._claim_first = _claim(database, _FIRST_DUE)

    def announce(self, found: Sequence[Filing], now: datetime) -> list[str]:
        """Write down what EDGAR announced and return the accessions that are new.

        Announcing again changes nothing, except that a party seen later joins the one seen first, and a
        missing acceptance time is filled in.
        """
        if not found:
            return []
        with self._database.write() as connection:
            return announce(self._database, connection, found, now)

    def claim(
        self, now: datetime, lease: timedelta, owner: str, first: Sequence[str] = ()
    ) -> ClaimedFiling | None:
        """Take one of those called `first` that is due, else the one of the newest day that has been due
        longest, or None where none is due: a gap of months being closed keeps nobody waiting for today's.

        A filing whose reader's lease has ended is due again.
        """
        values = {"instant": now, "claimant": owner, "lease_ends": now + lease}
        with self._database.write() as connection:
            row = None
            if first:
                row = connection.execute(self._claim_first, values | {"first": list(first)}).one_or_none()
            if row is None:
                row = connection.execute(self._claim, values).one_or_none()
        if row is None:
            return None
        return ClaimedFiling(
            filing=filing_of(row),
            seen_at=row.seen_at,
            owner=owner,
            attempt=row.attempts,
            cut_short=row.attempts - 1 - row.postponed,
            quiet=row.quiet,
        )

    def postpone(self, claim: ClaimedFiling, due_at: datetime, why: str, *, cut_short: bool = False) -> None:
        """Give the claim back, to be read at `due_at`; it counts as cut short where that is said. Does
        nothing where another reader holds it now.
        """
        with self._database.write() as connection:
            connection.execute(
                sa.update(filings)
                .where(filings.c.accession == claim.filing.accession, filings.c.owner == claim.owner)
                .values(
                    state="announced",
                    owner=None,
                    due_at=due_at,
                    postponed=filings.c.postponed + (0 if cut_short else 1),
                    last_error=why,
                )
            )

    def void_claims(self, now: datetime) -> None:
        """Make every claim due now. Only for who knows that no reader is left."""
        claimed = filings.c.state == "reading"
        with self._database.write() as connection:
            connection.execute(sa.update(filings).where(claimed).values(owner=None, due_at=now))

    def waiting(self, first: date, last: date) -> int:
        """How many filings of those days are still to be read, due or not."""
        query = sa.select(sa.func.count()).where(
            filings.c.day.between(first, last), filings.c.state.in_(CLAIMABLE)
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def due(self, now: datetime, *, at_most: int | None = None) -> int:
        """How many filings wait to be read now; who needs to know of a few only does not count a year's."""
        waiting = sa.select(filings.c.accession).where(
            filings.c.due_at <= now, filings.c.state.in_(CLAIMABLE)
        )
        if at_most is not None:
            # In the claim's order, which has an index: else PostgreSQL goes through the table.
            waiting = waiting.order_by(filings.c.day.desc(), filings.c.due_at).limit(at_most)
        query = sa.select(sa.func.count()).select_from(waiting.subquery())
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


# Put together once: every reading asks for it, and SQLAlchemy takes longer than the database does.
_SETTLE = (
    sa.update(filings)
    .where(filings.c.accession == sa.bindparam("filing"), filings.c.owner == sa.bindparam("claimant"))
    .values(
        state=sa.bindparam("becomes"),
        owner=None,
        due_at=None,
        read_at=sa.bindparam("now"),
        accepted_at=sa.func.coalesce(filings.c.accepted_at, sa.bindparam("accepted", type_=UtcDateTime())),
        last_error=sa.bindparam("why"),
    )
)


def settle(
    connection: sa.Connection,
    claim: ClaimedFiling,
    now: datetime,
    *,
    accepted_at: datetime | None,
    unreadable_because: str | None,
) -> bool:
    """The claimed filing was read, or could not be, inside a transaction that holds what came of it. A
    missing acceptance time is filled in. False, with nothing written, where another reader holds it now.
    """
    values = {
        "filing": claim.filing.accession,
        "claimant": claim.owner,
        "becomes": "unreadable" if unreadable_because else "read",
        "now": now,
        "accepted": accepted_at,
        "why": unreadable_because,
    }
    return connection.execute(_SETTLE, values).rowcount == 1


_DUE = sa.select(filings.c.accession).where(
    filings.c.due_at <= sa.bindparam("instant"), filings.c.state.in_(CLAIMABLE)
)
_NEWEST_DUE = _DUE.order_by(filings.c.day.desc(), filings.c.due_at).limit(1)
_FIRST_DUE = _DUE.where(filings.c.accession.in_(sa.bindparam("first", expanding=True))).limit(1)


def _claim(database: Database, due: sa.Select[Any]) -> ReturningUpdate[Any]:
    """The claim, put together once: that takes SQLAlchemy as long as the database needs to carry it out.

    One accession, by a scalar subquery: PostgreSQL may run one behind IN again for each row, and, as each
    passes over what was just taken, take several.
    """
    return (
        sa.update(filings)
        .where(filings.c.accession == database.only_free_rows(due, filings).scalar_subquery())
        .values(
            state="reading",
            owner=sa.bindparam("claimant"),
            due_at=sa.bindparam("lease_ends"),
            attempts=filings.c.attempts + 1,
        )
        .returning(*filings.c)
    )
