"""Readings: what the metrics say of the ledger at one instant, read at most every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock

import msgspec

from worker.edgar.hours import index_days
from worker.errors import Unreachable
from worker.filings.filing import eastern_day
from worker.ledger.counters import Counters
from worker.ledger.gauges import Gauged, Gauges, open_to_gauge
from worker.ledger.ledger import Ledger
from worker.ledger.reloads import Reload
from worker.ledger.schema import require_current
from worker.metrics.reasons import failure_class, unreadable_class
from worker.pipeline import Step
from worker.reconciliation import index_cursor, unread_days
from worker.undone import undone

#: How long a reading serves everybody who asks: nobody who scrapes too often, or twice, costs more.
KEPT = timedelta(seconds=5)

#: How long who asks waits for a reading that another one is at; Prometheus gives up after ten seconds.
WAIT = timedelta(seconds=8)

#: Of how many closed days the coverage is told, and how far back they are looked for.
CLOSED_DAYS = 5
LOOKED_FOR = timedelta(days=14)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read at `at`, an aware UTC instant, in `seconds`.

    `gauged.coverage` is that of the last business days whose index is due, the newest first. `unread` are all
    those whose index was not parsed yet, oldest first. `loose_since` is when the oldest entry of the record
    that waits to be sealed was written. `undone` is the work that has nobody to do it, a sentence each.
    """

    at: datetime
    seconds: float
    gauged: Gauged
    index_cursor: date | None
    unread: tuple[date, ...]
    reconciliation_failed: bool
    reload: Reload | None
    record_entries: int
    record_loose: int
    loose_since: datetime | None
    undone: tuple[str, ...]


class Readings:
    """Reads the ledger by a connection of its own, with short patience; any thread may ask."""

    def __init__(self, url: str, clock: Callable[[], datetime], *, kept: timedelta | None = None) -> None:
        """`url` is the ledger's.

        Nothing is asked before the first reading. `kept` is how long one serves.
        """
        self._kept = KEPT if kept is None else kept
        self._ledger = Ledger(open_to_gauge(url))
        database = self._ledger.database
        counters = Counters(database, unreadable_class=unreadable_class, failure_class=failure_class)
        self._gauges = Gauges(database, counters)
        self._clock = clock
        self._lock = Lock()
        self._last: Reading | None = None
        self._read_at = 0.0
        self._schema_fits = False

    def read(self) -> Reading:
        """The last reading while it is fresh, else a new one.

        Raises Unreachable, and ConfigurationError where the ledger's schema is not this program's.
        """
        if not self._lock.acquire(timeout=WAIT.total_seconds()):
            raise Unreachable("the ledger is still being read for somebody else")
        try:
            if self._last is None or time.monotonic() > self._read_at + self._kept.total_seconds():
                self._last = self._new()
                self._read_at = time.monotonic()
            return self._last
        finally:
            self._lock.release()

    def _new(self) -> Reading:
        began, now, ledger = time.perf_counter(), self._clock(), self._ledger
        if not self._schema_fits:
            require_current(ledger.database)
            self._schema_fits = True
        closed = index_days(eastern_day(now) - LOOKED_FOR, now)[-CLOSED_DAYS:][::-1]
        return Reading(
            at=now,
            gauged=self._gauges.read(now, closed),
            index_cursor=index_cursor(ledger, now),
            unread=unread_days(ledger, now),
            reconciliation_failed=ledger.chores.error(Step.RECONCILE) is not None,
            reload=ledger.reloads.last(),
            record_entries=ledger.chain.head().position,
            record_loose=ledger.chain.loose(),
            loose_since=ledger.chain.loose_since(),
            undone=tuple(undone(ledger, now)),
            seconds=time.perf_counter() - began,
        )

    def close(self) -> None:
        self._ledger.close()
