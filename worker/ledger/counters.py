"""Counters: what only grows, counted from rows: any process says the same about all of them, and none begins
again at 0 when one is restarted. Drills are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import msgspec
import sqlalchemy as sa

from worker.filings.filing import FoundBy
from worker.ledger.aftermath_tables import holds
from worker.ledger.conversation_tables import rollups
from worker.ledger.database import Database
from worker.ledger.drill_tables import drill_alerts, no_drill_delivery, no_drill_filing
from worker.ledger.spans import seconds
from worker.ledger.tables import alerts, attempts, deliveries, filings, polls
from worker.ledger.tally import Key, Tally

#: The upper ends of the latency's buckets, in seconds: around a minute, up to a day.
BUCKETS = (15, 30, 60, 90, 120, 180, 300, 600, 1800, 3600, 14400, 86400)

#: How long who asks waits for old rows to be counted; the rest is for who asks next.
PATIENCE = timedelta(seconds=2)

#: An attempt that ended so brought the message there.
ARRIVED = ("delivered", "found")

#: Beside the buckets, the key of their sum.
_SUM = "sum"


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The counts. Mappings leave out what there is none of.

    `seen` is by FoundBy, `unreadable` by reason, `attempts` by notifier, outcome and reason (empty where it
    arrived), `latency` by notifier and the bucket's upper end (`+Inf` for the last), and `latency_sum`, by
    notifier, is in milliseconds.
    """

    seen: Mapping[str, int]
    unreadable: Mapping[str, int]
    polls: int
    alerts: int
    attempts: Mapping[Key, int]
    latency: Mapping[Key, int]
    latency_sum: Mapping[str, int]


class Counters:
    """Reads the counts; one per process, for one thread at a time: it remembers what it counted."""

    def __init__(
        self,
        database: Database,
        *,
        unreadable_class: Callable[[str], str],
        failure_class: Callable[[str], str],
    ) -> None:
        """The two callables sort the sentences of errors into the few reasons that may be a label."""
        self._seen = Tally(
            filings.c.seen_at,
            sa.select(filings.c.found_by, sa.func.count().label("n"))
            .where(no_drill_filing())
            .group_by(filings.c.found_by),
            lambda row: [((row.found_by,), row.n)],
        )
        self._unreadable = Tally(
            filings.c.read_at,
            sa.select(filings.c.last_error, sa.func.count().label("n"))
            .where(filings.c.state == "unreadable", no_drill_filing())
            .group_by(filings.c.last_error),
            lambda row: [((unreadable_class(row.last_error or ""),), row.n)],
        )
        self._alerts = Tally(
            alerts.c.raised_at,
            sa.select(sa.func.count().label("n")).where(alerts.c.id.not_in(drill_alerts())),
            lambda row: [((), row.n)],
        )
        self._attempts = Tally(
            attempts.c.ended_at,
            _attempts(),
            lambda row: [((row.notifier, row.outcome, failure_class(row.why) if row.why else ""), row.n)],
        )
        self._latency = Tally(attempts.c.ended_at, _latency(database), _bucket)

    def read(self, connection: sa.Connection, now: datetime) -> Counted | None:
        """None until all old rows are counted: of many years, that takes more than one reading. Part of what
        only grows would pass for a restart, and the rest for a storm.
        """
        if not self._is_whole(connection, now):
            return None
        latency = self._latency.read(connection)
        return Counted(
            seen=_by_name(self._seen.read(connection)),
            unreadable=_by_name(self._unreadable.read(connection)),
            polls=connection.scalar(sa.select(sa.func.max(polls.c.id))) or 0,
            alerts=self._alerts.read(connection)[()],
            attempts=self._attempts.read(connection),
            latency={key: number for key, number in latency.items() if key[1] != _SUM},
            latency_sum={key[0]: number for key, number in latency.items() if key[1] == _SUM},
        )

    def _is_whole(self, connection: sa.Connection, now: datetime) -> bool:
        """Count old rows, while there is time, and at any rate some of each tally's."""
        ends = monotonic() + PATIENCE.total_seconds()
        behind = [self._seen, self._unreadable, self._alerts, self._attempts, self._latency]
        while behind := [tally for tally in behind if tally.catch_up(connection, now)]:
            if monotonic() > ends:
                return False
        return True


def _attempts() -> sa.Select[Any]:
    why = sa.case((attempts.c.outcome.not_in(ARRIVED), attempts.c.detail))
    return (
        sa.select(deliveries.c.notifier, attempts.c.outcome, why.label("why"), sa.func.count().label("n"))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(attempts.c.outcome.is_not(None), no_drill_delivery())
        .group_by(deliveries.c.notifier, attempts.c.outcome, why)
    )


def _latency(database: Database) -> sa.Select[Any]:
    """The time from a filing's acceptance, of each alert that arrived, be it as one of several in a message;
    not of what was kept back, nor of filings that a person asked for.
    """
    told = deliveries.alias("told")
    took = seconds(database, filings.c.accepted_at, attempts.c.ended_at)
    bucket = sa.case(*((took <= end, str(end)) for end in BUCKETS), else_="+Inf")
    milliseconds = sa.cast(sa.func.round(sa.case((took > 0, took), else_=0) * 1000), sa.BigInteger)
    return (
        sa.select(
            told.c.notifier,
            bucket.label("bucket"),
            sa.func.count().label("n"),
            sa.func.sum(milliseconds).label("milliseconds"),
        )
        .select_from(attempts)
        .outerjoin(rollups, rollups.c.rollup_id == attempts.c.delivery_id)
        .join(told, told.c.id == sa.func.coalesce(rollups.c.member_id, attempts.c.delivery_id))
        .join(alerts, alerts.c.id == told.c.alert_id)
        .join(filings, filings.c.accession == alerts.c.accession)
        .where(
            attempts.c.outcome.in_(ARRIVED),
            filings.c.accepted_at.is_not(None),
            filings.c.found_by.not_in((FoundBy.PERSON, FoundBy.DRILL)),
            ~sa.exists().where(holds.c.delivery_id == told.c.id),
        )
        .group_by(told.c.notifier, bucket)
    )


def _bucket(row: sa.Row[Any]) -> Iterable[tuple[Key, int]]:
    yield (row.notifier, row.bucket), row.n
    yield (row.notifier, _SUM), int(row.milliseconds)


def _by_name(counts: Mapping[Key, int]) -> dict[str, int]:
    return {name: number for (name,), number in counts.items()}
