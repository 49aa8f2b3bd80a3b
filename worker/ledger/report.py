"""What the ledger can say about itself: a day's coverage, and what happened to each filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from worker.alerts.coverage import Coverage, IndexState
from worker.alerts.delivery import DeliveryState
from worker.filings.filing import Filing, FoundBy
from worker.filings.notice import Form144Notice
from worker.ledger.announcing import filing_of
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_delivery, no_drill_filing
from worker.ledger.filings import CLAIMABLE
from worker.ledger.tables import alerts, days, deliveries, filings, lanes, notices
from worker.watchlists.destination import Destination
from worker.watchlists.match import Match


class ToldFiling(msgspec.Struct, frozen=True, kw_only=True):
    """A filing with what became of it. `notice` is None until it was read."""

    filing: Filing
    state: str
    seen_at: datetime
    last_error: str | None
    notice: Form144Notice | None
    told: tuple[Told, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of one alert, as it stands."""

    match: Match
    destination: Destination
    state: DeliveryState
    attempts: int
    receipt: str | None
    last_error: str | None
    settled_at: datetime | None


class Report:
    """Reads over every table; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def coverage(self, first: date, last: date | None = None) -> Coverage:
        """Count the filings of an Eastern day, or of the days from `first` to `last`.

        A filing counts under the day of the index that lists it; before that, under the day it was filed.
        """
        last = last or first
        span = sa.and_(filings.c.day.between(first, last), no_drill_filing())
        matched = (
            sa.select(sa.func.count(sa.distinct(alerts.c.accession)))
            .select_from(alerts.join(filings))
            .where(span)
        )
        with self._database.read() as connection:
            found = [(filing_of(row), row) for row in connection.execute(sa.select(filings).where(span))]
            number_matched = connection.execute(matched).scalar_one()
            indexes = connection.execute(sa.select(days).where(days.c.day.between(first, last))).all()
        states = Counter(row.state for _, row in found)
        watched = [(one, row.seen_at) for one, row in found if one.found_by is not FoundBy.PERSON]
        delays = [one.delay(seen_at) for one, seen_at in watched]
        listed = [row.indexed for row in indexes if row.indexed is not None]
        return Coverage(
            first=first,
            last=last,
            index=IndexState.PARSED if listed else IndexState.NONE if indexes else IndexState.NOT_YET,
            indexed=sum(listed) if listed else None,
            seen=len(found),
            read=states["read"],
            unreadable=states["unreadable"],
            waiting=states["announced"] + states["reading"],
            matched=number_matched,
            found_late=sum(one.was_missed for one, _ in watched),
            worst_delay=max((delay for delay in delays if delay is not None), default=None),
        )

    def filings(self, since: datetime) -> Sequence[ToldFiling]:
        """Every filing seen from `since` on, in the order seen, with what became of it."""
        query = (
            sa.select(filings, notices.c.notice)
            .outerjoin(notices, notices.c.accession == filings.c.accession)
            .where(filings.c.seen_at >= since, no_drill_filing())
            .order_by(filings.c.seen_at, filings.c.accession)
        )
        sent = (
            sa.select(alerts.c.accession, alerts.c.match, deliveries)
            .join(deliveries, deliveries.c.alert_id == alerts.c.id)
            .join(filings, filings.c.accession == alerts.c.accession)
            .where(filings.c.seen_at >= since)
            .order_by(deliveries.c.id)
        )
        with self._database.read() as connection:
            told: dict[str, list[Told]] = {}
            for row in connection.execute(sent):
                told.setdefault(row.accession, []).append(_told(row))
            return [
                ToldFiling(
                    filing=filing_of(row),
                    state=row.state,
                    seen_at=row.seen_at,
                    last_error=row.last_error,
                    notice=row.notice,
                    told=tuple(told.get(row.accession, ())),
                )
                for row in connection.execute(query)
            ]

    def deliveries_by_state(self) -> dict[DeliveryState, int]:
        """How many deliveries stand in each state; states with none, and drills, are left out."""
        query = (
            sa.select(deliveries.c.state, sa.func.count())
            .where(no_drill_delivery())
            .group_by(deliveries.c.state)
        )
        with self._database.read() as connection:
            return {DeliveryState(state): number for state, number in connection.execute(query)}

    def filings_by_state(self) -> dict[str, int]:
        """How many filings stand in each state; states with none, and drills, are left out."""
        query = sa.select(filings.c.state, sa.func.count()).where(no_drill_filing()).group_by(filings.c.state)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def oldest_due_filing(self) -> datetime | None:
        """Since when the filing that waits longest for its reader has been due, None where none waits."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(
                sa.select(sa.func.min(filings.c.due_at)).where(
                    filings.c.due_at.is_not(None), no_drill_filing()
                )
            )
        return found

    def last_tried_for(self, until: datetime) -> datetime | None:
        """The latest time, up to `until`, for which a reader put off a filing that it had tried, or was to
        be done with the one it holds: somebody was at work shortly before. None where there is none.
        """
        query = sa.select(sa.func.max(filings.c.due_at)).where(
            filings.c.due_at <= until, filings.c.state.in_(CLAIMABLE), filings.c.attempts > 0
        )
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        return found

    def last_read(self) -> datetime | None:
        """When a filing was read last, None where none ever was."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(sa.select(sa.func.max(filings.c.read_at)))
        return found

    def ended_lanes(self) -> dict[Destination, str]:
        """The destinations nothing goes to any more, each with the sentence why."""
        query = sa.select(lanes).where(lanes.c.ended_because.is_not(None))
        with self._database.read() as connection:
            return {
                Destination(row.notifier, row.address): row.ended_because for row in connection.execute(query)
            }


def _told(row: sa.Row[tuple[object, ...]]) -> Told:
    return Told(
        match=row.match,
        destination=Destination(row.notifier, row.address),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        receipt=row.receipt,
        last_error=row.last_error,
        settled_at=row.settled_at,
    )
