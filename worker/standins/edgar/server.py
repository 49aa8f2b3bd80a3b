"""A local EDGAR that announces filings as the SEC's does, and misbehaves on demand.

    with EdgarStandin() as edgar:
        edgar.publish(filing, document)
        edgar.fail_next("/cgi-bin/browse-edgar", Fault.UNAVAILABLE)
        Edgar(contact, budget, sites=Sites.at(edgar.base_url), ...)

Everything it serves follows from the rows and documents it was given and from its clock: with the real
one it plays in real time, with `compressed_clock` it replays a day in minutes, and with a clock of the
test's own nothing happens until the test says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from threading import RLock
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from worker.filings.filing import Filing
from worker.standins.edgar import indexes
from worker.standins.edgar.answer import Answer, AnsweringServer, Asked
from worker.standins.edgar.doorkeeper import Doorkeeper
from worker.standins.edgar.faults import ABSENT, DENIED, Fault, spoil
from worker.standins.edgar.feed import Row, feed_page, filings_of, rows_of
from worker.standins.edgar.folders import accession_in, folder_file

NO_TIME = timedelta(0)
_EASTERN = ZoneInfo("America/New_York")
_SATURDAY = 5


def _real_time() -> datetime:
    return datetime.now(UTC)


class _Kept(msgspec.Struct, frozen=True):
    """A document and the moment from which it is served."""

    document: bytes
    served_from: datetime


class EdgarStandin:
    """The server, its filings and its faults. Use it as a context manager; every method is thread-safe.

    `per_second` is the SEC's limit, counted by `clock`; None switches it off, which a clock that stands
    still needs. `search_lag` is how long after the feed a filing is found by full-text search. With a small
    `rows_per_page` (10, 20, 40 or 80) a few filings already fill several pages of the feed.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _real_time,
        per_second: int | None = 10,
        block_for: timedelta = timedelta(minutes=10),
        search_lag: timedelta = timedelta(seconds=40),
        rows_per_page: int = 100,
    ) -> None:
        self.clock = clock
        self.requests: list[Asked] = []
        self._search_lag = search_lag
        self._rows_per_page = rows_per_page
        self._doorkeeper = Doorkeeper(per_second=per_second, block_for=block_for)
        self._lock = RLock()
        self._feed: dict[Row, None] = {}  # dictionaries for their order: ties are shown as they came
        self._indexed: dict[Row, None] = {}
        self._documents: dict[str, _Kept] = {}
        self._index_times: dict[date, datetime | None] = {}
        self._companies: list[tuple[str, int, str]] = []
        self._faults: list[tuple[str, deque[Fault]]] = []
        self._server = AnsweringServer(clock, self._answer)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def base_url(self) -> str:
        """Where it listens, without a slash at the end; it plays all of the SEC's hosts."""
        return self._server.url

    @property
    def peak_per_second(self) -> int:
        """The most requests that came within any one second of its clock."""
        return self._doorkeeper.peak

    def publish(
        self,
        filing: Filing,
        document: bytes | None = None,
        *,
        at: datetime | None = None,
        row_gap: timedelta = NO_TIME,
        document_lag: timedelta = NO_TIME,
        on_feed: bool = True,
    ) -> None:
        """Announce the filing at `at` (None: now), one row per party, `row_gap` apart, in the order of
        `filing.parties`; its document lies there `document_lag` after the first row (None: never).

        `filing.accepted_at` places it in the list (None: `at`), so that a late one goes in below newer
        ones. Publishing the same accession again adds rows. A filing that is not `on_feed` is known to
        search and index alone.
        """
        first = at or self.clock()
        accepted = filing.accepted_at or first
        moments = [first + row_gap * place for place in range(len(filing.parties))]
        self.add_rows(rows_of(filing, accepted_at=accepted, appears_at=moments), on_feed=on_feed)
        if document is not None:
            with self._lock:
                self._documents[filing.accession] = _Kept(document, first + document_lag)

    def add_rows(self, rows: Iterable[Row], *, on_feed: bool = True) -> None:
        """Add rows as they are (`recorded_rows` of a real page); one that is already there stays once."""
        with self._lock:
            for row in rows:
                self._indexed[row] = None
                if on_feed:
                    self._feed[row] = None

    def list_company(self, ticker: str, cik: int, title: str) -> None:
        """Add a line to company_tickers.json."""
        with self._lock:
            self._companies.append((ticker, cik, title))

    def set_index_time(self, day: date, at: datetime | None) -> None:
        """When the day's index appears, instead of 22:02 Eastern on a weekday; None: it never does."""
        with self._lock:
            self._index_times[day] = at

    def fail_next(self, path_prefix: str, fault: Fault, times: int = 1) -> None:
        """Spoil the next `times` answers to paths (with their query) that start so."""
        with self._lock:
            self._faults.append((path_prefix, deque([fault] * times)))

    def _answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.requests.append(asked)
            fault = self._doorkeeper.refusal(asked) or self._due_fault(asked)
            answer = self._honest_answer(asked)
        return spoil(answer, fault) if fault else answer

    def _due_fault(self, asked: Asked) -> Fault | None:
        for prefix, faults in self._faults:
            if faults and asked.target.startswith(prefix):
                return faults.popleft()
        return None

    def _honest_answer(self, asked: Asked) -> Answer:
        path = asked.path
        query = dict(parse_qsl(urlsplit(asked.target).query))
        if path == "/cgi-bin/browse-edgar":
            return feed_page(
                self._feed, query, base_url=self.base_url, now=asked.at, most=self._rows_per_page
            )
        if path == "/LATEST/search-index":
            return indexes.search_page(self._indexed, query, now=asked.at, lag=self._search_lag)
        if path == "/files/company_tickers.json":
            return indexes.tickers_file(self._companies)
        if path.startswith(("/Archives/edgar/daily-index/", "/Archives/edgar/full-index/")):
            return self._index(path, asked.at)
        return self._archived(path, asked.at)

    def _archived(self, path: str, now: datetime) -> Answer:
        found = accession_in(path)
        kept = self._documents.get(found[0]) if found else None
        if found is None or kept is None or now < kept.served_from:
            return ABSENT
        accession, cik, file = found
        filing = filings_of(row for row in self._indexed if row.accession == accession)[0]
        return folder_file(filing, kept.document, cik, file)

    def _index(self, path: str, now: datetime) -> Answer:
        kind, year, quarter, file = path.removeprefix("/Archives/edgar/").split("/")
        first = date(int(year), int(quarter[3]) * 3 - 2, 1)
        days = self._indexed_days(first, now)
        if file == "index.json":
            return indexes.listing(days)
        if kind == "full-index" and file == "master.idx" and days:
            return indexes.master_index(self._indexed, days, daily=False)
        wanted = [day for day in days if file == f"master.{day:%Y%m%d}.idx"]
        return indexes.master_index(self._indexed, wanted, daily=True) if wanted else DENIED

    def _indexed_days(self, first: date, now: datetime) -> dict[date, datetime]:
        """The days of the quarter whose index lies there by now."""
        days = {}
        day = first
        while (day.year, (day.month - 1) // 3) == (first.year, (first.month - 1) // 3):
            usual = datetime.combine(day, time(22, 2), tzinfo=_EASTERN)
            at = self._index_times.get(day, usual if day.weekday() < _SATURDAY else None)
            if at is not None and at <= now:
                days[day] = at
            day += timedelta(days=1)
        return days
