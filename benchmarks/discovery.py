"""What discovering costs, and how much later than EDGAR shows a filing we know of it.

    python -m benchmarks.discovery                       # arrivals drawn from the lags seen at EDGAR
    python -m benchmarks.discovery --trace arrivals.csv  # a recorded trace

The replay runs the real client over real HTTP against the local EDGAR, on a clock that moves only when the
client waits: a day takes a minute or two, and its figures do not depend on the machine.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from worker.edgar.answers import NotYet
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.contact import Contact
from worker.edgar.feed import read_feed
from worker.edgar.hours import poll_interval
from worker.edgar.sites import Sites
from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.standins.edgar import EdgarStandin
from worker.standins.edgar_arrivals import Arrival, read_arrivals
from worker.standins.edgar_feed import feed_page, rows_of

LOOK_BACK = timedelta(minutes=10)
PARTIES = (
    Party(cik=1_999_500, name="Example Industries Inc.", role=Role.ISSUER),
    Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER),
)


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


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


def time_a_page(rounds: int = 31) -> float:
    """Median milliseconds from a page of 100 rows to its filings."""
    now = datetime(2026, 3, 2, 17, tzinfo=UTC)
    filings = [filing(f"0001950047-26-{number:06d}", now - timedelta(seconds=number)) for number in range(50)]
    rows = [row for one in filings for row in rows_of(one, accepted_at=now, appears_at=[now, now])]
    body = feed_page(rows, {"start": "0", "count": "100"}, base_url="https://www.sec.gov", now=now).body
    spans = []
    for _ in range(rounds):
        began = time.perf_counter()
        page = read_feed(body)
        spans.append(time.perf_counter() - began)
        assert len(page.filings) == 50
    return statistics.median(spans) * 1000


def replay(arrivals: Sequence[Arrival]) -> None:
    """Play the arrivals to a poller that keeps EDGAR's hours, and print what it asked and how late it was."""
    clock = Clock(min(arrival.accepted_at for arrival in arrivals) - timedelta(minutes=1))
    end = max(arrival.seen_at for arrival in arrivals) + timedelta(minutes=5)
    seen: dict[str, datetime] = {}
    read: dict[str, datetime] = {}
    with EdgarStandin(clock=clock) as standin:
        for arrival in arrivals:
            standin.publish(
                filing(arrival.accession, arrival.accepted_at),
                b"<edgarSubmission/>",
                at=arrival.seen_at,
                row_gap=timedelta(milliseconds=300),
                document_lag=arrival.document_at - arrival.seen_at,
            )
        contact = Contact.parse("Jane Doe jane@example.com")
        budget = LocalBudget(monotonic=clock.monotonic)
        with Edgar(contact, budget, sites=Sites.at(standin.base_url), sleep=clock.sleep) as edgar:
            newest = clock.now
            while clock.now < end:
                began = clock.now
                for page in edgar.latest(newest - LOOK_BACK):
                    newest = max(newest, page.newest or newest)
                    for found in page.filings:
                        seen.setdefault(found.accession, clock.now)
                        if found.accession not in read and fetched(edgar, found):
                            read[found.accession] = clock.now
                clock.sleep(max(0.0, (began + poll_interval(began) - clock.now).total_seconds()))
    assert set(seen) == set(read) == {arrival.accession for arrival in arrivals}
    asked = sum(asked.path.startswith("/Archives") for asked in standin.requests)
    print(
        f"filings {len(arrivals)}, feed pages {len(standin.requests) - asked}, requests for documents {asked}"
        f" ({asked / len(arrivals):.2f} a filing), at most {standin.peak_per_second} requests a second"
    )
    spread("EDGAR's own lag, accepted to shown", [a.seen_at - a.accepted_at for a in arrivals])
    spread("added by us, shown to discovered", [seen[a.accession] - a.seen_at for a in arrivals])
    spread("added by us, shown to document read", [read[a.accession] - a.seen_at for a in arrivals])


def fetched(edgar: Edgar, found: Filing) -> bool:
    """Whether the document is there; the next poll asks again."""
    try:
        edgar.document(found)
    except NotYet:
        return False
    return True


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
    print(f"feed page of 100 rows to filings: {time_a_page():.1f} ms")
    replay(read_arrivals(trace.read_bytes()) if trace else drawn_arrivals())


if __name__ == "__main__":
    main()
