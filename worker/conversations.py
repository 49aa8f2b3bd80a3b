"""Conversations: what comes too fast is told in one message, and what was amended says so where it stands."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from worker.errors import Refused, Unreachable
from worker.going_on import one_by_one
from worker.ledger.marks import Mark, Marks
from worker.ledger.rollups import Crowd, Rollups
from worker.messages.amended import marked
from worker.messages.writer import Writer
from worker.notifiers.base import Notifier

log = structlog.get_logger()

#: How long after a message what comes next is gathered, once a destination gets too many; none waits longer.
GATHER = timedelta(minutes=1)

#: How long a mark is tried for, and how often.
MARK_PATIENCE = timedelta(hours=24)
MARK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Conversations:
    """Keeps a destination readable."""

    rollups: Rollups
    marks: Marks
    writer: Writer
    notifiers: Mapping[str, Notifier]
    secret: bytes = field(repr=False)  # behind the delivery keys
    clock: Callable[[], datetime]
    burst: int  # how many messages a destination gets one by one
    burst_within: timedelta

    def gather(self) -> None:
        """Where a destination would get more than `burst` messages, put those that wait into one, at most
        one such message a minute.
        """
        now = self.clock()
        crowds = self.rollups.crowds(now, most=self.burst, within=self.burst_within)
        one_by_one(*(partial(self._gather, crowd, now) for crowd in crowds))

    def mark_amended(self, *, give_up_at: datetime) -> None:
        """Say on messages about notices that were amended since that they were. Nobody is asked anything
        from `give_up_at` on, nor once more after not having answered: those marks stay due.
        """
        away: set[str] = set()
        for mark in self.marks.due(self.clock()):
            if mark.destination.notifier in away or self.clock() >= give_up_at:
                continue
            try:
                self._mark(mark)
            except Unreachable as error:
                away.add(mark.destination.notifier)
                log.warning("not_marked", delivery=mark.delivery_id, attempt=mark.attempt, why=str(error))
                self._not_yet(mark, str(error), max(error.retry_after or MARK_AGAIN, MARK_AGAIN))
            except Refused as error:
                # The amendment itself arrived: nobody is the poorer for it.
                log.info("not_marked", delivery=mark.delivery_id, attempt=mark.attempt, why=str(error))
                self.marks.failed(mark, str(error), again=None)
            except Exception as error:
                log.exception("mark_broke", delivery=mark.delivery_id, attempt=mark.attempt)
                self._not_yet(mark, f"an error that nobody foresaw: {type(error).__name__}", MARK_AGAIN)
            else:
                self.marks.done(mark, self.clock())

    def _not_yet(self, mark: Mark, why: str, pause: timedelta) -> None:
        now = self.clock()
        self.marks.failed(mark, why, again=now + pause if now < mark.since + MARK_PATIENCE else None)

    def _gather(self, crowd: Crowd, now: datetime) -> None:
        until = min(crowd.last_sent_at, crowd.waits_since) + GATHER if crowd.last_sent_at else now
        if now < until:
            self.rollups.hold(crowd, until)
        else:
            self._tell_together(crowd)

    def _tell_together(self, crowd: Crowd) -> None:
        left = crowd.waiting
        while left:
            written, number = self.writer.write_together([one.summary for one in left], crowd.destination)
            if written.problem:
                log.error("template_failed", why=written.problem)
            told, left = left[:number], left[number:]
            key = hmac.new(self.secret, " ".join(one.key for one in told).encode(), "sha256").hexdigest()
            if not self.rollups.tell_together(
                crowd.destination, told, written.message, key, self.clock(), problem=written.problem
            ):
                return
            log.info("told_together", notifier=crowd.destination.notifier, messages=number)

    def _mark(self, mark: Mark) -> None:
        notifier = self.notifiers.get(mark.destination.notifier)
        if notifier is None or not notifier.can_amend:
            raise Refused(f"{mark.destination.notifier} cannot change what it sent")
        if not mark.message.text:
            raise Refused("the message was pruned here")
        message = marked(mark.message, mark.amended_at)
        if message is None:
            raise Refused("the message has no room for a line more")
        notifier.amend(message, mark.key, mark.reference)
