"""The local EDGAR behaves as the SEC's does, and fails as it does."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.standins.edgar.arrivals import compressed_clock, read_arrivals
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.feed import filings_of, recorded_rows
from worker.standins.edgar.server import EdgarStandin

AGENT = "Jane Doe jane@example.com"
NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
FEED = "/cgi-bin/browse-edgar?action=getcurrent&type=144&owner=include&start={start}&count=100&output=atom"
SEARCH = "/LATEST/search-index?q=&forms=144&dateRange=custom&startdt=2026-03-02&enddt=2026-03-02&from={start}"


class SteppedClock:
    """A clock that moves when the test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def step(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def edgar(clock: SteppedClock) -> Iterator[EdgarStandin]:
    with EdgarStandin(clock=clock, per_second=None) as edgar:
        yield edgar


@pytest.fixture
def browser(edgar: EdgarStandin) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=edgar.base_url, headers={"User-Agent": AGENT}) as client:
        yield client


def filing(number: int, **changes: object) -> Filing:
    values: dict[str, object] = {
        "accession": f"0001959173-26-{number:06d}",
        "form_type": "144",
        "parties": (
            Party(cik=1741530, name="360 DigiTech & Co", role=Role.ISSUER),
            Party(cik=1963043, name="Ruby Finance Holdings Ltd.", role=Role.SELLER),
        ),
        "found_by": FoundBy.FEED,
        "accepted_at": NOON - timedelta(seconds=30),
    }
    return Filing(**(values | changes))  # type: ignore[arg-type]


def test_a_filing_shows_its_rows_one_at_a_time(
    edgar: EdgarStandin, clock: SteppedClock, browser: httpx.Client
) -> None:
    edgar.publish(filing(1), at=NOON + timedelta(seconds=1), row_gap=timedelta(seconds=2))
    shown = []
    for _ in range(3):
        rows = recorded_rows(browser.get(FEED.format(start=0)).content)
        shown.append([row.label for row in rows])
        clock.step(seconds=2)
    assert shown == [[], ["Subject"], ["Subject", "Reporting"]]


def test_a_late_filing_goes_in_below_newer_ones(edgar: EdgarStandin, browser: httpx.Client) -> None:
    edgar.publish(filing(1))
    edgar.publish(filing(2, accepted_at=NOON - timedelta(seconds=90)))
    page = browser.get(FEED.format(start=0)).content
    assert [f.accession[-1] for f in filings_of(recorded_rows(page))] == ["1", "2"]


def test_the_list_ends_in_the_html_page_of_an_outage(edgar: EdgarStandin, browser: httpx.Client) -> None:
    for number in range(2600):
        edgar.publish(filing(number))
    assert len(recorded_rows(browser.get(FEED.format(start=5000)).content)) == 100
    beyond = browser.get(FEED.format(start=5100))
    assert (beyond.status_code, beyond.headers["Content-Type"][:9]) == (503, "text/html")


def test_a_document_may_lag_behind_its_announcement(
    edgar: EdgarStandin, clock: SteppedClock, browser: httpx.Client
) -> None:
    edgar.publish(filing(1), b"<raw/>", document_lag=timedelta(seconds=10))
    path = "/Archives/edgar/data/1741530/000195917326000001/primary_doc.xml"
    assert browser.get(path).status_code == 404
    clock.step(seconds=10)
    assert browser.get(path).content == b"<raw/>"
    assert browser.get(path.replace("1741530", "1963043")).content == b"<raw/>"
    assert browser.get(path.replace("1741530", "99")).status_code == 404
    assert "<html>" in browser.get(path.replace("primary", "xsl144X01/primary")).text
    text = browser.get("/Archives/edgar/data/1741530/0001959173-26-000001.txt").text
    assert "SUBJECT COMPANY" in text
    assert "<ACCEPTANCE-DATETIME>20260302115930" in text
    index = browser.get("/Archives/edgar/data/1741530/000195917326000001/0001959173-26-000001-index.htm")
    assert "360 DigiTech &amp; Co" in index.text


def test_the_index_of_a_day_appears_at_night(
    edgar: EdgarStandin, clock: SteppedClock, browser: httpx.Client
) -> None:
    edgar.publish(filing(1), on_feed=False)
    path = "/Archives/edgar/daily-index/2026/QTR1/master.20260302.idx"
    assert b"AccessDenied" in browser.get(path).content
    clock.now = datetime(2026, 3, 3, 3, 2, tzinfo=UTC)
    lines = browser.get(path).text.splitlines()
    assert "1741530|360 DigiTech & Co|144|20260302|edgar/data/1741530/0001959173-26-000001.txt" in lines
    edgar.set_index_time(date(2026, 3, 2), None)
    assert browser.get(path).status_code == 403
    names = browser.get(path.replace("master.20260302.idx", "index.json")).text
    assert "master.20260227.idx" in names
    assert "20260302" not in names
    full = browser.get("/Archives/edgar/full-index/2026/QTR1/master.idx")
    assert full.status_code == 200
    assert recorded_rows(browser.get(FEED.format(start=0)).content) == []


def test_search_finds_a_filing_later_than_the_feed_and_in_pages(
    edgar: EdgarStandin, clock: SteppedClock, browser: httpx.Client
) -> None:
    for number in range(103):
        edgar.publish(filing(number))
    assert browser.get(SEARCH.format(start=0)).json()["hits"]["total"]["value"] == 0
    clock.step(seconds=40)
    pages = [browser.get(SEARCH.format(start=start)).json()["hits"] for start in (0, 100)]
    assert [len(page["hits"]) for page in pages] == [100, 3]
    assert pages[0]["total"]["value"] == 103


def test_the_ticker_file_keeps_its_order(edgar: EdgarStandin, browser: httpx.Client) -> None:
    edgar.list_company("QFIN", 1741530, "Qfin Holdings, Inc.")
    assert json.loads(browser.get("/files/company_tickers.json").content) == {
        "0": {"cik_str": 1741530, "ticker": "QFIN", "title": "Qfin Holdings, Inc."}
    }


@pytest.mark.parametrize(
    "agent", ["", "python-httpx/0.28", "Jane Doe noreply@example.com", "Jane https://x.example j@x.example"]
)
def test_an_undeclared_agent_is_refused(edgar: EdgarStandin, agent: str) -> None:
    answer = httpx.get(edgar.base_url + FEED.format(start=0), headers={"User-Agent": agent})
    assert answer.status_code == 403
    assert "declare your" in answer.text


def test_the_eleventh_request_in_a_second_is_refused_and_asking_extends_the_block(
    clock: SteppedClock,
) -> None:
    with EdgarStandin(clock=clock) as edgar, httpx.Client(headers={"User-Agent": AGENT}) as browser:
        url = edgar.base_url + FEED.format(start=0)
        answers = [browser.get(url).status_code for _ in range(11)]
        clock.step(minutes=9)
        answers.append(browser.get(url).status_code)
        clock.step(minutes=9)
        answers.append(browser.get(url).status_code)
        clock.step(minutes=10)
        answers.append(browser.get(url).status_code)
        assert answers == [200] * 10 + [403] * 3 + [200]
        assert edgar.peak_per_second == 11
        assert len(edgar.requests) == 14


def test_a_fault_lasts_as_long_as_asked_and_only_where_asked(
    edgar: EdgarStandin, browser: httpx.Client
) -> None:
    edgar.fail_next("/cgi-bin", Fault.UNAVAILABLE, times=2)
    assert browser.get("/files/company_tickers.json").status_code == 200
    assert [browser.get(FEED.format(start=0)).status_code for _ in range(3)] == [503, 503, 200]


def test_broken_connections_look_broken_to_a_client(edgar: EdgarStandin, browser: httpx.Client) -> None:
    edgar.fail_next("/cgi-bin", Fault.RESET)
    edgar.fail_next("/cgi-bin", Fault.TRUNCATED)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            browser.get(FEED.format(start=0))
    assert browser.get(FEED.format(start=0)).status_code == 200


def test_an_unasked_gzip_body_is_labelled_and_compressed(edgar: EdgarStandin, browser: httpx.Client) -> None:
    edgar.fail_next("/Archives", Fault.GZIPPED)
    with browser.stream("GET", "/Archives/x", headers={"Accept-Encoding": "identity"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert b"AccessDenied" in gzip.decompress(raw)


def test_recorded_pages_are_served_again_row_for_row(
    edgar: EdgarStandin, clock: SteppedClock, browser: httpx.Client, corpus: Path
) -> None:
    pages = sorted((corpus / "feeds").glob("144_20251212*.atom"))
    recorded = [recorded_rows(page.read_bytes()) for page in pages]
    clock.now = datetime(2025, 12, 13, tzinfo=UTC)
    for rows in recorded:
        edgar.add_rows(rows)
    served = [recorded_rows(browser.get(FEED.format(start=start)).content) for start in range(0, 600, 100)]
    assert served == recorded


def test_a_trace_is_read_and_replayed_in_compressed_time(corpus: Path) -> None:
    arrivals = read_arrivals((corpus / "arrivals" / "etag_results.csv").read_bytes())
    assert len(arrivals) == 100
    overtaken = [
        a for a in arrivals for b in arrivals if b.accepted_at > a.accepted_at and b.seen_at < a.seen_at
    ]
    assert len({arrival.accession for arrival in overtaken}) == 55
    clock = compressed_clock(NOON, speed=1_000_000)
    assert clock() < clock()
