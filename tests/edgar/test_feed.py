"""The feed page: every row read, whatever its neighbours are like, and nothing read from half a page."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_filing
from tests.edgar.conftest import NOON
from worker.edgar.feed import read_feed
from worker.filings.filing import Filing, Party, Role, eastern_day
from worker.standins.edgar.feed import feed_page, rows_of

ACCEPTED = "2026-03-02T12:00:00-05:00"


def entry(title: str, **changes: str) -> str:
    """One entry as EDGAR writes it, around the title and whatever else the test names."""
    part = {
        "form": "144",
        "id": "urn:tag:sec.gov,2008:accession-number=0001950047-26-000123",
        "link": "https://www.sec.gov/Archives/edgar/data/1999500/000195004726000123/0001950047-26-000123-index.htm",
        "updated": ACCEPTED,
    } | changes
    category = f'<category label="form type" term="{part["form"]}"/>' if part["form"] else ""
    return (
        f'<entry><title>{title}</title><link rel="alternate" href="{part["link"]}"/>'
        f"<updated>{part['updated']}</updated>{category}<id>{part['id']}</id></entry>"
    )


def page(*entries: str, encoding: str = "ISO-8859-1") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    return (text + "".join(entries) + "</feed>").encode(encoding)


def only(body: bytes) -> Filing:
    (filing,) = read_feed(body).filings
    return filing


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_rows_make_one_filing(order: tuple[int, int]) -> None:
    rows = (
        entry("144 - Example Industries Inc. (0001999500) (Subject)"),
        entry("144 - EXAMPLE JANE Q. (0001999001) (Reporting)"),
    )
    filing = only(page(*(rows[place] for place in order)))
    assert filing.party(Role.ISSUER) == Party(cik=1999500, name="Example Industries Inc.", role=Role.ISSUER)
    assert filing.party(Role.SELLER) == Party(cik=1999001, name="EXAMPLE JANE Q.", role=Role.SELLER)
    assert filing.accepted_at == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_a_lone_row_already_is_a_filing() -> None:
    assert len(only(page(entry("144 - EXAMPLE JANE Q. (0001999001) (Reporting)"))).parties) == 1


def test_rows_that_others_stand_between_still_make_one_filing() -> None:
    other = entry("144 - Another (0000000007) (Subject)", id="x:accession-number=0001950047-26-000999")
    body = page(
        entry("144 - Example Industries Inc. (0001999500) (Subject)"),
        other,
        entry("144 - EXAMPLE JANE Q. (0001999001) (Reporting)"),
    )
    assert [len(filing.parties) for filing in read_feed(body).filings] == [2, 1]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("144 - Grayscale Bittensor Trust (TAO) (0002029297) (Subject)", "Grayscale Bittensor Trust (TAO)"),
        ("144 - EquityZen - Series 2203 (0002029297) (Subject)", "EquityZen - Series 2203"),
        ("144/A - AT&amp;T INC. (0002029297) (Subject)", "AT&T INC."),
        ("144 - Family Trust IX DTD May 26, 2022 (0002029297) (Subject)", "Family Trust IX DTD May 26, 2022"),
        ("144 - X (0000000001) (Subject) Y (0002029297) (Subject)", "X (0000000001) (Subject) Y"),
        ("144 - Mu\u00f1oz (0002029297) (Subject)", "Mu\u00f1oz"),
        ("144 - &lt;!channel&gt; &lt;b&gt; (0002029297) (Subject)", "<!channel> <b>"),
    ],
)
def test_titles_are_read_from_the_right(title: str, name: str) -> None:
    assert only(page(entry(title))).parties == (Party(cik=2029297, name=name, role=Role.ISSUER),)


def test_a_utf_8_page_is_read_as_one() -> None:
    assert only(page(entry("144 - 奇富 (0000000001) (Subject)"), encoding="UTF-8")).parties[0].name == "奇富"


@pytest.mark.parametrize("form", ["4", "424B2", "144A", "1-A", "X144"])
def test_other_forms_are_counted_and_left_out(form: str) -> None:
    read = read_feed(page(entry(f"{form} - Example (0001999500) (Filer)", form=form)))
    assert (read.filings, read.rows, read.unread) == ((), 1, ())


def test_the_category_decides_and_not_the_title() -> None:
    assert read_feed(page(entry("144 - Example (0001999500) (Filer)", form="4"))).filings == ()
    assert only(page(entry("Example (0001999500)", form="144/A"))).is_amendment


def test_an_unusual_title_loses_neither_its_filing_nor_its_neighbours() -> None:
    other = entry("144 - Another (0000000007) (Subject)", id="x:accession-number=0001950047-26-000999")
    first, second = read_feed(page(entry("no cik in this title"), other)).filings
    assert first.parties == (Party(cik=1999500, name="no cik in this title"),)
    assert second.accession == "0001950047-26-000999"


def test_a_row_without_a_link_or_a_usual_title_is_a_filing_without_a_party() -> None:
    assert only(page(entry("?", link=""))).parties == ()


def test_the_link_stands_in_for_a_broken_id() -> None:
    assert (
        only(page(entry("144 - X (0000000001) (Subject)", id="broken"))).accession == "0001950047-26-000123"
    )


@pytest.mark.parametrize("changes", [{"id": "x", "link": "y"}, {"form": ""}])
def test_a_row_that_names_no_filing_is_reported(changes: dict[str, str]) -> None:
    read = read_feed(page(entry("something of EDGAR's", **changes)))
    assert (read.filings, read.unread) == ((), ("something of EDGAR's",))


@pytest.mark.parametrize("updated", ["", "yesterday", "2026-03-02T12:00:00", "2026-13-02T12:00:00-05:00"])
def test_a_time_that_cannot_be_trusted_is_none(updated: str) -> None:
    read = read_feed(page(entry("144 - X (0000000001) (Subject)", updated=updated)))
    assert (read.filings[0].accepted_at, read.newest, read.oldest) == (None, None, None)


def test_the_page_s_span_counts_rows_of_every_form() -> None:
    body = page(
        entry("4 - X (0000000001) (Issuer)", form="4", updated="2026-03-02T12:00:09-05:00"),
        entry("144 - X (0000000001) (Subject)"),
        entry("4 - X (0000000001) (Issuer)", form="4", updated="2026-07-02T12:00:00-04:00"),
    )
    read = read_feed(body)
    assert read.oldest == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert read.newest == datetime(2026, 7, 2, 16, 0, tzinfo=UTC)


def test_a_feed_without_rows_is_a_page_without_rows() -> None:
    assert (read_feed(page()).rows, read_feed(page()).filings) == (0, ())


ROW = entry("144 - Example Industries Inc. (0001999500) (Subject)")


def made_at(second: int, *entries: str) -> bytes:
    """The page as EDGAR makes it at that second."""
    at = f"12:00:{second:02}"
    return page(f"<title>Filings - {at}</title><updated>2026-03-02T{at}-05:00</updated>", *entries)


def test_a_page_that_was_only_made_later_is_not_parsed_again() -> None:
    assert read_feed(made_at(1, ROW)) is read_feed(made_at(11, ROW))


@pytest.mark.parametrize(
    "later",
    [
        entry("144 - Example Industries Inc. (0001999500) (Subject)", updated="2026-03-02T12:00:01-05:00"),
        entry("144 - EXAMPLE JANE Q. (0001999001) (Reporting)"),
        ROW.replace("26-000123", "26-000124"),
    ],
)
def test_a_page_whose_rows_changed_is_read_as_if_it_were_the_first(later: str) -> None:
    read_feed(made_at(1, ROW))
    assert read_feed(made_at(11, later)).filings == (only(page(later)),)
    assert only(page(later)) != only(page(ROW))


def looks_double_encoded(name: str) -> bool:
    """Whether feedparser will take the name for UTF-8 that somebody encoded twice, and mend it."""
    try:
        return name.encode("iso-8859-1").decode("utf-8") != name
    except UnicodeError:
        return False


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            lambda name, cik, role: Party(cik=cik, name=name, role=role),
            NAMES.filter(lambda name: "&" not in name and not looks_double_encoded(name)),
            st.integers(1, 9_999_999_999),
            st.sampled_from([Role.ISSUER, Role.SELLER, None]),
        ),
        min_size=1,
        max_size=2,
        unique=True,
    )
)
def test_whatever_the_parties_are_called_they_come_back(parties: list[Party]) -> None:
    filing = a_filing(parties=tuple(parties), accepted_at=NOON)
    rows = rows_of(filing, accepted_at=NOON, appears_at=[NOON] * len(parties))
    query = {"start": "0", "count": "100"}
    served = feed_page(rows, query, base_url="https://www.sec.gov", now=NOON).body
    assert only(served) == filing


def test_the_real_evening_s_192_filings_are_each_read_once(corpus: Path) -> None:
    pages = [read_feed(path.read_bytes()) for path in sorted((corpus / "feeds").glob("144_*.atom"))]
    assert [page.rows for page in pages] == [100, 100, 100, 100, 100, 28]
    roles: dict[str, set[Role | None]] = {}
    days: dict[str, date] = {}
    for filing in (filing for page in pages for filing in page.filings):
        roles.setdefault(filing.accession, set()).update(party.role for party in filing.parties)
        assert filing.accepted_at is not None
        days[filing.accession] = eastern_day(filing.accepted_at)
    assert Counter(days.values()) == {date(2025, 12, 12): 192, date(2025, 12, 11): 72}
    assert all(both == {Role.ISSUER, Role.SELLER} for both in roles.values())
    assert all(page.unread == () for page in pages)


def real_entries(corpus: Path, pattern: str) -> list[bytes]:
    """The entries of a recorded crawl as bytes, in order; its pages overlap, as live pages do."""
    pages = [path.read_bytes() for path in sorted((corpus / "feeds").glob(pattern))]
    return [found for body in pages for found in re.findall(rb"<entry>.*?</entry>", body, re.DOTALL)]


def accessions_of_144s(entries: list[bytes]) -> set[str]:
    """The same, by another way than the reader's."""
    return {
        found[1].decode()
        for found in (re.search(rb'term="144(?:/A)?"/>\s*<id>[^<]*=([\d-]+)</id>', part) for part in entries)
        if found
    }


@pytest.mark.parametrize("pages", [1, 2, 7, 40, 200])
def test_two_real_crawls_give_the_144s_between_them_in_any_split(corpus: Path, pages: int) -> None:
    head = b'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    known: dict[str, int] = {}
    for pattern in ("allforms_20251212T180234.*.atom", "allforms_20251212T180331.*.atom"):
        entries = real_entries(corpus, pattern)
        before = set(known)
        size = -(-len(entries) // pages)
        for start in range(0, len(entries), size):
            for filing in read_feed(head + b"".join(entries[start : start + size]) + b"</feed>").filings:
                known[filing.accession] = known.get(filing.accession, 0) + 1
        assert set(known) - before == accessions_of_144s(entries) - before
    assert known
