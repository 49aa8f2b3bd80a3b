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
from typing import TypeVar

import structlog

from worker import due
from worker.edgar.client import Edgar
from worker.errors import ConfigurationError, Unreachable
from worker.handover import Handover
from worker.ledger.ledger import Ledger
from worker.reading import Reader

log = structlog.get_logger()
Claim = TypeVar("Claim")


class Step(StrEnum):
    """The four doorbells."""

    POLL = "poll"
    READ = "read"
    DELIVER = "deliver"
    SWEEP = "sweep"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The story, over the real parts. `clock` gives aware UTC; `ring` may be lost without harm."""

    ledger: Ledger
    edgar: Edgar
    reader: Reader
    handover: Handover
    clock: Callable[[], datetime]
    ring: Callable[[Step], None]
    poll_again: Callable[[datetime], timedelta]  # how long after a poll the next one is due
    slots: int = 2  # how many doorbells of one kind a sweep rings
    stopping: Event = field(default_factory=Event)

    def poll(self) -> None:
        """EDGAR announces filings."""
        now, owner = self.clock(), token_hex(8)
        if not self.ledger.chores.claim(Step.POLL, now, due.POLL_LEASE, owner):
            return
        back_to = due.look_back(self.ledger.polls.last_complete(), now)
        poll, again, failure = self.ledger.polls.begin(back_to, now), self.poll_again(now), None
        try:
            for page in self.edgar.latest(back_to):
                new = self.ledger.filings.announce(page.filings, self.clock())
                newest = page.newest and min(page.newest, self.clock())
                self.ledger.polls.saw(poll, rows=page.rows, new=len(new), newest=newest)
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
        self.ledger.polls.end(poll, self.clock(), error=failure)
        self.ledger.chores.done(Step.POLL, owner, due_at=self.clock() + again)

    def read(self) -> None:
        """Each filing is read into a notice; watchlists match notices; matches raise alerts."""
        for claim in self._drain(lambda now, me: self.ledger.filings.claim(now, due.READ_LEASE, me)):
            try:
                document = self.edgar.document(claim.filing)
            except ConfigurationError as error:
                self.ledger.filings.postpone(claim, self.clock() + due.AGENT_REFUSED, str(error))
                continue
            except Unreachable as error:
                log.info("document_not_there", accession=claim.filing.accession, why=str(error))
                if self.clock() < claim.seen_at + due.DOCUMENT_PATIENCE:
                    due_at = self.clock() + (error.retry_after or due.document_pause(claim))
                    self.ledger.filings.postpone(claim, due_at, str(error))
                    continue
                document = None
            reading = self.reader.read(claim, document)
            if self.ledger.readings.record(claim, reading, self.clock()) and reading.alerts:
                self.ring(Step.DELIVER)

    def deliver(self) -> None:
        """Notifiers deliver the alerts."""
        for delivery in self._drain(lambda now, me: self.ledger.deliveries.claim(now, due.DELIVER_LEASE, me)):
            self.handover.attempt(delivery, give_up_at=self.clock() + due.DELIVER_LEASE / 2)

    def sweep(self) -> None:
        """Ring for everything that is due, as often as there are hands for it."""
        now = self.clock()
        waiting = {
            Step.POLL: int(self.ledger.chores.is_due(Step.POLL, now)),
            Step.READ: self.ledger.filings.due(now),
            Step.DELIVER: self.ledger.deliveries.due(now),
        }
        for step, number in waiting.items():
            for _ in range(min(number, self.slots)):
                self.ring(step)

    def stop(self) -> None:
        """Let running steps end after the piece of work in hand."""
        self.stopping.set()

    def _drain(self, claim: Callable[[datetime, str], Claim | None]) -> Iterator[Claim]:
        """What `claim` gives, until it gives nothing, the time is up or the process is to stop."""
        until = self.clock() + due.DRAIN
        while self.clock() < until and not self.stopping.is_set():
            claimed = claim(self.clock(), token_hex(8))
            if claimed is None:
                return
            yield claimed
