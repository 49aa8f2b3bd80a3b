"""Reconciliation: what the feed did not show, EDGAR's search finds the same day and its indexes that night,
or whenever they come. No business day is passed over until its index was parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import msgspec
import structlog

from worker import due
from worker.edgar.answers import NotYet
from worker.edgar.client import Edgar
from worker.edgar.hours import index_days, index_due, is_open
from worker.errors import Blocked, ConfigurationError, Unreachable
from worker.filings.filing import Filing, FoundBy, eastern_day
from worker.ledger.ledger import Ledger

log = structlog.get_logger()

#: A quarter of which more days are to be read (three weeks) is read from its one index instead of theirs.
MOST_DAILY = 15

#: After so long without an index, where a later day has one, EDGAR had a day off that no calendar knew of
#: (by executive order, say). One real index came 37 hours late.
NO_INDEX_AFTER = timedelta(days=4)

DAY = timedelta(days=1)

#: One request's worth of work: the accessions that were new by it.
Piece = Sequence[str]


def unread_days(ledger: Ledger, now: datetime) -> tuple[date, ...]:
    """The business days whose index is due and was not parsed yet, oldest first. They begin with the day
    that the ledger's first poll looked back to.
    """
    begins = ledger.days.begun()
    if begins is None:
        return ()
    settled = ledger.days.settled(begins)
    return tuple(day for day in index_days(begins - DAY, now) if day not in settled)


def index_cursor(ledger: Ledger, now: datetime) -> date | None:
    """The last day up to which every business day's index was parsed, or is known not to exist; None where
    that is true of none yet.
    """
    begins, unread = ledger.days.begun(), unread_days(ledger, now)
    if begins is None:
        return None
    parsed = [day for day in index_days(begins - DAY, now) if not unread or day < unread[0]]
    return parsed[-1] if parsed else None


@dataclass(frozen=True, kw_only=True)
class Indexes:
    """Parses EDGAR's indexes into the ledger.

    Filings found `for_a_person` were never late; what `quiet` ones raise is told to nobody.
    """

    ledger: Ledger
    edgar: Edgar
    clock: Callable[[], datetime]
    for_a_person: bool = False
    quiet: bool = False

    def parse(self, days: Iterable[date]) -> Iterator[Piece]:
        """Parse the indexes of those business days, newest first. An index that is not there yet waits for
        another time; Unreachable, for whatever else could not be had, comes when all others are done.
        """
        return _all_of(self.jobs(days), [])

    def jobs(self, days: Iterable[date]) -> Iterator[Iterator[Piece]]:
        """What there is to do for those days, in pieces that fail each for itself."""
        for _, group in groupby(sorted(days, reverse=True), key=_quarter):
            those = list(group)
            if len(those) > MOST_DAILY:
                yield self._quarterly(those)
            else:
                yield from map(self._daily, those)

    def _daily(self, day: date) -> Iterator[Piece]:
        try:
            listed = self.edgar.daily_index(day)
        except NotYet:
            if not self._was_off(day):
                log.info("index_not_there", day=str(day))
                yield ()
                return
            listed = self.edgar.quarterly_index(day).filings.get(day, ())
            yield self._settle(day, listed, exists=bool(listed))
        else:
            yield self._settle(day, listed)

    def _quarterly(self, days: Sequence[date]) -> Iterator[Piece]:
        index = self.edgar.quarterly_index(days[0])
        for day in days:
            if day <= index.received:
                yield self._settle(day, index.filings.get(day, ()))
            else:
                yield from self._daily(day)

    def _was_off(self, day: date) -> bool:
        """Whether EDGAR made no index of that day, as far as it has shown until now."""
        now = self.clock()
        if now < index_due(day) + NO_INDEX_AFTER:
            return False
        around = {_quarter(one): one for one in (day, day + NO_INDEX_AFTER)}
        listed = frozenset[date]().union(*(self.edgar.indexed_days(one) for one in around.values()))
        return day not in listed and max(listed) > day

    def _settle(self, day: date, listed: Sequence[Filing], *, exists: bool = True) -> Piece:
        if self.for_a_person:
            listed = [msgspec.structs.replace(filing, found_by=FoundBy.PERSON) for filing in listed]
        new = self.ledger.days.settle(day, listed, self.clock(), exists=exists, quiet=self.quiet)
        if new and not self.for_a_person:
            log.warning("found_late", day=str(day), filings=len(new))
        return new


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a turn of reconciliation ended: when the next one is due, and what could not be had."""

    again: timedelta
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Asks EDGAR's search and its indexes for what the feed did not show."""

    ledger: Ledger
    edgar: Edgar
    clock: Callable[[], datetime]

    def work(self, goes_on: Callable[[], bool], announced: Callable[[], None]) -> Done:
        """Do what is due while `goes_on`, and call `announced` whenever there is something new to read."""
        failed: list[str] = []
        try:
            for new in self._pieces(failed):
                if new:
                    announced()
                if not goes_on():
                    return Done(again=timedelta(0), failure="; ".join(failed) or None)
        except Unreachable as error:
            return Done(again=error.retry_after or due.RECONCILE_EVERY, failure=str(error))
        except ConfigurationError as error:
            log.error("reconciliation_refused", why=str(error))
            return Done(again=due.AGENT_REFUSED, failure=str(error))
        return Done(again=due.RECONCILE_EVERY)

    def _pieces(self, failed: list[str]) -> Iterator[Piece]:
        """All that is due, newest day first, and after each piece of work the accessions that were new. It
        may be left after any piece: what could not be had until then is in `failed`. Raises as
        `Indexes.parse`; Blocked and ConfigurationError at once.
        """
        first = self.ledger.polls.first()
        if first is None:
            return  # no gap lies behind what was never begun
        self.ledger.days.begin(eastern_day(first.back_to))
        indexes = Indexes(ledger=self.ledger, edgar=self.edgar, clock=self.clock)
        unread = unread_days(self.ledger, self.clock())
        yield from _all_of([self._search(), *indexes.jobs(unread)], failed)

    def _search(self) -> Iterator[Piece]:
        """The search of today, in EDGAR's hours. That it finds nothing proves nothing."""
        now = self.clock()
        if is_open(now):
            yield self.ledger.filings.announce(self.edgar.search(eastern_day(now)).filings, now)


def _all_of(jobs: Iterable[Iterator[Piece]], failed: list[str]) -> Iterator[Piece]:
    """The pieces of every job. Where jobs fail, the others are done and Unreachable says why at the end;
    `failed` says it of those before.
    """
    for job in jobs:
        try:
            yield from job
        except Blocked:
            raise
        except Unreachable as error:
            log.warning("reconciliation_failed", why=str(error))
            failed.append(str(error))
    if failed:
        raise Unreachable("; ".join(failed))


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3
