"""What discovering costs, and how much later than EDGAR shows a filing we know of it.

    python -m benchmarks.discovery                       # arrivals drawn from the lags seen at EDGAR
    python -m benchmarks.discovery --trace arrivals.csv  # a recorded trace

The day is played to the real pipeline, client and ledger over real HTTP against the local EDGAR, on a clock
that moves only when something is due: its figures do not depend on the machine.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog

from benchmarks.reach import reach
from tests.builders import a_notice
from tests.world import World, a_world
from worker.alerts.coverage import IndexState
from worker.edgar.budget import USUAL_PER_SECOND
from worker.edgar.client import Edgar
from worker.edgar.contact import Contact
from worker.edgar.feed import read_feed
from worker.edgar.hours import poll_interval
from worker.edgar.sites import Sites
from worker.engine import SWEEP_EVERY
from worker.filings.filing import Filing, FoundBy, Party, Role, eastern_day
from worker.ledger.ledger import Ledger
from worker.ledger.pace import Pace
from worker.ledger.tables import chores, filings
from worker.pipeline import Pipeline, Step
from worker.reconciliation import Reconciliation
from worker.standins.edgar.arrivals import Arrival, read_arrivals
from worker.standins.edgar.feed import feed_page, rows_of
from worker.standins.forms import as_xml

SWEEP = timedelta(seconds=SWEEP_EVERY)
#: Of so many filings one does not come on the feed, and search or index has to find it.
MISSED = 50
PARTIES = (
    Party(cik=1_999_500, name="Example Industries Inc.", role=Role.ISSUER),
    Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER),
)


def filing(accession: str, accepted_at: datetime) -> Filing:
    return Filing(
        accession=accession, form_type="144", parties=PARTIES, found_by=FoundBy.FEED, accepted_at=accepted_at
    )


def drawn_arrivals(number: int = 150) -> tuple[Arrival, ...]:
    """A day's filings, most of them after the market's close, with lags as 100 real ones had them (18 to
    103 s, median 30; the document a second or so before the feed).
    """
    draw = random.Random(144)
    opening = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    arrivals = []
    for place in range(number):
        accepted_at = opening + timedelta(hours=draw.triangular(0, 16, 10.5))
        seen_at = accepted_at + timedelta(seconds=min(18 + draw.lognormvariate(2.5, 0.7), 103))
        document_at = seen_at - timedelta(seconds=draw.choice((-1, 0, 1, 1, 1, 5)))
        arrivals.append(
            Arrival(
                accession=f"0001950047-26-{place:06d}",
                accepted_at=accepted_at,
                document_at=document_at,
                seen_at=seen_at,
            )
        )
    return tuple(arrivals)


def time_a_page(rounds: int = 31, filings_shown: int = 50) -> float:
    """Median milliseconds of processor time from a page, with two rows a filing, to its filings."""
    now = datetime(2026, 3, 2, 17, tzinfo=UTC)
    spans = []
    for place in range(rounds):
        # Another page each time: one that did not change is not parsed again.
        filings = [
            filing(f"0001950047-26-{place:03d}{number:03d}", now - timedelta(seconds=number))
            for number in range(filings_shown)
        ]
        rows = [row for one in filings for row in rows_of(one, accepted_at=now, appears_at=[now, now])]
        body = feed_page(rows, {"start": "0", "count": "100"}, base_url="https://www.sec.gov", now=now).body
        began = time.process_time()
        page = read_feed(body)
        spans.append(time.process_time() - began)
        assert len(page.filings) == filings_shown
    return statistics.median(spans) * 1000


def a_day(arrivals: Sequence[Arrival]) -> None:
    """Play the arrivals to the whole pipeline, over feed, search, index and documents; print what it asked
    and how late it was. The clock goes from one thing that is due to the next, at the sweep's ticks.
    """
    last = max(arrival.seen_at for arrival in arrivals)
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as world:
        clock = world.clock
        clock.now = min(arrival.accepted_at for arrival in arrivals) - timedelta(minutes=1)
        began, simulated = time.perf_counter(), clock.now
        document = as_xml(a_notice())
        for number, arrival in enumerate(arrivals):
            world.edgar.publish(
                filing(arrival.accession, arrival.accepted_at),
                document,
                at=arrival.seen_at,
                row_gap=timedelta(milliseconds=300),
                document_lag=arrival.document_at - arrival.seen_at,
                on_feed=number % MISSED != MISSED - 1,
            )
        pipeline = _polite(world)
        # EDGAR's index has the last word on the day; it comes in the night.
        while clock.now < last or world.ledger.report.coverage(eastern_day(last)).index is IndexState.NOT_YET:
            pipeline.sweep()
            for step in (Step.POLL, Step.RECONCILE, Step.READ):
                if step in world.rung:
                    getattr(pipeline, step)()
            world.rung.clear()
            clock.now = max(clock.now + SWEEP, _next_due(world.ledger))
        speed = (clock.now - simulated).total_seconds() / (time.perf_counter() - began)
        _tell(world, arrivals, speed)


def _polite(world: World) -> Pipeline:
    """The pipeline with the pace and the hours it has at the SEC's."""
    pipeline, clock = world.pipeline(), world.clock
    pace = Pace(world.ledger.database, lambda: clock().timestamp(), per_second=USUAL_PER_SECOND)
    contact = Contact.parse("Jane Doe jane@example.com")
    edgar = Edgar(
        contact,
        pace,
        sites=Sites.at(world.edgar.base_url),
        sleep=lambda seconds: clock.move(timedelta(seconds=seconds)),
    )
    world.closing.callback(edgar.close)
    reconciliation = Reconciliation(ledger=world.ledger, edgar=edgar, clock=clock)
    return replace(pipeline, edgar=edgar, reconciliation=reconciliation, poll_again=poll_interval)


def _next_due(ledger: Ledger) -> datetime:
    """When the next poll, look at search and index, or reading is due."""
    wanted = chores.c.name.in_([Step.POLL, Step.RECONCILE])
    with ledger.database.read() as connection:
        due: list[datetime | None] = [
            connection.scalar(sa.select(sa.func.min(chores.c.due_at)).where(wanted)),
            connection.scalar(sa.select(sa.func.min(filings.c.due_at))),
        ]
    return min(instant for instant in due if instant is not None)


def _tell(world: World, arrivals: Sequence[Arrival], speed: float) -> None:
    with world.ledger.database.read() as connection:
        rows = {row.accession: row for row in connection.execute(sa.select(filings))}
    assert set(rows) == {arrival.accession for arrival in arrivals}
    assert all(row.read_at for row in rows.values())
    kinds = Counter(_kind(asked.path) for asked in world.edgar.requests)
    found = Counter(row.found_by for row in rows.values())
    print(
        f"\na day of {len(arrivals)} filings at {speed:,.0f} times its speed; found by "
        + ", ".join(f"{by} {number}" for by, number in found.most_common())
    )
    print(
        f"requests: {kinds.total():,}, {kinds.total() / len(arrivals):.1f} a filing ("
        + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
        + f"), {kinds['document'] / len(arrivals):.2f} for documents a filing\n"
    )
    shown = [one for one in arrivals if rows[one.accession].found_by == "feed"]
    missed = [one for one in arrivals if rows[one.accession].found_by != "feed"]
    spread("EDGAR's own lag, accepted to shown", [a.seen_at - a.accepted_at for a in arrivals])
    spread("added by us, shown to discovered", [rows[a.accession].seen_at - a.seen_at for a in shown])
    spread("added by us, shown to document read", [rows[a.accession].read_at - a.seen_at for a in shown])
    if missed:
        late = [rows[a.accession].seen_at - a.accepted_at for a in missed]
        spread("not on the feed, accepted to found", late)
    print()
    reach("requests within any one second", world.edgar.peak_per_second, at_most=10)


def _kind(path: str) -> str:
    if path == "/cgi-bin/browse-edgar":
        return "feed"
    if path == "/LATEST/search-index":
        return "search"
    return "index" if "-index/" in path else "document"


def spread(what: str, spans: Sequence[timedelta]) -> None:
    seconds = sorted(span.total_seconds() for span in spans)
    p50, p90, p99 = (seconds[min(int(len(seconds) * share), len(seconds) - 1)] for share in (0.5, 0.9, 0.99))
    print(f"{what:<36} p50 {p50:6.1f} s   p90 {p90:6.1f} s   p99 {p99:6.1f} s   max {seconds[-1]:6.1f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument(
        "--trace", type=Path, help="a CSV of accessionNumber,detectedTime,index_lmt,sgml_lmt"
    )
    trace = options.parse_args().trace
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"feed page of 100 rows to filings: {time_a_page():.1f} ms of processor")
    a_day(read_arrivals(trace.read_bytes()) if trace else drawn_arrivals())


if __name__ == "__main__":
    main()
