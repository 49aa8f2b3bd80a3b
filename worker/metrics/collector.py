"""The metrics, by name: each reading of the ledger as Prometheus wants it.

Names and units follow https://prometheus.io/docs/practices/naming/. No label holds a name from a watchlist,
an address, or anything that grows in number: sources, notifiers, states, outcomes and reasons are few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from worker.alerts.delivery import OVER, DeliveryState
from worker.edgar.hours import EASTERN, index_due, is_open
from worker.errors import Form144Error
from worker.filings.filing import FoundBy
from worker.ledger.counters import ARRIVED, BUCKETS, Counted
from worker.ledger.gauges import Gauged
from worker.metrics.coverage import coverage_metrics
from worker.metrics.readings import Reading, Readings
from worker.metrics.reasons import FAILURES, UNREADABLE

SOURCES = tuple(source for source in FoundBy if source is not FoundBy.DRILL)
FAILED = ("unreachable", "refused", "abandoned", "unknown")
#: The states in which a delivery is not over, or not well.
STATES = tuple(state for state in DeliveryState if state not in OVER)
POLLS = ("complete", "failed", "unfinished")


class LedgerCollector(Collector):
    """Asks for a reading at each scrape. Every series is there from the first scrape on, at 0, so that a rate
    or an increase over it misses nothing. Only the counters wait until a ledger of many years is counted,
    which may take some scrapes: none of them is there before.
    """

    def __init__(self, readings: Readings, notifiers: Collection[str]) -> None:
        """`notifiers` are those that are configured; others that the ledger knows join them."""
        self._readings = readings
        self._notifiers = notifiers

    def collect(self) -> Iterator[Metric]:
        try:
            reading = self._readings.read()
        except Form144Error:
            yield _gauge("ledger_up", "Whether the ledger could be read for this scrape.", 0)
            return
        yield _gauge("ledger_up", "Whether the ledger could be read for this scrape.", 1)
        yield _gauge("ledger_read_seconds", "How long reading the ledger took.", reading.seconds)
        yield from _polls(reading)
        yield from _indexes(reading)
        yield from coverage_metrics(reading)
        known = self._known(reading.gauged)
        yield from _deliveries(reading.gauged, known)
        yield from _queues(reading)
        yield from _upkeep(reading)
        if reading.gauged.counted is not None:
            yield from _counters(reading.gauged.counted)
            yield from _attempts(reading.gauged.counted, known)
            yield from _latency(reading.gauged.counted, known)

    def _known(self, gauged: Gauged) -> Sequence[str]:
        tried = {notifier for notifier, *_ in gauged.counted.attempts} if gauged.counted else set()
        return sorted({*self._notifiers, *tried, *(notifier for notifier, _ in gauged.deliveries)})


def _counters(counted: Counted) -> Iterator[Metric]:
    seen = CounterMetricFamily(
        "form144_filings_seen", "Filings seen, by what showed them first.", labels=["source"]
    )
    for source in SOURCES:
        seen.add_metric([source], counted.seen.get(source, 0))
    yield seen
    unreadable = CounterMetricFamily(
        "form144_filings_unreadable", "Filings whose document could not be read.", labels=["reason"]
    )
    for reason in UNREADABLE:
        unreadable.add_metric([reason], counted.unreadable.get(reason, 0))
    yield unreadable
    yield CounterMetricFamily(
        "form144_alerts", "Alerts raised: notices that matched a watchlist.", counted.alerts
    )
    yield CounterMetricFamily("form144_polls", "Looks at EDGAR's feed, begun.", counted.polls)


def _attempts(counted: Counted, known: Sequence[str]) -> Iterator[Metric]:
    attempts = CounterMetricFamily(
        "form144_delivery_attempts",
        "Attempts to deliver a message, by how they ended; the reason is empty where it arrived.",
        labels=["notifier", "outcome", "reason"],
    )
    ways = {(outcome, "") for outcome in ARRIVED}
    ways |= {(outcome, reason) for outcome in FAILED for reason in FAILURES}
    ways |= {(outcome, reason) for _, outcome, reason in counted.attempts}
    for notifier in known:
        for way in sorted(ways):
            attempts.add_metric([notifier, *way], counted.attempts.get((notifier, *way), 0))
    yield attempts


def _latency(counted: Counted, known: Sequence[str]) -> Iterator[Metric]:
    latency = HistogramMetricFamily(
        "form144_notification_latency_seconds",
        "From a filing's acceptance by EDGAR to its alert's arrival, unless kept back on purpose.",
        labels=["notifier"],
    )
    ends = [*map(str, BUCKETS), "+Inf"]
    for notifier in known:
        up_to = accumulate(counted.latency.get((notifier, end), 0) for end in ends)
        total = counted.latency_sum.get(notifier, 0) / 1000
        latency.add_metric([notifier], list(zip(ends, up_to, strict=True)), sum_value=total)
    yield latency


def _deliveries(gauged: Gauged, known: Sequence[str]) -> Iterator[Metric]:
    now = GaugeMetricFamily(
        "form144_deliveries",
        "Deliveries that are not over, or not well, by state.",
        labels=["notifier", "state"],
    )
    ended = GaugeMetricFamily(
        "form144_destinations_ended", "Destinations nothing goes to any more.", labels=["notifier"]
    )
    for notifier in known:
        for state in STATES:
            now.add_metric([notifier, state], gauged.deliveries.get((notifier, state), 0))
        ended.add_metric([notifier], gauged.ended.get(notifier, 0))
    yield from (now, ended)


def _polls(reading: Reading) -> Iterator[Metric]:
    gauged = reading.gauged
    yield _gauge("edgar_open", "Whether EDGAR takes filings at this hour.", is_open(reading.at))
    lately = GaugeMetricFamily(
        "form144_polls_last_hour", "Polls of the last hour, by how they ended.", labels=["outcome"]
    )
    for outcome in POLLS:
        lately.add_metric([outcome], gauged.polls_lately.get(outcome, 0))
    yield lately
    last = gauged.last_good_poll
    yield _instant("last_successful_poll", "When a poll of the feed last came to its end.", last)
    lag = gauged.feed_lag.total_seconds() if gauged.feed_lag is not None else None
    yield _gauge(
        "feed_lag_seconds", "The longest from acceptance to being seen, in the feed's last hour.", lag
    )
    paused = gauged.quiet_until - reading.at if gauged.quiet_until else timedelta(0)
    yield _gauge(
        "edgar_pause_seconds", "How long no request will go to the SEC, as it asked.", paused.total_seconds()
    )


def _indexes(reading: Reading) -> Iterator[Metric]:
    overdue = reading.at - index_due(reading.unread[0]) if reading.unread else timedelta(0)
    cursor = reading.index_cursor
    yield _gauge("index_gap_days", "Business days whose index is due and not parsed.", len(reading.unread))
    yield _gauge(
        "index_overdue_seconds",
        "How long the oldest index that is not parsed has been due.",
        overdue.total_seconds(),
    )
    yield _instant(
        "index_cursor",
        "The beginning of the last day up to which every index was parsed.",
        datetime.combine(cursor, time(0), tzinfo=EASTERN).astimezone(UTC) if cursor else None,
    )
    yield _gauge(
        "reconciliation_failed", "Whether the last reconciliation failed.", reading.reconciliation_failed
    )


def _queues(reading: Reading) -> Iterator[Metric]:
    depth = GaugeMetricFamily("form144_queue_depth", "What is due and waits for a worker.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "form144_queue_oldest_seconds", "How long the oldest of it has been due.", labels=["queue"]
    )
    for queue, waiting in (("read", reading.gauged.reading), ("deliver", reading.gauged.delivering)):
        depth.add_metric([queue], waiting.number)
        age = reading.at - waiting.since if waiting.since else timedelta(0)
        oldest.add_metric([queue], max(age.total_seconds(), 0))
    yield from (depth, oldest)


def _upkeep(reading: Reading) -> Iterator[Metric]:
    reload = reading.reload
    good = None if reload is None else reload.kept_since is None
    yield _gauge("config_last_reload_successful", "Whether the watchlists in use are those on disk.", good)
    taken = reload.taken_at if reload else None
    yield _instant("config_last_reload_success", "When the watchlists in use were taken.", taken)
    yield CounterMetricFamily(
        "form144_record_entries", "Sealed entries of the record.", reading.record_entries
    )
    yield _gauge("record_unsealed_entries", "Entries that wait to be sealed.", reading.record_loose)
    age = reading.at - reading.loose_since if reading.loose_since else timedelta(0)
    yield _gauge(
        "record_unsealed_seconds", "How long the oldest of them has waited.", max(age.total_seconds(), 0)
    )


def _gauge(name: str, words: str, value: float | None) -> Metric:
    """One number; without a sample where there is none, for it is not 0."""
    gauge = GaugeMetricFamily(f"form144_{name}", words)
    if value is not None:
        gauge.add_metric([], float(value))
    return gauge


def _instant(name: str, words: str, at: datetime | None) -> Metric:
    return _gauge(f"{name}_timestamp_seconds", words, at.timestamp() if at else None)
