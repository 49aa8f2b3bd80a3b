"""EDGAR announces filings; each filing is read into a notice; watchlists match notices; matches raise
alerts; notifiers deliver them; the ledger remembers every step.

Each step claims what is due until nothing is left. It may be cut short at any statement: what it held is
due again when its lease ends. It commits, then rings; the sweep rings again for what was lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from threading import Event

import structlog

from worker import due
from worker.aftermath import Aftermath
from worker.anchors import Anchors
from worker.conversations import Conversations
from worker.digests import Digests
from worker.edgar.client import Edgar
from worker.errors import ConfigurationError, Unreachable
from worker.going_on import one_by_one
from worker.handover import Handover
from worker.intake import Intake
from worker.ledger.ledger import Ledger
from worker.reading import Reader
from worker.reconciliation import Reconciliation

log = structlog.get_logger()


class Step(StrEnum):
    """The doorbells."""

    POLL = "poll"
    RECONCILE = "reconcile"
    READ = "read"
    DELIVER = "deliver"
    FOLLOW_UP = "follow_up"
    DIGEST = "digest"
    SWEEP = "sweep"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The story, over the real parts. `clock` gives aware UTC; `ring` may be lost without harm."""

    ledger: Ledger
    edgar: Edgar
    reconciliation: Reconciliation
    reader: Reader
    handover: Handover
    aftermath: Aftermath
    conversations: Conversations
    digests: Digests
    clock: Callable[[], datetime]
    ring: Callable[[Step], None]
    poll_again: Callable[[datetime], timedelta]  # how long after a poll the next one is due
    anchors: Anchors | None = None  # sends the end of the record to whoever keeps it
    ping: Callable[[], None] = lambda: None  # hears of each good poll
    slots: int = 2  # how many doorbells of one kind a sweep rings
    drain: timedelta = due.DRAIN  # how long one doorbell goes on
    stopping: Event = field(default_factory=Event)

    def poll(self) -> None:
        """EDGAR announces filings."""
        now = self.clock()
        look = self.ledger.polls.begin(now, due.POLL_LEASE, token_hex(8), due.look_back)
        if look is None:
            return
        again, failure = self.poll_again(now), None
        try:
            for page in self.edgar.latest(look.back_to):
                new = self.ledger.filings.announce(page.filings, self.clock())
                newest = page.newest and min(page.newest, self.clock())
                look.saw(rows=page.rows, new=len(new), newest=newest, oldest=page.oldest)
                if page.unread:
                    log.error("rows_unread", rows=page.unread)
                if new:
                    self.ring(Step.READ)
        except Unreachable as error:
            log.warning("poll_failed", why=str(error))
            failure, again = str(error), error.retry_after or min(again, due.POLL_RETRY)
        except ConfigurationError as error:
            log.error("poll_refused", why=str(error))
            failure, again = str(error), due.AGENT_REFUSED
        self.ledger.polls.end(look, self.clock(), again=self.clock() + again, error=failure)
        if failure is None:
            self.ping()

    def reconcile(self) -> None:
        """EDGAR's search and indexes announce what its feed did not show."""
        owner = token_hex(8)
        if not self.ledger.chores.claim(Step.RECONCILE, self.clock(), due.RECONCILE_LEASE, owner):
            return
        done = self.reconciliation.work(self._turn(), lambda: self.ring(Step.READ))
        self.ledger.chores.done(Step.RECONCILE, owner, due_at=self.clock() + done.again, error=done.failure)

    def read(self) -> None:
        """Each filing is read into a notice; watchlists match notices; matches raise alerts."""
        intake = Intake(
            ledger=self.ledger,
            edgar=self.edgar,
            reader=self.reader,
            clock=self.clock,
            wait=self.stopping.wait,
        )
        awaited: list[str] = []  # what one of them waits for is read next, whatever its day
        for claim in self._drain(lambda now, me: self.ledger.filings.claim(now, due.READ_LEASE, me, awaited)):
            if intake.attempt(claim, awaited):
                self.ring(Step.DELIVER)

    def deliver(self) -> None:
        """Notifiers deliver the alerts."""
        one_by_one(self.conversations.gather)
        for delivery in self._drain(lambda now, me: self.ledger.deliveries.claim(now, due.DELIVER_LEASE, me)):
            self.handover.attempt(delivery, give_up_at=delivery.claimed_at + due.DELIVER_LEASE / 2)

    def follow_up(self) -> None:
        """What was not taken goes to the fallback, the operator hears of it, amended messages say so."""
        now, owner = self.clock(), token_hex(8)
        if not self.ledger.chores.claim(Step.FOLLOW_UP, now, due.FOLLOW_UP_LEASE, owner):
            return
        if any(one_by_one(self.aftermath.redirect, *([self.anchors.owe] if self.anchors else []))):
            self.ring(Step.DELIVER)
        one_by_one(
            lambda: self.ledger.drills.end_overdue(self.clock()),
            self.ledger.chain.seal,
            # Only now others are asked, who may not answer.
            self.aftermath.tell_operator,
            lambda: self.aftermath.read_acknowledgements(give_up_at=now + due.FOLLOW_UP_LEASE / 2),
            lambda: self.conversations.mark_amended(give_up_at=now + due.FOLLOW_UP_LEASE / 2),
        )
        self.ledger.chores.done(Step.FOLLOW_UP, owner, due_at=self.clock() + due.FOLLOW_UP)

    def digest(self) -> None:
        """What gathered for a digest is told in one message when its time has come."""
        self.digests.tell(self._turn())

    def sweep(self) -> None:
        """Ring for everything that is due, as often as there are hands for it."""
        now = self.clock()
        chores = (Step.POLL, Step.RECONCILE, Step.FOLLOW_UP, Step.DIGEST)
        waiting = {step: int(self.ledger.chores.is_due(step, now)) for step in chores}
        waiting[Step.READ] = self.ledger.filings.due(now, at_most=self.slots)
        waiting[Step.DELIVER] = self.ledger.deliveries.due(now)
        for step, number in waiting.items():
            for _ in range(min(number, self.slots)):
                self.ring(step)

    def stop(self) -> None:
        """Let running steps end after the piece of work in hand."""
        self.stopping.set()

    def _turn(self) -> Callable[[], bool]:
        """Whether this doorbell goes on: until others get their turn, or the process is to stop."""
        until = self.clock() + self.drain
        return lambda: self.clock() < until and not self.stopping.is_set()

    def _drain(self, claim: Callable[[datetime, str], due.Claim | None]) -> Iterator[due.Claim]:
        """What `claim` gives, until it gives nothing or this turn is over."""
        goes_on = self._turn()
        while goes_on() and (claimed := claim(self.clock(), token_hex(8))) is not None:
            structlog.contextvars.bind_contextvars(**claimed.named)
            yield claimed
            structlog.contextvars.unbind_contextvars(*claimed.named)
