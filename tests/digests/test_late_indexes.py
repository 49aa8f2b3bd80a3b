"""However late indexes come: each day is told once with its index, and whatever nobody could read is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.builders import a_filing
from tests.ledger.readings import a_reading
from tests.world import Clock
from worker.alerts.coverage import IndexState
from worker.alerts.digest import Digest
from worker.digests import MOST_DAYS, Digests
from worker.edgar.hours import EASTERN, is_business_day, opening
from worker.filings.filing import eastern_day
from worker.ledger.ledger import Ledger
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan, digest_schedule
from worker.watchlists.index import WatchlistIndex

#: A Monday; the clocks change in its second week, and Veterans Day is in its fourth.
FIRST = date(2026, 10, 19)
DAYS = [FIRST + timedelta(days=number) for number in range(60)]
WORKED = [day for day in DAYS if is_business_day(day)]
TO = Destination("email", "jane@example.com")
PLAN = DigestPlan(schedule=digest_schedule("daily 07:30 America/New_York"))
LEASE = timedelta(minutes=2)
HOUR = timedelta(hours=1)


def at(day: date, hour: int, minute: int) -> datetime:
    """An instant by Washington's clocks."""
    return datetime.combine(day, time(hour, minute), tzinfo=EASTERN).astimezone(UTC)


@dataclass
class Months:
    """Two months of EDGAR: an index for each business day, and notices that nobody could read."""

    ledger: Ledger
    clock: Clock = field(default_factory=lambda: Clock(at(FIRST, 0, 0)))
    since: datetime = field(default_factory=lambda: at(FIRST, 0, 0))
    told: list[Digest] = field(default_factory=list)

    def settle(self, day: date) -> None:
        self.ledger.days.settle(day, [], self.clock())

    def give_up(self, accession: str, day: date) -> None:
        now = self.clock()
        self.ledger.filings.announce([a_filing(accession=accession, accepted_at=at(day, 10, 0))], now)
        claim = self.ledger.filings.claim(now, LEASE, accession)
        assert claim is not None
        assert self.ledger.readings.record(claim, a_reading(unreadable_because="it never came"), now)

    def tell(self) -> None:
        digests = Digests(
            ledger=self.ledger,
            watchlists=lambda: WatchlistIndex(()),
            writer=Writer([shipped()]),
            secret=b"secret",
            index_page=lambda _filing: "https://www.sec.gov/",
            clock=self.clock,
        )
        self.told.append(digests.about(TO, PLAN, (), self.since, self.clock()))
        self.since = self.clock()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose indexes begin on FIRST."""
    file = tmp_path_factory.mktemp("empty") / "ledger.sqlite"
    opened = Ledger.open(f"sqlite:///{file}", migrate=True)
    opened.days.begin(FIRST)
    opened.close()
    return file


def days_of(digest: Digest) -> Iterator[tuple[date, IndexState]]:
    """Every business day that its coverage lines speak of."""
    for line in digest.coverage:
        for number in range((line.last - line.first).days + 1):
            day = line.first + timedelta(days=number)
            if is_business_day(day):
                yield day, line.index


#: On which days and hours there is a digest; how many hours late a day's index is; which day's notices were
#: given up, how many hours after they were filed.
TIMES = st.sets(st.tuples(st.integers(0, 40), st.integers(7, 20)), min_size=1, max_size=8)
LATE = st.dictionaries(st.integers(0, 28), st.integers(1, 12 * 24), max_size=5)
UNREADABLE = st.lists(st.tuples(st.integers(0, 28), st.integers(0, 72)), max_size=6)
DAILY = {(number, 7) for number in range(1, 21)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=TIMES, late=LATE, unreadable=UNREADABLE)
@example(times=DAILY, late={0: 11 * 24}, unreadable=[(1, 0), (3, 0), (4, 26)])
@example(times={(10, 7), (38, 7)}, late={0: 11 * 24}, unreadable=[(0, 0), (2, 0), (3, 0), (5, 0)])
@example(times={(30, 7), (38, 7)}, late={4: 10 * 24}, unreadable=[])
def test_each_day_is_told_once_with_its_index_and_until_then_that_it_is_not_out(
    empty: Path,
    tmp_path: Path,
    times: set[tuple[int, int]],
    late: dict[int, int],
    unreadable: list[tuple[int, int]],
) -> None:
    """And a notice that nobody could read with its day, and once after it was given up, in no other."""
    file = tmp_path / "ledger.sqlite"
    shutil.copy(empty, file)
    ledger = Ledger.open(f"sqlite:///{file}", migrate=False)
    try:
        months = Months(ledger)
        # Digests come on the full hour, notices are given up at a quarter past, indexes come at half past.
        ends = [at(DAYS[day], hour, 0) for day, hour in sorted(times)] + [at(DAYS[-1], 20, 0)]
        out = {day: at(day, 22, 30) + HOUR * late.get(number, 0) for number, day in enumerate(WORKED)}
        notices = {
            f"0001950047-26-{number:06}": (WORKED[day], at(WORKED[day], 10, 15) + HOUR * hours)
            for number, (day, hours) in enumerate(unreadable)
        }
        happens: list[tuple[datetime, Callable[[], None]]] = [(end, months.tell) for end in ends]
        happens += [(when, partial(months.settle, day)) for day, when in out.items()]
        happens += [(when, partial(months.give_up, name, day)) for name, (day, when) in notices.items()]
        for when, what in sorted(happens, key=itemgetter(0)):
            months.clock.now = when
            what()
        assert_told(months.told, out, notices)
    finally:
        ledger.close()


def assert_told(
    told: list[Digest], out: dict[date, datetime], notices: dict[str, tuple[date, datetime]]
) -> None:
    days = [dict(days_of(digest)) for digest in told]
    for digest, found in zip(told, days, strict=True):
        assert len(list(days_of(digest))) == len(found), "a day twice in one digest"
        known = [day for day, when in notices.values() if day in found and when <= digest.until]
        assert sum(line.unreadable for line in digest.coverage) == len(known)
    for day, when in out.items():
        after = [number for number, digest in enumerate(told) if digest.until >= when][:1]
        before = [n for n, digest in enumerate(told) if opening(day) <= digest.until < when]
        assert [number for number, found in enumerate(days) if found.get(day) is IndexState.PARSED] == after
        assert [n for n, found in enumerate(days) if found.get(day) is IndexState.NOT_YET] == before
    for accession, (day, when) in notices.items():
        since = next(number for number, digest in enumerate(told) if digest.until >= when)
        expected = {since} | {number for number in range(since, len(told)) if day in days[number]}
        listed = [
            number
            for number, digest in enumerate(told)
            for notice in digest.unreadable
            if notice.filing.accession == accession
        ]
        assert listed == sorted(expected)


def test_a_long_time_is_told_in_few_lines(empty: Path, tmp_path: Path) -> None:
    """Two spans, with a day between whose index is not out, and the last days one by one."""
    file = tmp_path / "ledger.sqlite"
    shutil.copy(empty, file)
    ledger = Ledger.open(f"sqlite:///{file}", migrate=False)
    try:
        months = Months(ledger)
        for day in WORKED[:30]:
            months.clock.now = at(day, 22, 30)
            if day != WORKED[4]:
                months.settle(day)
        months.tell()
    finally:
        ledger.close()
    (digest,) = months.told
    lines = [(line.first, line.last, line.index) for line in digest.coverage]
    parsed = IndexState.PARSED
    assert lines[:3] == [
        (WORKED[0], WORKED[3], parsed),
        (WORKED[4], WORKED[4], IndexState.NOT_YET),
        (WORKED[5], WORKED[19], parsed),
    ]
    assert lines[3:] == [(day, day, parsed) for day in WORKED[20:30]]
    assert len(lines[3:]) == MOST_DAYS
    assert eastern_day(digest.until) == WORKED[29]
