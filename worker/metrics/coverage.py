"""The coverage of the last closed days, as metrics: what EDGAR's index lists beside what was seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from worker.alerts.coverage import Coverage, IndexState
from worker.metrics.readings import Reading

_COUNTS: dict[str, tuple[str, Callable[[Coverage], int | None]]] = {
    "indexed": ("Notices that EDGAR's index of the day lists.", lambda day: day.indexed),
    "seen": ("Filings of the day that were seen.", lambda day: day.seen),
    "read": ("Of these, read.", lambda day: day.read),
    "unreadable": (
        "Of these, unreadable; who watches their issuer or seller was told so.",
        lambda day: day.unreadable,
    ),
    "waiting": ("Of these, still to be read.", lambda day: day.waiting),
    "matched": ("Of these, on somebody's watchlist.", lambda day: day.matched),
    "found_late": (
        "Of these, not shown by the feed, and found by search or index.",
        lambda day: day.found_late,
    ),
}


def coverage_metrics(reading: Reading) -> Iterator[Metric]:
    """One series a day and count. `closed_day` is 1 for the last business day that is over, 2 for the one
    before. A count that is not known has no sample.
    """
    days = [(str(back), day) for back, day in enumerate(reading.gauged.coverage, start=1)]
    parsed = GaugeMetricFamily(
        "form144_coverage_index_parsed",
        "Whether EDGAR's index of the day was parsed, or is known not to exist.",
        labels=["closed_day"],
    )
    for back, day in days:
        parsed.add_metric([back], float(day.index is not IndexState.NOT_YET))
    yield parsed
    for name, (words, count) in _COUNTS.items():
        counts = GaugeMetricFamily(f"form144_coverage_{name}_filings", words, labels=["closed_day"])
        for back, day in days:
            if (number := count(day)) is not None:
                counts.add_metric([back], number)
        yield counts
    delay = GaugeMetricFamily(
        "form144_coverage_worst_delay_seconds",
        "The longest time from acceptance to being seen.",
        labels=["closed_day"],
    )
    for back, day in days:
        if day.worst_delay is not None:
            delay.add_metric([back], day.worst_delay.total_seconds())
    yield delay
