"""Edgar: everything the worker asks of the SEC.

    with Edgar(Contact.parse("Jane Doe jane@example.com"), LocalBudget()) as edgar:
        for page in edgar.latest(back_to=an_hour_ago):
            ...

Every method raises Unreachable (try later; `answers.NotYet` where the thing is just not there), Blocked
(keep silent; the budget is paused already) or ConfigurationError (the SEC refuses our agent). None of them
ever returns "nothing" because of an error.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from types import TracebackType
from typing import Self

import msgspec

from worker.edgar.answers import NotYet
from worker.edgar.budget import Budget
from worker.edgar.contact import Contact
from worker.edgar.feed import FeedPage, read_feed
from worker.edgar.feed_guard import MOST_BYTES as FEED_BYTES
from worker.edgar.index import MasterIndex, read_master_index
from worker.edgar.search import SearchResult, read_search
from worker.edgar.sites import SEC, Sites
from worker.edgar.tickers import Tickers
from worker.edgar.wire import Wire
from worker.errors import Unreachable
from worker.filings.filing import Filing

#: The list shows 5,100 rows a query; beyond them it answers as in an outage, so we never ask beyond.
FEED_DEPTH = 5_100
FEED_ROWS = 100
#: EDGAR's page lengths. A page of one of them may have a next one, whatever length was asked for.
_PAGE_LENGTHS = frozenset({10, 20, 40, 80, 100})

_DOCUMENT_BYTES = 4_000_000  #: the schema's largest notice has 171 kB, attached documents come on top
_DAILY_BYTES = 8_000_000  #: a busy day's index has 1 MB
_QUARTER_BYTES = 128_000_000  #: a quarter's has 30 MB
_JSON_BYTES = 8_000_000

#: How many seconds a document or a page of the feed may take: with one read more, half of the lease of
#: whoever waits for it. What lists a day or a quarter may take longer, and whoever asks for it has longer.
DOCUMENT_SECONDS = 25.0
_LIST_SECONDS = 120.0

_LISTED = re.compile(rb'"name"\s*:\s*"master\.(\d{8})\.idx"')


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes as EDGAR gave them, and the address they came from."""

    url: str
    body: bytes


class Edgar:
    """The SEC's EDGAR, asked politely. Safe for several threads; a context manager."""

    def __init__(
        self,
        contact: Contact,
        budget: Budget,
        *,
        sites: Sites = SEC,
        feed_rows: int = FEED_ROWS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`feed_rows` is how many rows to ask for: one of EDGAR's page lengths, 10, 20, 40, 80 or 100."""
        self.sites = sites
        self._feed_rows = feed_rows
        self._wire = Wire(contact, budget, sites, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    @property
    def answered_at(self) -> datetime | None:
        """What time EDGAR's server said it was when it last answered; None where none has said."""
        return self._wire.answered_at

    def latest(self, back_to: datetime) -> Iterator[FeedPage]:
        """The latest Form 144s, page by page, newest acceptance first, each page asked for when it is
        wanted; the last one is that whose oldest row was accepted before `back_to`.

        It also ends where the list does. So where the last page's `oldest` is not before `back_to`, the
        feed does not reach back so far, and the indexes must close the gap. A filing may come on two
        pages, each time with one party or with both.

        Pages overlap by a tenth: the SEC's servers are seconds apart, and the next page may come from one
        that has not yet seen the newest rows, which would shift others past us.
        """
        start = 0
        while True:
            url = self.sites.latest(start=start, count=self._feed_rows)
            page = read_feed(self._wire.get(url, at_most=FEED_BYTES, within=DOCUMENT_SECONDS))
            yield page
            last = FEED_DEPTH - page.rows
            ended = page.rows not in _PAGE_LENGTHS or start >= last
            if ended or (page.oldest is not None and page.oldest < back_to):
                return
            start = min(start + page.rows - page.rows // 10, last)

    def document(self, filing: Filing) -> Document:
        """The raw `primary_doc.xml`. NotYet is usual for some seconds after the announcement."""
        return self._document(self.sites.document(filing))

    def submission(self, filing: Filing) -> Document:
        """The full submission: the SGML header, which names both parties, around the document."""
        return self._document(self.sites.submission(filing))

    def fetch(self, url: str) -> Document:
        """The document behind a URL that a person gives: raw, or its rendering or index page, of which
        the raw document is fetched. Raises ValueError where the URL is not on the SEC's hosts.
        """
        return self._document(self.sites.raw(url))

    def daily_index(self, day: date) -> tuple[Filing, ...]:
        """The Form 144s of a day's index. NotYet where there is no index of that day, yet or ever."""
        index = self._index(self.sites.daily_index(day), at_most=_DAILY_BYTES)
        if index.received < day:
            raise NotYet(f"the index of {day} ends with {index.received}")
        return tuple(filing for filings in index.filings.values() for filing in filings)

    def quarterly_index(self, day: date) -> MasterIndex:
        """The index of the quarter that holds the day: complete up to its `received`, which for the
        running quarter is the night before; for gaps that are longer than a few weeks.
        """
        return self._index(self.sites.quarterly_index(day), at_most=_QUARTER_BYTES)

    def indexed_days(self, day: date) -> frozenset[date]:
        """The days of that day's quarter for which a daily index lies there. A business day that is not
        among them while a later one is had none, as far as EDGAR has shown until now.
        """
        body = self._list(self.sites.daily_listing(day), at_most=_JSON_BYTES)
        days = frozenset(date.fromisoformat(written.decode()) for written in _LISTED.findall(body))
        if not days:
            raise NotYet(f"the listing of the quarter of {day} names no daily index")
        return days

    def search(self, day: date) -> SearchResult:
        """The Form 144s of a day that full-text search knows by now, from all of its pages."""
        found: dict[str, Filing] = {}
        hits = 0
        while True:
            page = read_search(self._list(self.sites.search(day, start=hits), at_most=_JSON_BYTES))
            found |= {filing.accession: filing for filing in page.filings}
            hits += page.hits
            if hits >= page.total:
                return SearchResult(filings=tuple(found.values()), total=page.total)
            if page.hits == 0:
                raise Unreachable(f"the search gave {hits} of {page.total} hits")

    def tickers(self) -> Tickers:
        """The SEC's ticker file."""
        return Tickers.parse(self._list(self.sites.tickers(), at_most=_JSON_BYTES))

    def _document(self, url: str) -> Document:
        body = self._wire.get(url, at_most=_DOCUMENT_BYTES, within=DOCUMENT_SECONDS)
        return Document(url=url, body=body)

    def _list(self, url: str, *, at_most: int) -> bytes:
        return self._wire.get(url, at_most=at_most, within=_LIST_SECONDS)

    def _index(self, url: str, *, at_most: int) -> MasterIndex:
        index = read_master_index(self._list(url, at_most=at_most))
        if index.rows == 0:
            raise Unreachable(f"{url} has a header and no rows")
        return index
