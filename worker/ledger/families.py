"""Families in the ledger: a notice and the amendments that restate it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from worker.alerts.conversation import EarlierAlert
from worker.filings.filing import DRILL_AGENT
from worker.filings.notice import Form144Notice
from worker.ledger.database import Database
from worker.ledger.filings import CLAIMABLE
from worker.ledger.tables import alerts, deliveries, filings, notices
from worker.watchlists.destination import Destination

# Put together once: every delivery asks for them.
_AMENDED = sa.select(notices.c.previous_accession).where(notices.c.accession == sa.bindparam("accession"))
_AMENDING = sa.select(notices.c.accession).where(
    notices.c.previous_accession.in_(sa.bindparam("accessions", expanding=True))
)


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The notice that an amendment names, as far as it is known here.

    `notice` is None where it was never announced or not read; `is_awaited` is True where it was announced and
    is yet to be read, `attempts` how often that was tried. `root` is the first notice of the family,
    `earlier` what each list said of any of it.
    """

    notice: Form144Notice | None
    is_awaited: bool
    attempts: int
    root: str
    earlier: dict[str, EarlierAlert]


class Families:
    """Reads over `filings`, `notices`, `alerts` and `deliveries`; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def original(self, accession: str, named: str) -> Original:
        """The notice called `named`, which the filing `accession` amends."""
        query = (
            sa.select(filings.c.state, filings.c.attempts, notices.c.notice, notices.c.unreadable_because)
            .outerjoin(notices, notices.c.accession == filings.c.accession)
            .where(filings.c.accession == named)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            line = _upwards(connection, named)
            return Original(
                notice=row.notice if row is not None and row.unreadable_because is None else None,
                is_awaited=row is not None and row.state in CLAIMABLE,
                attempts=row.attempts if row is not None else 0,
                root=line[-1],
                earlier=_earlier(connection, relatives(connection, named) - {accession}),
            )


def relatives(connection: sa.Connection, accession: str) -> set[str]:
    """Every notice of the family this one belongs to, itself among them; some may never have been read."""
    known: set[str] = set(_upwards(connection, accession))
    newest = known
    while newest:
        newest = set(connection.scalars(_AMENDING, {"accessions": list(newest)})) - known
        known |= newest
    return known


def _upwards(connection: sa.Connection, accession: str) -> list[str]:
    """The notice, the one it amends, the one that amends, and so on; a circle ends where it closes."""
    line = [accession]
    while True:
        previous = connection.scalar(_AMENDED, {"accession": line[-1]})
        if previous is None or previous in line or previous.startswith(DRILL_AGENT):
            return line
        line.append(previous)


def _earlier(connection: sa.Connection, family: set[str]) -> dict[str, EarlierAlert]:
    query = (
        sa.select(alerts.c.watchlist_id, alerts.c.match, deliveries.c.notifier, deliveries.c.address)
        .outerjoin(deliveries, deliveries.c.alert_id == alerts.c.id)
        .where(alerts.c.accession.in_(family))
        .order_by(alerts.c.id)
    )
    found: dict[str, EarlierAlert] = {}
    for row in connection.execute(query):
        held = found.get(row.watchlist_id)
        told = {Destination(row.notifier, row.address)} if row.notifier is not None else set()
        found[row.watchlist_id] = EarlierAlert(
            match=held.match if held else row.match,
            destinations=(held.destinations if held else frozenset()) | told,
        )
    return found
