"""Gauges: what a monitoring system is told of the ledger, in a few statements whose cost does not grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from worker.alerts.coverage import Coverage
from worker.alerts.delivery import OVER, DeliveryState
from worker.filings.filing import FoundBy
from worker.ledger.counters import Counted, Counters
from worker.ledger.database import Database
from worker.ledger.drill_tables import no_drill_delivery
from worker.ledger.gauge_coverage import coverage_of
from worker.ledger.queue import CLAIMABLE, same_lane
from worker.ledger.spans import seconds
from worker.ledger.tables import deliveries, filings, lanes, pace, polls
from worker.ledger.tally import Key

HOUR = timedelta(hours=1)

#: How long PostgreSQL may take for one statement: who asks for metrics waits for about ten seconds.
PATIENCE = "5s"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """How much is due, and since when the oldest of it is; None where nothing is."""

    number: int
    since: datetime | None


class Gauged(msgspec.Struct, frozen=True, kw_only=True):
    """One reading. Mappings leave out what there is none of; instants are aware UTC.

    `counted` is None until all that is old was counted, some readings after the process began.
    `feed_lag` is the longest time from acceptance to being seen, of what the feed showed in the last hour,
    None where it showed nothing. `polls_lately` is by how the polls of the last hour ended: complete, failed
    or unfinished. `quiet_until` is until when no request goes to the SEC, None where requests do.
    `deliveries` is by notifier and state, without those that are over and well. `ended` is the number of
    destinations, by notifier, to which nothing goes any more.
    """

    counted: Counted | None
    feed_lag: timedelta | None
    polls_lately: Mapping[str, int]
    last_good_poll: datetime | None
    quiet_until: datetime | None
    deliveries: Mapping[Key, int]
    reading: Waiting
    delivering: Waiting
    ended: Mapping[str, int]
    coverage: tuple[Coverage, ...]


class Gauges:
    """Reads the gauges; one per process, for one thread at a time, as its counters are."""

    def __init__(self, database: Database, counters: Counters) -> None:
        self._database = database
        self._counters = counters

    def read(self, now: datetime, days: Sequence[date]) -> Gauged:
        """All of it, and the coverage of those Eastern days. Raises Unreachable."""
        with self._database.read() as connection:
            if not self._database.is_sqlite:
                connection.execute(sa.text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
            return Gauged(
                counted=self._counters.read(connection, now),
                feed_lag=self._feed_lag(connection, now),
                polls_lately=_polls_lately(connection, now),
                last_good_poll=_last_good_poll(connection),
                quiet_until=quiet_until(connection, now),
                deliveries=_deliveries(connection),
                reading=_reading(connection, now),
                delivering=_delivering(connection, now),
                ended=_ended(connection),
                coverage=coverage_of(self._database, connection, days),
            )

    def _feed_lag(self, connection: sa.Connection, now: datetime) -> timedelta | None:
        lag = seconds(self._database, filings.c.accepted_at, filings.c.seen_at)
        longest = connection.scalar(
            sa.select(sa.func.max(lag)).where(
                filings.c.seen_at >= now - HOUR, filings.c.found_by == FoundBy.FEED
            )
        )
        return None if longest is None else timedelta(seconds=max(longest, 0))


def _polls_lately(connection: sa.Connection, now: datetime) -> dict[str, int]:
    ending = sa.case(
        (polls.c.ended_at.is_(None), "unfinished"), (polls.c.error.is_(None), "complete"), else_="failed"
    )
    query = sa.select(ending, sa.func.count()).where(polls.c.started_at >= now - HOUR).group_by(ending)
    return dict(connection.execute(query).all())


def _last_good_poll(connection: sa.Connection) -> datetime | None:
    complete = (polls.c.ended_at.is_not(None), polls.c.error.is_(None))
    return connection.scalar(
        sa.select(polls.c.ended_at).where(*complete).order_by(polls.c.id.desc()).limit(1)
    )


def quiet_until(connection: sa.Connection, now: datetime) -> datetime | None:
    """Until when no request goes to the SEC, as it asked; None where requests do."""
    until = connection.scalar(sa.select(sa.func.max(pace.c.paused_until)))
    return datetime.fromtimestamp(until, UTC) if until and until > now.timestamp() else None


def _deliveries(connection: sa.Connection) -> dict[Key, int]:
    query = (
        sa.select(deliveries.c.notifier, deliveries.c.state, sa.func.count())
        .where(
            deliveries.c.state.in_([state for state in DeliveryState if state not in OVER]),
            no_drill_delivery(),
        )
        .group_by(deliveries.c.notifier, deliveries.c.state)
    )
    return {(notifier, state): number for notifier, state, number in connection.execute(query)}


def _reading(connection: sa.Connection, now: datetime) -> Waiting:
    number, since = connection.execute(
        sa.select(sa.func.count(), sa.func.min(filings.c.due_at)).where(filings.c.due_at <= now)
    ).one()
    return Waiting(number=number, since=since)


def _delivering(connection: sa.Connection, now: datetime) -> Waiting:
    """Also what waits for the messages before it at its destination, but nothing that can go nowhere."""
    number, since = connection.execute(
        sa.select(sa.func.count(), sa.func.min(deliveries.c.due_at))
        .join(lanes, same_lane())
        .where(
            deliveries.c.due_at <= now,
            deliveries.c.state.in_(CLAIMABLE),
            lanes.c.ended_because.is_(None),
        )
    ).one()
    return Waiting(number=number, since=since)


def _ended(connection: sa.Connection) -> dict[str, int]:
    query = (
        sa.select(lanes.c.notifier, sa.func.count())
        .where(lanes.c.ended_because.is_not(None))
        .group_by(lanes.c.notifier)
    )
    return dict(connection.execute(query).all())


def open_to_gauge(url: str) -> Database:
    """The ledger's database for who would rather have no answer than wait: nothing is asked yet."""
    where = sa.make_url(url)
    if where.get_backend_name() == "postgresql":
        # A server that is gone without a word is given up after seconds, not after the kernel's quarter hour.
        patience = {"connect_timeout": "3", "tcp_user_timeout": "5000"}
        where = where.set(query={**patience, **where.query})
    return Database(where.render_as_string(hide_password=False))
