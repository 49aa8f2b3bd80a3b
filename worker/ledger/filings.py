"""Filings in the ledger: announced once, claimed by one reader at a time, read once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.filings.filing import Filing, FoundBy, Party
from worker.ledger.database import Database
from worker.ledger.tables import filings

#: States from which a filing can be claimed once it is due.
CLAIMABLE = ("announced", "reading")


class ClaimedFiling(msgspec.Struct, frozen=True, kw_only=True):
    """A filing that one reader holds until its lease ends. `attempt` counts from 1; `cut_short` counts
    the earlier attempts that came to no end, because their process did.
    """

    filing: Filing
    seen_at: datetime
    owner: str
    attempt: int
    cut_short: int


class Filings:
    """The `filings` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def announce(
        self, found: Sequence[Filing], now: datetime, *, due_at: datetime | None = None
    ) -> list[str]:
        """Write down what EDGAR announced and return the accessions that are new.

        Announcing again changes nothing, except that a party seen later joins the one seen first, and a
        missing acceptance time is filled in.
        """
        if not found:
            return []
        with self._database.write() as connection:
            known = _known(connection, [filing.accession for filing in found])
            fresh: dict[str, Filing] = {}
            for filing in found:
                earlier = fresh.get(filing.accession) or known.get(filing.accession)
                if earlier is None:
                    fresh[filing.accession] = filing
                    continue
                joined = _join(earlier, filing)
                if filing.accession in fresh:
                    fresh[filing.accession] = joined
                elif joined != earlier:
                    known[filing.accession] = joined
                    connection.execute(
                        sa.update(filings)
                        .where(filings.c.accession == filing.accession)
                        .values(parties=joined.parties, accepted_at=joined.accepted_at)
                    )
            if not fresh:
                return []
            rows = [_row(filing, now, due_at or now) for filing in fresh.values()]
            insert = self._database.insert_new(filings, rows).returning(filings.c.accession)
            return list(connection.execute(insert).scalars())

    def claim(self, now: datetime, lease: timedelta, owner: str) -> ClaimedFiling | None:
        """Take the filing that has been due longest, or None where none is due.

        A filing whose reader's lease has ended is due again.
        """
        due = (
            sa.select(filings.c.accession)
            .where(filings.c.due_at <= now, filings.c.state.in_(CLAIMABLE))
            .order_by(filings.c.due_at)
            .limit(1)
        )
        claim = (
            sa.update(filings)
            .where(filings.c.accession.in_(self._database.only_free_rows(due, filings)))
            .values(state="reading", owner=owner, due_at=now + lease, attempts=filings.c.attempts + 1)
            .returning(*filings.c)
        )
        with self._database.write() as connection:
            row = connection.execute(claim).one_or_none()
        if row is None:
            return None
        return ClaimedFiling(
            filing=filing_of(row),
            seen_at=row.seen_at,
            owner=owner,
            attempt=row.attempts,
            cut_short=row.attempts - 1 - row.postponed,
        )

    def postpone(self, claim: ClaimedFiling, due_at: datetime, why: str) -> None:
        """Give the claim back, to be read at `due_at`. Does nothing where another reader holds it now."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(filings)
                .where(filings.c.accession == claim.filing.accession, filings.c.owner == claim.owner)
                .values(
                    state="announced",
                    owner=None,
                    due_at=due_at,
                    postponed=filings.c.postponed + 1,
                    last_error=why,
                )
            )

    def void_claims(self, now: datetime) -> None:
        """Make every claim due now. Only for who knows that no reader is left."""
        claimed = filings.c.state == "reading"
        with self._database.write() as connection:
            connection.execute(sa.update(filings).where(claimed).values(owner=None, due_at=now))

    def due(self, now: datetime) -> int:
        """How many filings wait to be read now."""
        query = sa.select(sa.func.count()).where(filings.c.due_at <= now, filings.c.state.in_(CLAIMABLE))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _known(connection: sa.Connection, accessions: Collection[str]) -> dict[str, Filing]:
    rows = connection.execute(sa.select(filings).where(filings.c.accession.in_(accessions)))
    return {row.accession: filing_of(row) for row in rows}


def _join(earlier: Filing, later: Filing) -> Filing:
    """One filing from two announcements of it: a party with a role replaces the same party without."""
    parties = {party.cik: party for party in earlier.parties}
    for party in later.parties:
        held = parties.get(party.cik)
        if held is None or (held.role is None and party.role is not None):
            parties[party.cik] = party
    return msgspec.structs.replace(
        earlier, parties=tuple(parties.values()), accepted_at=earlier.accepted_at or later.accepted_at
    )


def _row(filing: Filing, now: datetime, due_at: datetime) -> dict[str, object]:
    return {
        "accession": filing.accession,
        "form_type": filing.form_type,
        "parties": filing.parties,
        "found_by": filing.found_by,
        "accepted_at": filing.accepted_at,
        "seen_at": now,
        "state": "announced",
        "due_at": due_at,
        "attempts": 0,
        "postponed": 0,
    }


def filing_of(row: sa.Row[tuple[object, ...]]) -> Filing:
    """The Filing in a row of the `filings` table."""
    parties: tuple[Party, ...] = row.parties
    return Filing(
        accession=row.accession,
        form_type=row.form_type,
        parties=parties,
        found_by=FoundBy(row.found_by),
        accepted_at=row.accepted_at,
    )
