"""Digests: what gathered for a destination is told in one message, at the time its readers chose.

A digest is a claim over rows. It is owed, and its rows are marked as told in it, in one transaction; then it
is a delivery like any other. A time that was missed is made up for once, whenever that is seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from secrets import token_hex

import msgspec
import structlog

from worker import due
from worker.alerts.coverage import Coverage
from worker.alerts.digest import Digest, Entry
from worker.edgar.hours import is_business_day, opening
from worker.filings.filing import Filing, eastern_day
from worker.going_on import one_by_one
from worker.ledger.digests import Composed, LastDigest
from worker.ledger.ledger import Ledger
from worker.messages.digest_message import write_digest
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan, WhenEmpty, digest_schedule
from worker.watchlists.index import WatchlistIndex

log = structlog.get_logger()

#: How long an alert that nobody acknowledges is listed.
UNACKNOWLEDGED = timedelta(days=7)

#: How far back a day may lie whose index was not out yet when it was last spoken of.
LATE_INDEX = timedelta(days=14)

#: More days than this are counted together, but for the last ones.
MOST_DAYS = 10

#: Without a look at EDGAR for so long the reader is told.
BLIND_AFTER = timedelta(hours=1)

DAY = timedelta(days=1)

#: Where a digest goes and when, as its schedule writes itself.
Key = tuple[Destination, str]


@dataclass(frozen=True, kw_only=True)
class Digests:
    """Makes the digests that are due."""

    ledger: Ledger
    watchlists: Callable[[], WatchlistIndex]
    writer: Writer
    secret: bytes = field(repr=False)  # behind the delivery keys
    index_page: Callable[[Filing], str]  # the page a person opens
    clock: Callable[[], datetime]

    def tell(self, goes_on: Callable[[], bool]) -> int:
        """Owe every digest whose time has come; how many. A schedule seen for the first time begins now."""
        owner = token_hex(8)
        if not self.ledger.chores.claim("digest", self.clock(), due.DIGEST_LEASE, owner):
            return 0
        number = self._tell_all(goes_on)
        self.ledger.chores.done("digest", owner, due_at=self.clock() + due.DIGEST_EVERY)
        return number

    def _tell_all(self, goes_on: Callable[[], bool]) -> int:
        number = 0
        last = self.ledger.digests.last()
        for (to, schedule), plan in self.plans().items():
            if not goes_on():
                break
            look = partial(self._tell_if_due, to, schedule, plan, last.get((to, schedule)))
            number += sum(one_by_one(look))
        return number

    def _tell_if_due(
        self, to: Destination, schedule: str, plan: DigestPlan, before: LastDigest | None
    ) -> bool:
        slot = plan.schedule.last(self.clock())
        if before is None:
            self.ledger.digests.begin(to, schedule, slot, self.clock())
            return False
        return before.slot < slot and self._tell(to, plan, before, slot)

    def plans(self) -> Mapping[Key, DigestPlan]:
        """Every digest there is, each once: those the lists ask for, and those for which something waits
        although no list asks for them any more. Where lists differ, the one that says more counts.
        """
        found: dict[Key, DigestPlan] = {}
        for watchlist in self.watchlists().watchlists:
            for route in watchlist.routes:
                if route.digest is not None:
                    key = (route.destination, str(route.digest.schedule))
                    found[key] = _joined(found.get(key, route.digest), route.digest)
        for to, schedule in self.ledger.digests.waiting():
            found.setdefault((to, schedule), DigestPlan(schedule=digest_schedule(schedule)))
        return found

    def next_one(self, to: Destination, plan: DigestPlan) -> Digest:
        """What the next digest would say if it were due now; writes nothing."""
        before = self.ledger.digests.last().get((to, str(plan.schedule)))
        now = self.clock()
        since = before.until if before else plan.schedule.last(now)
        return self.about(to, plan, self.ledger.digest_contents.waiting(to, str(plan.schedule)), since, now)

    def about(
        self, to: Destination, plan: DigestPlan, entries: tuple[Entry, ...], since: datetime, until: datetime
    ) -> Digest:
        """The digest that holds those entries and speaks of that time."""
        contents = self.ledger.digest_contents
        days = tuple(self._days(since, until))
        polled = self.ledger.polls.last_complete()
        last_look = polled.ended_at if polled else None
        return Digest(
            schedule=str(plan.schedule),
            zone=plan.schedule.zone,
            since=since,
            until=until,
            entries=entries,
            unacknowledged=contents.unacknowledged(to, until - UNACKNOWLEDGED),
            unreadable=contents.unreadable(days, since, until, self.index_page),
            coverage=tuple(self._coverage(to, days)),
            is_blind=last_look is None or last_look < until - BLIND_AFTER,
            last_look=last_look,
        )

    def _tell(self, to: Destination, plan: DigestPlan, before: LastDigest, slot: datetime) -> bool:
        schedule, now = str(plan.schedule), self.clock()
        entries = self.ledger.digest_contents.waiting(to, schedule)
        made = Composed(
            destination=to,
            schedule=schedule,
            slot=slot,
            since=before.until,
            entries=tuple(entry.id for entry in entries),
            message=None,
            key=self._key(to, schedule, slot),
        )
        # Known before it is made: what it would say goes further back each day on which nothing is sent.
        is_never_sent = not entries and plan.when_empty is WhenEmpty.NEVER
        digest = None if is_never_sent else self.about(to, plan, entries, before.until, now)
        if digest is not None and is_worth_sending(digest, plan):
            written = write_digest(self.writer, digest, to, attach_csv=plan.attach_csv)
            if written.problem:
                log.error("template_failed", why=written.problem)
            made = msgspec.structs.replace(made, message=written.message, problem=written.problem)
        told = self.ledger.digests.tell(made, now)
        if told:
            log.info("digest", notifier=to.notifier, entries=len(entries), empty=made.message is None)
        return told and made.message is not None

    def _key(self, to: Destination, schedule: str, slot: datetime) -> str:
        said = "\0".join(("digest", str(to), schedule, slot.isoformat()))
        return hmac.new(self.secret, said.encode(), "sha256").hexdigest()

    def _coverage(self, to: Destination, days: Sequence[date]) -> Iterator[Coverage]:
        """Of those days and no other."""
        for first, last in self._spans(days[:-MOST_DAYS]):
            yield self.ledger.digest_contents.coverage(to, first, last)
        for day in days[-MOST_DAYS:]:
            yield self.ledger.digest_contents.coverage(to, day, day)

    def _spans(self, days: Sequence[date]) -> Iterator[tuple[date, date]]:
        """The days as few spans, first and last day, that hold no other business day. A day whose index is
        not out stands in none with a day whose index is.
        """
        if not days:
            return
        indexed = self.ledger.digest_contents.indexed(days[0])
        first = last = days[0]
        for day in days[1:]:
            if _are_neighbours(last, day) and (last in indexed) == (day in indexed):
                last = day
                continue
            yield first, last
            first = last = day
        yield first, last

    def _days(self, since: datetime, until: datetime) -> Iterator[date]:
        """Every business day that the time touches, or whose index was not out when it began."""
        begun, first, last = self.ledger.days.begun(), eastern_day(since), eastern_day(until)
        if begun is None:
            return
        day = max(begun, first - LATE_INDEX)
        indexed = self.ledger.digest_contents.indexed(day)
        while day <= last:
            open_then = day >= first or indexed.get(day, until) > since
            if open_then and is_business_day(day) and opening(day) <= until:
                yield day
            day += DAY


def is_worth_sending(digest: Digest, plan: DigestPlan) -> bool:
    """Whether it is sent: always where it holds anything, else as its readers asked."""
    if digest.entries or plan.when_empty is WhenEmpty.ALWAYS:
        return True
    worked = any(one.last >= eastern_day(digest.since) for one in digest.coverage)
    return plan.when_empty is WhenEmpty.BUSINESS_DAYS and (worked or digest.is_blind)


def _are_neighbours(one: date, other: date) -> bool:
    """Whether no business day lies between them."""
    return not any(is_business_day(one + number * DAY) for number in range(1, (other - one).days))


def _joined(one: DigestPlan, other: DigestPlan) -> DigestPlan:
    """Two lists' wishes for one message: the table where either wants it, and the more often when empty."""
    order = (WhenEmpty.NEVER, WhenEmpty.BUSINESS_DAYS, WhenEmpty.ALWAYS)
    return DigestPlan(
        schedule=one.schedule,
        when_empty=max(one.when_empty, other.when_empty, key=order.index),
        attach_csv=one.attach_csv or other.attach_csv,
    )


def upcoming(ledger: Ledger, now: datetime) -> Iterator[str]:
    """What is held for which digest, and when that comes, a sentence each."""
    for (to, schedule), number in sorted(ledger.digests.waiting().items()):
        at = digest_schedule(schedule).next(now)
        yield f"{number} held for {to}, {schedule}, next {at:%Y-%m-%d %H:%M} UTC"


def overdue(ledger: Ledger, now: datetime) -> Iterator[str]:
    """The digests that hold something, and whose time came and went without anybody making them."""
    last = ledger.digests.last()
    for to, schedule in sorted(ledger.digests.waiting()):
        made = last.get((to, schedule))
        if made is not None and made.slot < digest_schedule(schedule).last(now - due.DIGEST_TOO_OLD):
            yield f"the digest of {to}, {schedule}, is overdue and nobody makes it"
