"""Handover: one attempt to bring one delivery to its destination, and what is done where it failed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from structlog.stdlib import BoundLogger

from worker.alerts.delivery import Delivery, DeliveryState, Earlier, Receipt
from worker.alerts.retry import Abandon, Ask, Patience, Refuse, TryAgain, Verdict, verdict
from worker.due import day_began
from worker.errors import Away, Refused, Unknown, Unreachable
from worker.going_on import kept
from worker.ledger.deliveries import Deliveries
from worker.ledger.threads import Threads
from worker.notifiers.base import Notifier, WhenUnknown

log = structlog.get_logger()

#: A delivery that ends its worker so often, whatever it is that does, is left to a person.
SENDINGS_CUT_SHORT = 5

#: How long a destination rests after a message to it of which nobody can say whether it arrived.
SETTLING = Patience().settling

#: How far before the claim the other side is searched, so that clocks need not agree to the second.
CLOCKS_APART = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Handover:
    """Hands deliveries to notifiers and settles them in the ledger."""

    deliveries: Deliveries
    threads: Threads
    notifiers: Mapping[str, Notifier]
    spacing: Mapping[str, timedelta]  # by notifier: between two messages to one address
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def attempt(self, delivery: Delivery, *, give_up_at: datetime) -> None:
        """Try once and settle. Nothing is sent from `give_up_at` on: a process that slept through half
        its lease may not be alone with the delivery any more.
        """
        to = delivery.destination
        bound = log.bind(delivery=delivery.id, attempt=delivery.attempt, notifier=to.notifier)
        doubtful, handed = delivery.may_have_arrived, False
        try:
            if delivery.cut_short >= SENDINGS_CUT_SHORT:
                raise _CannotAskError(f"sending it was cut short {delivery.cut_short} times")
            notifier = self._notifier(to.notifier)
            answers = self.threads.place(delivery, self.clock(), day_began=day_began(self.clock()))
            receipt = self._ask(notifier, delivery, answers) if doubtful else None
            doubtful = doubtful and notifier.when_unknown is not WhenUnknown.ASK
            if receipt is None:
                self._still_alone(give_up_at)
                handed = True
                receipt = self._send(notifier, delivery, answers, give_up_at)
        except _CannotAskError as error:
            bound.error("unknown", why=str(error))
            left = partial(self.deliveries.unknown, delivery, str(error), self.clock(), ask_at=None)
            kept(partial(left, lane_fails=False), self.sleep)
        except (Unreachable, Refused, Unknown) as error:
            self._failed(delivery, error, bound, doubtful=doubtful)
        except Exception as error:  # noqa: BLE001 - a delivery may not stop the others
            # Where it was handed over nobody knows what became of it; others go on, and patience ends.
            bound.exception("notifier_broke")
            why = f"an error that nobody foresaw: {type(error).__name__}"
            self._failed(delivery, Unknown(why) if handed else Unreachable(why), bound, doubtful=doubtful)
        else:
            self._arrived(delivery, receipt, bound)

    def _failed(
        self,
        delivery: Delivery,
        error: Unreachable | Refused | Unknown,
        bound: BoundLogger,
        *,
        doubtful: bool,
    ) -> None:
        outcome = self._verdict(delivery, error, doubtful)
        bound.warning("not_delivered", outcome=type(outcome).__name__, why=str(error))
        # Not kept, what was surely not sent would be taken for what may have arrived.
        kept(partial(self._settle, delivery, outcome), self.sleep)
        if isinstance(error, Away):
            self.deliveries.away(delivery.destination.notifier)

    def _arrived(self, delivery: Delivery, receipt: Receipt, bound: BoundLogger) -> None:
        """Write the receipt down, however long the ledger takes: nobody else has it, and without it the same
        message would have to be asked about, or be sent again.
        """

        def write() -> bool:
            now = self.clock()
            opens = now + self.spacing.get(delivery.destination.notifier, timedelta(0))
            return self.deliveries.delivered(delivery, receipt, now, lane_opens_at=opens)

        held = kept(write, self.sleep)
        bound.info("delivered" if held else "delivered_after_lease", found=receipt.found)

    def _notifier(self, name: str) -> Notifier:
        if name not in self.notifiers:
            raise Unreachable(f"no notifier {name} is configured here")
        return self.notifiers[name]

    def _send(
        self, notifier: Notifier, delivery: Delivery, answers: Earlier | None, give_up_at: datetime
    ) -> Receipt:
        """Send it; nobody goes untold because what it answers was deleted, or takes no answers."""
        message, address = delivery.message, delivery.destination.address
        try:
            return notifier.send(message, address, delivery.key, answers)
        except Refused as error:
            if answers is None or error.ends_destination:
                raise
            log.warning("answer_refused", delivery=delivery.id, why=str(error))
        # Written before it is sent, and so true whatever becomes of that: from now on it is sent, and looked
        # for, alone. Written after, who died in between would look for it among the answers, not find it
        # there, and send it twice.
        self.threads.stand_alone(delivery)
        self._still_alone(give_up_at)
        return notifier.send(message, address, delivery.key)

    def _ask(self, notifier: Notifier, delivery: Delivery, answers: Earlier | None) -> Receipt | None:
        """The receipt of an earlier attempt, or None where the message is to be sent (again)."""
        if notifier.when_unknown is WhenUnknown.RESEND:
            return None
        if notifier.when_unknown is WhenUnknown.HOLD:
            raise _CannotAskError("an earlier attempt may have arrived, and nobody can be asked")
        try:
            since = delivery.first_attempt_at - CLOCKS_APART
            return notifier.find(delivery.destination.address, delivery.key, since, answers)
        except Refused as error:
            raise _CannotAskError(
                f"an earlier attempt may have arrived, and asking fails: {error}"
            ) from error

    def _still_alone(self, give_up_at: datetime) -> None:
        if self.clock() >= give_up_at:
            raise Unreachable("this process was held up too long to be sure that it alone holds the claim")

    def _verdict(self, delivery: Delivery, error: Unreachable | Refused | Unknown, doubtful: bool) -> Verdict:
        return verdict(
            error,
            attempt=delivery.attempt,
            owed_since=delivery.owed_since,
            now=self.clock(),
            jitter=random.random(),  # noqa: S311 - spreads load, guards nothing
            may_have_arrived=doubtful,
            resent=delivery.unanswered if self._sends_again(delivery) else None,
        )

    def _sends_again(self, delivery: Delivery) -> bool:
        notifier = self.notifiers.get(delivery.destination.notifier)
        return notifier is not None and notifier.when_unknown is WhenUnknown.RESEND

    def _settle(self, delivery: Delivery, outcome: Verdict) -> None:
        now = self.clock()
        match outcome:
            case TryAgain(at=at, why=why):
                self.deliveries.try_again(delivery, why, now, at=at)
            case Ask(at=at, why=why, was_sent=sent):
                # Others do not wait for the next copy of a message that may be there already.
                opens = min(at, now + SETTLING) if self._sends_again(delivery) else at
                self.deliveries.unknown(delivery, why, now, ask_at=at, lane_opens_at=opens, was_sent=sent)
            case Refuse(why=why, ends_destination=ends):
                self.deliveries.give_up(delivery, DeliveryState.REFUSED, why, now, ends_destination=ends)
                if ends:
                    log.error("destination_ended", notifier=delivery.destination.notifier, why=why)
            case Abandon(why=why, may_have_arrived=True):
                log.error("unknown", delivery=delivery.id, why=why)
                self.deliveries.unknown(delivery, why, now, ask_at=None)
            case Abandon(why=why):
                log.error("abandoned", delivery=delivery.id, why=why)
                self.deliveries.give_up(delivery, DeliveryState.ABANDONED, why, now)


class _CannotAskError(Exception):
    """It may have arrived, and only a person can find out."""
