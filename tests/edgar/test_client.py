"""Documents, indexes, search and tickers, asked of the local EDGAR."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.builders import a_filing
from tests.edgar.conftest import DAY, NIGHT, NOON, SteppedClock, numbered
from worker.edgar.answers import NotYet
from worker.edgar.client import Edgar
from worker.errors import Unreachable
from worker.filings.filing import FoundBy
from worker.standins.edgar.answer import Answer, Asked
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.server import EdgarStandin


def test_documents_come_raw_with_their_address(standin: EdgarStandin, edgar: Edgar) -> None:
    filing = a_filing()
    standin.publish(filing, b"<edgarSubmission/>")
    document = edgar.document(filing)
    assert document.body == b"<edgarSubmission/>"
    assert edgar.fetch(edgar.sites.index_page(filing)) == document
    assert edgar.fetch(document.url.replace("primary", "xsl144X01/primary")) == document
    assert b"REPORTING-OWNER" in edgar.submission(filing).body
    assert all("xsl" not in asked.path for asked in standin.requests)


def test_a_document_that_lags_is_not_there_yet(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    standin.publish(a_filing(), b"<edgarSubmission/>", document_lag=timedelta(seconds=15))
    with pytest.raises(NotYet):
        edgar.document(a_filing())
    clock.sleep(15)
    assert edgar.document(a_filing()).body


def test_bytes_that_are_no_xml_are_the_reader_s_matter(standin: EdgarStandin, edgar: Edgar) -> None:
    standin.publish(a_filing(), b"\x00 not xml & never will be")
    assert edgar.document(a_filing()).body == b"\x00 not xml & never will be"


def test_the_daily_index_gives_what_the_feed_never_showed(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    standin.publish(numbered(1), on_feed=False)
    standin.publish(numbered(2, form_type="144/A"))
    (page,) = edgar.latest(NOON - timedelta(days=1))
    assert len(page.filings) == 1
    with pytest.raises(NotYet):
        edgar.daily_index(DAY)
    clock.now = NIGHT
    filings = edgar.daily_index(DAY)
    assert {filing.accession for filing in filings} == {numbered(1).accession, numbered(2).accession}
    assert all(filing.found_by is FoundBy.INDEX and len(filing.parties) == 2 for filing in filings)


def test_a_day_without_144s_differs_from_a_day_without_an_index(edgar: Edgar, clock: SteppedClock) -> None:
    clock.now = NIGHT
    assert edgar.daily_index(DAY) == ()
    with pytest.raises(NotYet):
        edgar.daily_index(date(2026, 3, 1))


def test_an_index_that_ends_before_its_day_is_not_there_yet(
    scripted: Callable[[Callable[[Asked], Answer]], Edgar],
) -> None:
    text = b"Last Data Received:    Feb 27, 2026\nCIK|Company Name|Form Type|Date Filed|File Name\n---\n%s"
    with pytest.raises(NotYet, match="2026-02-27"):
        scripted(
            lambda _: Answer(body=text % b"7|A|4|20260302|edgar/data/7/0000000007-26-000001.txt\n")
        ).daily_index(DAY)
    with pytest.raises(Unreachable, match="no rows"):
        scripted(lambda _: Answer(body=text % b"")).daily_index(DAY)


def test_a_long_gap_is_closed_from_the_quarterly_index(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    standin.publish(numbered(1))
    standin.publish(numbered(2, accepted_at=NOON - timedelta(days=20)))
    clock.now = NIGHT
    index = edgar.quarterly_index(DAY)
    assert {day: len(filings) for day, filings in index.filings.items()} == {date(2026, 2, 10): 1, DAY: 1}
    assert index.received == DAY


def test_the_listing_tells_which_days_have_an_index(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    standin.set_index_time(date(2026, 2, 25), None)
    standin.set_index_time(date(2026, 2, 26), NIGHT + timedelta(hours=37))
    clock.now = NIGHT
    listed = edgar.indexed_days(DAY)
    assert {day for day in listed if day >= date(2026, 2, 24)} == {date(2026, 2, 24), date(2026, 2, 27), DAY}
    clock.sleep(38 * 3600)
    assert date(2026, 2, 26) in edgar.indexed_days(DAY)
    with pytest.raises(NotYet):
        edgar.indexed_days(date(2026, 6, 1))


def test_search_reads_all_pages_of_the_day(standin: EdgarStandin, edgar: Edgar, clock: SteppedClock) -> None:
    for number in range(230):
        standin.publish(numbered(number), on_feed=False)
    clock.sleep(60)
    result = edgar.search(DAY)
    assert (len(result.filings), result.total) == (230, 230)
    assert len(standin.requests) == 3


def test_an_empty_search_says_that_it_is_empty(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    for number in range(130):
        standin.publish(numbered(number))
    clock.sleep(60)
    standin.fail_next("/LATEST", Fault.NO_HITS)
    assert edgar.search(DAY).total == 0


def test_a_search_that_gives_fewer_hits_than_it_claims_is_an_error(
    scripted: Callable[[Callable[[Asked], Answer]], Edgar],
) -> None:
    empty = b'{"hits":{"total":{"value":130,"relation":"eq"},"hits":[]}}'
    with pytest.raises(Unreachable, match="0 of 130"):
        scripted(lambda _: Answer(body=empty)).search(DAY)


def test_tickers_come_from_the_sec_s_file(standin: EdgarStandin, edgar: Edgar) -> None:
    standin.list_company("QFIN", 1741530, "Qfin Holdings, Inc.")
    company = edgar.tickers().find("qfin")
    assert company is not None
    assert company.cik == 1741530


def test_a_filing_found_by_the_index_leads_to_the_same_document(
    standin: EdgarStandin, edgar: Edgar, clock: SteppedClock
) -> None:
    standin.publish(numbered(1), b"<edgarSubmission/>")
    clock.now = NIGHT
    (filing,) = edgar.daily_index(DAY)
    assert edgar.document(filing).body == edgar.document(numbered(1)).body
