"""One filing's whole record: what it said, who was told, and what became of each message."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.ledger.acknowledgements import Acknowledgement, Acknowledgements
from worker.ledger.aftermath_tables import holds
from worker.ledger.announcing import filing_of
from worker.ledger.database import Database
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.tables import alerts, deliveries, filings, notices
from worker.watchlists.destination import Destination
from worker.watchlists.match import Match


class RecordedDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message of an alert. `due_at` is None where nothing more happens by itself; `reference` is what
    the other side said when it took it. `held_because` and `held_by` are None where nothing
    ever kept it back. `told_in` says which digest told of it and what became of that, None where none did.
    """

    id: int
    destination: Destination
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    settled_at: datetime | None
    reference: str | None
    last_error: str | None
    held_because: str | None
    held_by: str | None
    told_in: str | None = None


class RecordedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it was raised, with the list's decision of that moment."""

    id: int
    match: Match
    raised_at: datetime
    deliveries: tuple[RecordedDelivery, ...]
    acknowledged: tuple[Acknowledgement, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """`notice` is None until the document was read; where nobody could read it, it holds the announced
    parties and `unreadable_because` says why.
    """

    filing: Filing
    state: str
    seen_at: datetime
    last_error: str | None
    notice: Form144Notice | None
    unreadable_because: str | None
    alerts: tuple[RecordedAlert, ...]


class Records:
    """Reads over every table; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acknowledgements = Acknowledgements(database)

    def of(self, accession: str) -> Record | None:
        """The record of that filing, None where it was never seen."""
        found = (
            sa.select(filings, notices.c.notice, notices.c.unreadable_because)
            .outerjoin(notices, notices.c.accession == filings.c.accession)
            .where(filings.c.accession == accession)
        )
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
            if row is None:
                return None
            return Record(
                filing=filing_of(row),
                state=row.state,
                seen_at=row.seen_at,
                last_error=row.last_error,
                notice=row.notice,
                unreadable_because=row.unreadable_because,
                alerts=_alerts(connection, accession, self._acknowledgements),
            )


def _alerts(
    connection: sa.Connection, accession: str, acknowledgements: Acknowledgements
) -> tuple[RecordedAlert, ...]:
    raised = connection.execute(
        sa.select(alerts).where(alerts.c.accession == accession).order_by(alerts.c.id)
    ).all()
    return tuple(
        RecordedAlert(
            id=row.id,
            match=row.match,
            raised_at=row.raised_at,
            deliveries=_deliveries(connection, row.id),
            acknowledged=acknowledgements.of(row.id),
        )
        for row in raised
    )


def _deliveries(connection: sa.Connection, alert: int) -> tuple[RecordedDelivery, ...]:
    owed = (
        sa.select(
            deliveries,
            holds.c.because,
            holds.c.author,
            digest_entries.c.id.label("entry"),
            digests.c.slot,
            _of_digest.c.state.label("digest_state"),
        )
        .outerjoin(holds, holds.c.delivery_id == deliveries.c.id)
        .outerjoin(digest_entries, digest_entries.c.delivery_id == deliveries.c.id)
        .outerjoin(digests, digests.c.id == digest_entries.c.digest_id)
        .outerjoin(_of_digest, _of_digest.c.id == digests.c.delivery_id)
        .where(deliveries.c.alert_id == alert)
        .order_by(deliveries.c.id)
    )
    return tuple(
        RecordedDelivery(
            id=row.id,
            destination=Destination(row.notifier, row.address),
            state=DeliveryState(row.state),
            attempts=row.attempts,
            due_at=row.due_at,
            settled_at=row.settled_at,
            reference=row.receipt,
            last_error=row.last_error,
            held_because=row.because,
            held_by=row.author,
            told_in=_told_in(row),
        )
        for row in connection.execute(owed)
    )


#: The delivery of the digest that told of another one.
_of_digest = deliveries.alias("of_digest")


def _told_in(row: sa.Row[tuple[object, ...]]) -> str | None:
    if row.entry is None:
        return None
    if row.slot is None:
        return "waits for its digest"
    return f"told in the digest of {row.slot:%Y-%m-%d %H:%M:%S} UTC, {row.digest_state}"
