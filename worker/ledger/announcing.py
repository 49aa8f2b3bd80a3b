"""What EDGAR announced, written down inside a transaction that may hold more than that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.filings.filing import Filing, FoundBy, Party
from worker.ledger.chain import Entry, note_all
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.tables import filings

_KNOWN = sa.select(filings).where(filings.c.accession.in_(sa.bindparam("accessions", expanding=True)))
_HELD = _KNOWN.order_by(filings.c.accession).with_for_update()


def announce(
    database: Database,
    connection: sa.Connection,
    found: Sequence[Filing],
    now: datetime,
    *,
    quiet: bool = False,
) -> list[str]:
    """Write the filings down, due to be read now, and return the accessions that are new.

    A filing that stands already gets what it lacked: a party, a role, a time, a day. What a new `quiet`
    one raises will be told to nobody.
    """
    known = _known(connection, [filing.accession for filing in found])
    fresh: dict[str, Filing] = {}
    fuller: dict[str, Filing] = {}
    for filing in found:
        earlier = fresh.get(filing.accession) or known.get(filing.accession)
        joined = _join(earlier, filing) if earlier else filing
        if filing.accession not in known:
            fresh[filing.accession] = joined
        elif joined != earlier:
            known[filing.accession] = fuller[filing.accession] = joined
    new = _insert(database, connection, fresh, now, quiet=quiet)
    # What another announced in the meantime stands already, perhaps with less.
    fuller |= {accession: fresh[accession] for accession in fresh.keys() - set(new)}
    _complete(connection, fuller)
    note_all(connection, now, (_entry(fresh[accession], quiet=quiet) for accession in new))
    return new


def filing_of(row: sa.Row[tuple[object, ...]]) -> Filing:
    """The Filing in a row of the `filings` table."""
    parties: tuple[Party, ...] = row.parties
    return Filing(
        accession=row.accession,
        form_type=row.form_type,
        parties=parties,
        found_by=FoundBy(row.found_by),
        accepted_at=row.accepted_at,
        filed_on=row.filed_on,
    )


def _known(connection: sa.Connection, accessions: Collection[str]) -> dict[str, Filing]:
    rows = connection.execute(_KNOWN, {"accessions": list(accessions)})
    return {row.accession: filing_of(row) for row in rows}


def _join(earlier: Filing, later: Filing) -> Filing:
    """One filing from two announcements of it: a party with a role replaces the same party without."""
    parties = {party.cik: party for party in earlier.parties}
    for party in later.parties:
        held = parties.get(party.cik)
        if held is None or (held.role is None and party.role is not None):
            parties[party.cik] = party
    return msgspec.structs.replace(
        earlier,
        parties=tuple(parties.values()),
        accepted_at=earlier.accepted_at or later.accepted_at,
        filed_on=earlier.filed_on or later.filed_on,
    )


def _insert(
    database: Database, connection: sa.Connection, fresh: Mapping[str, Filing], now: datetime, *, quiet: bool
) -> list[str]:
    """In one order everywhere, so that two who announce the same never wait for each other."""
    if not fresh:
        return []
    rows = [_row(fresh[accession], now, quiet=quiet) for accession in sorted(fresh)]
    insert = database.insert_new(filings, rows).returning(filings.c.accession)
    return list(connection.execute(insert).scalars())


def _complete(connection: sa.Connection, fuller: Mapping[str, Filing]) -> None:
    """Give filings that stand what they lacked. Each is read again and held: since it was read first, another
    may have announced more of it, or a reader filled in its time.
    """
    if not fuller:
        return
    for row in connection.execute(_HELD, {"accessions": list(fuller)}).all():
        stands = filing_of(row)
        joined = _join(stands, fuller[stands.accession])
        if joined != stands:
            connection.execute(_completed(joined))


def _completed(filing: Filing) -> sa.Update:
    """An index has the last word on the day a filing counts under."""
    day = (
        filings.c.day if filing.day is None else sa.case((filings.c.indexed, filings.c.day), else_=filing.day)
    )
    return (
        sa.update(filings)
        .where(filings.c.accession == filing.accession)
        .values(parties=filing.parties, accepted_at=filing.accepted_at, filed_on=filing.filed_on, day=day)
    )


def _entry(filing: Filing, *, quiet: bool) -> Entry:
    """`accepted` is None where nobody has said yet; `quiet` is what nobody is to be told of."""
    return Entry(
        Kind.ANNOUNCED,
        filing.accession,
        {
            "form_type": filing.form_type,
            "found_by": filing.found_by.value,
            "accepted": filing.accepted_at,
            "quiet": quiet,
        },
    )


def _row(filing: Filing, now: datetime, *, quiet: bool) -> dict[str, object]:
    return {
        "accession": filing.accession,
        "form_type": filing.form_type,
        "parties": filing.parties,
        "found_by": filing.found_by,
        "accepted_at": filing.accepted_at,
        "filed_on": filing.filed_on,
        "day": filing.day or msgspec.structs.replace(filing, accepted_at=now).day,
        "indexed": False,
        "quiet": quiet,
        "seen_at": now,
        "state": "announced",
        "due_at": now,
        "attempts": 0,
        "postponed": 0,
    }
