"""The latest filings, page by page: as far back as wanted, and nothing lost between two pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import a_filing
from tests.edgar.conftest import CONTACT, NOON, SteppedClock, numbered
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.sites import Sites
from worker.errors import Unreachable
from worker.standins.edgar.answer import Answer, Asked
from worker.standins.edgar.arrivals import read_arrivals
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.feed import feed_page, recorded_rows, rows_of
from worker.standins.edgar.server import EdgarStandin


def drain(edgar: Edgar, back_to: datetime) -> list[str]:
    return [filing.accession for page in edgar.latest(back_to) for filing in page.filings]


def test_pages_are_asked_for_only_as_far_back_as_wanted(standin: EdgarStandin, edgar: Edgar) -> None:
    for number in range(300):
        standin.publish(numbered(number))
    pages = list(edgar.latest(NOON - timedelta(seconds=60)))
    assert [page.rows for page in pages] == [100, 100]
    assert pages[0].newest == NOON
    assert {filing.accession for page in pages for filing in page.filings} >= {
        numbered(number).accession for number in range(61)
    }


def test_the_list_is_read_to_its_end_where_nothing_older_is_known(
    standin: EdgarStandin, edgar: Edgar
) -> None:
    for number in range(120):
        standin.publish(numbered(number))
    assert set(drain(edgar, NOON - timedelta(days=9))) == {numbered(n).accession for n in range(120)}
    assert [asked.target.split("start=")[1].split("&")[0] for asked in standin.requests] == ["0", "90", "180"]


def test_the_list_is_never_asked_beyond_its_depth(clock: SteppedClock) -> None:
    with EdgarStandin(clock=clock, per_second=None) as standin:
        budget = LocalBudget(per_second=10, monotonic=clock.monotonic)
        with Edgar(CONTACT, budget, sites=Sites.at(standin.base_url), sleep=clock.sleep) as edgar:
            for number in range(2_700):
                standin.publish(numbered(number))
            found = set(drain(edgar, NOON - timedelta(days=9)))
            assert found == {numbered(number).accession for number in range(2_550)}
            assert "start=5000" in standin.requests[-1].target
            assert len(standin.requests) == 57


def test_an_outage_while_paging_is_an_error_after_the_pages_that_came(
    standin: EdgarStandin, edgar: Edgar
) -> None:
    for number in range(120):
        standin.publish(numbered(number))
    standin.fail_next(
        "/cgi-bin/browse-edgar?action=getcurrent&type=144&company=&dateb=&owner=include&start=90",
        Fault.UNAVAILABLE,
    )
    pages = edgar.latest(NOON - timedelta(days=9))
    assert next(pages).rows == 100
    with pytest.raises(Unreachable):
        next(pages)


def test_a_filing_whose_rows_lie_on_two_pages_comes_with_one_party_on_each(
    clock: SteppedClock, budget: LocalBudget
) -> None:
    """The pages are shorter than was asked for, too: EDGAR decides, and nothing below them is lost."""
    late = numbered(0)
    with (
        EdgarStandin(clock=clock, rows_per_page=10) as standin,
        Edgar(CONTACT, budget, sites=Sites.at(standin.base_url), sleep=clock.sleep) as edgar,
    ):
        standin.publish(late, row_gap=timedelta(hours=1))  # one row only: everything below shifts by one
        for number in range(1, 20):
            standin.publish(numbered(number))
        pages = list(edgar.latest(NOON - timedelta(days=1)))
    halves = [filing for page in pages for filing in page.filings if len(filing.parties) == 1]
    assert {filing.accession for filing in halves} > {late.accession}
    assert {f.accession for page in pages for f in page.filings} == {numbered(n).accession for n in range(20)}


def test_a_server_that_lags_behind_its_neighbour_hides_nothing(
    scripted: Callable[[Callable[[Asked], Answer]], Edgar],
) -> None:
    """The first page comes with the newest filings, the second from a server that lacks four rows."""
    filings = [numbered(number) for number in range(100)]
    rows = [
        row for f in filings for row in rows_of(f, accepted_at=f.accepted_at or NOON, appears_at=[NOON] * 2)
    ]

    def answer(asked: Asked) -> Answer:
        start = asked.target.split("start=")[1].split("&")[0]
        shown = rows if start == "0" else rows[4:]
        return feed_page(shown, {"start": start, "count": "100"}, base_url="", now=NOON)

    edgar = scripted(answer)
    assert set(drain(edgar, NOON - timedelta(days=9))) == {filing.accession for filing in filings}


def test_the_recorded_evening_is_discovered_once_and_whole(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock, corpus: Path
) -> None:
    recorded = [recorded_rows(path.read_bytes()) for path in sorted((corpus / "feeds").glob("144_*.atom"))]
    for rows in recorded:
        standin.add_rows(rows)
    clock.now = datetime(2025, 12, 13, tzinfo=UTC)
    parties: dict[str, set[int]] = {}
    for page in edgar.latest(clock.now - timedelta(days=3)):
        for filing in page.filings:
            parties.setdefault(filing.accession, set()).update(party.cik for party in filing.parties)
    expected: dict[str, set[int]] = {}
    for row in (row for rows in recorded for row in rows):
        expected.setdefault(row.accession, set()).add(row.cik)
    assert parties == expected
    assert len(parties) == 264


def test_a_real_day_s_arrivals_are_all_discovered_though_they_come_out_of_order(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock, corpus: Path
) -> None:
    arrivals = read_arrivals((corpus / "arrivals" / "etag_results.csv").read_bytes())
    for arrival in arrivals:
        filing = a_filing(accession=arrival.accession, accepted_at=arrival.accepted_at)
        standin.publish(filing, at=arrival.seen_at, row_gap=timedelta(seconds=1))
    clock.now = min(arrival.seen_at for arrival in arrivals) - timedelta(minutes=1)
    seen: dict[str, datetime] = {}
    newest = clock.now
    while clock.now < max(arrival.seen_at for arrival in arrivals) + timedelta(minutes=5):
        for page in edgar.latest(newest - timedelta(minutes=10)):
            newest = max(newest, page.newest or newest)
            for filing in page.filings:
                seen.setdefault(filing.accession, clock.now)
        clock.sleep(240)
    late = [seen[arrival.accession] - arrival.seen_at for arrival in arrivals]
    assert max(late) < timedelta(seconds=242)
