"""What the ledger can say about itself: a day's coverage, and what happened to each filing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.alerts.delivery import DeliveryState
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.ledger.database import Database
from worker.ledger.filings import filing_of
from worker.ledger.tables import alerts, deliveries, filings, lanes, notices
from worker.watchlists.destination import Destination
from worker.watchlists.match import Match


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The count over one span of time. `indexed` is None until EDGAR's index of the day was parsed.

    `worst_delay` is the longest time from acceptance by EDGAR to being seen here, None where no filing
    carried an acceptance time.
    """

    indexed: int | None
    seen: int
    read: int
    unreadable: int
    waiting: int
    matched: int
    worst_delay: timedelta | None


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

    def coverage(self, since: datetime, until: datetime) -> Coverage:
        """Count the filings accepted (or, lacking that, seen) from `since` to before `until`."""
        when = sa.func.coalesce(filings.c.accepted_at, filings.c.seen_at)
        span = sa.and_(when >= since, when < until)
        states = sa.select(filings.c.state, sa.func.count()).where(span).group_by(filings.c.state)
        matched = sa.select(sa.func.count(sa.distinct(alerts.c.accession))).select_from(alerts.join(filings))
        delays = sa.select(filings.c.accepted_at, filings.c.seen_at).where(
            span, filings.c.accepted_at.is_not(None)
        )
        with self._database.read() as connection:
            counts: dict[str, int] = dict(connection.execute(states).all())
            number_matched = connection.execute(matched.where(span)).scalar_one()
            worst = max((seen - accepted for accepted, seen in connection.execute(delays)), default=None)
        return Coverage(
            indexed=None,
            seen=sum(counts.values()),
            read=counts.get("read", 0),
            unreadable=counts.get("unreadable", 0),
            waiting=counts.get("announced", 0) + counts.get("reading", 0),
            matched=number_matched,
            worst_delay=worst,
        )

    def filings(self, since: datetime) -> Sequence[ToldFiling]:
        """Every filing seen from `since` on, in the order seen, with what became of it."""
        query = (
            sa.select(filings, notices.c.notice)
            .outerjoin(notices, notices.c.accession == filings.c.accession)
            .where(filings.c.seen_at >= since)
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
        """How many deliveries stand in each state; states with none are left out."""
        query = sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
        with self._database.read() as connection:
            return {DeliveryState(state): number for state, number in connection.execute(query)}

    def filings_by_state(self) -> dict[str, int]:
        """How many filings stand in each state; states with none are left out."""
        query = sa.select(filings.c.state, sa.func.count()).group_by(filings.c.state)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

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
