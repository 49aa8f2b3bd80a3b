from __future__ import annotations

from datetime import date

import pytest

from tests.builders import a_filing
from worker.edgar.sites import SEC, Sites
from worker.filings.filing import Party, Role

FOLDER = "https://www.sec.gov/Archives/edgar/data/1999500/000195004726000123"


def test_a_filing_s_addresses_lie_in_its_issuer_s_folder() -> None:
    filing = a_filing()
    assert SEC.document(filing) == f"{FOLDER}/primary_doc.xml"
    assert SEC.submission(filing) == f"{FOLDER}/0001950047-26-000123.txt"
    assert SEC.index_page(filing) == f"{FOLDER}/0001950047-26-000123-index.htm"


def test_a_lone_row_is_enough_to_find_the_document() -> None:
    seller = Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER)
    assert "/data/1999001/" in SEC.document(a_filing(parties=(seller,)))
    assert "/data/1950047/" in SEC.document(a_filing(parties=()))


@pytest.mark.parametrize(
    "copied",
    [
        f"{FOLDER}/xsl144X01/primary_doc.xml",
        f"{FOLDER}/primary_doc.xml",
        f"{FOLDER}/0001950047-26-000123-index.htm",
        f"{FOLDER}/0001950047-26-000123-index.html",
    ],
)
def test_a_url_copied_from_a_browser_leads_to_the_raw_document(copied: str) -> None:
    assert SEC.raw(copied) == f"{FOLDER}/primary_doc.xml"


def test_a_full_submission_stays_what_it_is() -> None:
    assert SEC.raw(f"{FOLDER}/0001950047-26-000123.txt").endswith("0001950047-26-000123.txt")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://www.sec.gov/x", True),
        ("https://efts.sec.gov/LATEST", True),
        ("https://WWW.SEC.GOV/x", True),
        ("https://www.sec.gov:443/x", True),
        ("http://www.sec.gov/x", False),
        ("https://www.sec.gov:8443/x", False),
        ("https://sec.gov.example.com/x", False),
        ("https://www.sec.gov@example.com/x", False),
        ("https://user@www.sec.gov/x", False),
        ("https://www.sec.gov.:443/x", False),
        ("file:///etc/passwd", False),
        ("//www.sec.gov/x", False),
        ("https://www.sec.gov:99999/x", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_the_sec_s_hosts_are_asked_and_only_over_https(url: str, allowed: bool) -> None:
    assert SEC.holds(url) is allowed


@pytest.mark.parametrize("url", ["http://mirror.example.com", "ftp://127.0.0.1", "mirror.example.com"])
def test_another_edgar_must_be_https_or_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Sites.at(url)


def test_a_stand_in_plays_all_hosts() -> None:
    sites = Sites.at("http://127.0.0.1:8080/")
    assert sites.search(date(2026, 3, 2), start=100).startswith("http://127.0.0.1:8080/LATEST/search-index?")
    assert sites.on_this_machine
    assert not sites.holds("http://127.0.0.1:8081/")
    assert not SEC.on_this_machine


@pytest.mark.parametrize(
    ("day", "quarter"), [("2026-01-01", 1), ("2026-03-31", 1), ("2026-04-01", 2), ("2026-12-31", 4)]
)
def test_indexes_lie_in_their_quarter(day: str, quarter: int) -> None:
    assert f"/2026/QTR{quarter}/" in SEC.daily_index(date.fromisoformat(day))
