"""Aftermath: what is done about deliveries that went wrong, and about those somebody acknowledged."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from secrets import token_hex

import structlog

from worker.errors import Refused, Unknown, Unreachable
from worker.ledger.acknowledgements import Acknowledgements
from worker.ledger.chores import Chores
from worker.ledger.redirects import Redirects
from worker.ledger.troubles import Told, Trouble, Troubles
from worker.messages.operator import operator_message
from worker.messages.redirected import SLACK, redirected
from worker.messages.words import counted
from worker.notifiers.base import Notifier
from worker.notifiers.slack import SlackNotifier
from worker.watchlists.destination import Destination

log = structlog.get_logger()

#: How long the operator is left alone after a message, or after one that did not reach them.
TELL_EVERY = timedelta(minutes=5)
TELL_LEASE = timedelta(minutes=3)

#: How long after its delivery an alert's message is looked at for somebody's emoji, and how often.
ACKNOWLEDGED_WITHIN = timedelta(days=3)
ASK_WHO_EVERY = timedelta(minutes=1)

#: How many channels, and how many threads, are looked into a turn. Slack answers some fifty questions of a
#: kind a minute (https://docs.slack.dev/apis/web-api/rate-limits, Tier 3); whoever reads history needs the
#: rest.
CHANNELS_A_TURN, THREADS_A_TURN = 30, 20

#: How much further on each turn begins: less than Slack answers at its worst, so that nobody is always behind
#: the one where it stopped.
TURN_MOVES_ON = 7

SENTENCES = {
    Trouble.ENDED: "nothing goes to {subject} any more: {what}",
    Trouble.REFUSED: "{subject} refused {messages}: {what}",
    Trouble.ABANDONED: "{messages} to {subject} given up after a day of trying: {what}",
    Trouble.UNKNOWN: "nobody can tell whether {subject} got {messages}: {what}",
    Trouble.TEMPLATE: "a template failed, so that {messages} went out plainer: {what}",
    Trouble.WATCHLISTS: "the watchlists in use are the old ones: {what}",
}


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What is done about what went wrong: the fallback gets the message, the operator hears of it."""

    redirects: Redirects
    troubles: Troubles
    chores: Chores
    acknowledgements: Acknowledgements
    notifiers: Mapping[str, Notifier]
    clock: Callable[[], datetime]
    slack: SlackNotifier | None = None  # asked who acknowledged, where there is one
    acknowledged_by: str = "white_check_mark"  # the emoji that says so
    operator: Destination | None = None
    fallback: Destination | None = None

    def redirect(self) -> int:
        """Owe to the fallback whatever a destination did not take, or can take no more; how many. Without a
        fallback that is kept where nobody passes over it again.
        """
        self.redirects.set_aside(self.clock())
        number = 0
        while self.fallback and (stranded := self.redirects.next(self.fallback, self.clock())):
            message = redirected(
                stranded.message,
                meant_for=stranded.destination,
                why=stranded.why,
                to=self.fallback,
                may_have_arrived=stranded.may_have_arrived,
            )
            key = hmac.new(stranded.key.encode(), str(self.fallback).encode(), "sha256").hexdigest()
            number += self.redirects.record(stranded, self.fallback, message, key, self.clock())
        return number

    def tell_operator(self) -> None:
        """Send the operator one message about everything new, past the queue, which may be what failed; by
        way of the fallback where the operator's own destination fails. What could not be told is kept.
        """
        now, owner = self.clock(), token_hex(8)
        found = self.troubles.untold(now)
        ways = [to for to in (self.operator, self.fallback) if to is not None]
        if not found or self.operator is None or not self.chores.claim("tell", now, TELL_LEASE, owner):
            return
        for to in ways:
            try:
                self._tell(found, to)
            except (Unreachable, Refused, Unknown) as error:
                log.error("operator_not_told", notifier=to.notifier, why=str(error))
            except Exception:
                # What nobody foresaw may be the very thing that they are to hear of: the other way is tried.
                log.exception("operator_not_told", notifier=to.notifier)
            else:
                self.troubles.told(found, self.clock(), to)
                break
        self.chores.done("tell", owner, due_at=self.clock() + TELL_EVERY)

    def read_acknowledgements(self, *, give_up_at: datetime) -> None:
        """Write down who put the emoji on a message of the last days whose alert nobody acknowledged. Slack
        is asked nothing from `give_up_at` on, nor after it did not answer; the next turn asks again.
        """
        now, owner = self.clock(), token_hex(8)
        if self.slack is None or not self.chores.claim("acknowledge", now, TELL_LEASE, owner):
            return
        since, emoji = now - ACKNOWLEDGED_WITHIN, self.acknowledged_by
        awaited = self.acknowledgements.awaited(self.slack.name, since)
        answers = self.acknowledgements.awaited_answers(self.slack.name, since)
        alone = awaited.keys() - {reference for thread in answers.values() for reference in thread}
        channels = sorted({reference.partition("/")[0] for reference in alone})
        threads = _in_turn(tuple(answers), now, THREADS_A_TURN)
        asks = [partial(self.slack.reactions, one) for one in _in_turn(channels, now, CHANNELS_A_TURN)]
        asks += [partial(self.slack.thread_reactions, one) for one in threads]
        for ask in asks:
            try:
                if self.clock() >= give_up_at:
                    raise Unreachable("Slack takes too long for everything to be asked in one turn")
                found = ask(emoji, since)
            except Unreachable as error:
                log.warning("acknowledgements_not_read", why=str(error))
                break  # whoever is away or asks for patience is not asked about the next one
            except Refused as error:
                log.warning("acknowledgements_not_read", why=str(error))
            else:
                for reference, people in found.items():
                    for person in people if reference in awaited else ():
                        alert = awaited[reference]
                        self.acknowledgements.add(alert, person, how="slack", remark=None, now=now)
        self.chores.done("acknowledge", owner, due_at=self.clock() + ASK_WHO_EVERY)

    def _tell(self, found: Sequence[Told], to: Destination) -> None:
        if to.notifier not in self.notifiers:
            raise Unreachable(f"no notifier {to.notifier} is configured here")
        lines = [
            SENTENCES[one.kind].format(
                subject=one.subject, what=one.what, messages=counted(one.times, "message")
            )
            for one in found
        ]
        # The same troubles go out under the same key, so that a second mail shows as the same one.
        identity = ",".join(f"{one.id}:{one.count}" for one in found)
        key = sha256(f"operator {identity}".encode()).hexdigest()
        message = operator_message(lines, for_slack=to.notifier in SLACK)
        self.notifiers[to.notifier].send(message, to.address, key)


def _in_turn(those: Sequence[str], now: datetime, most: int) -> Sequence[str]:
    """As many as one turn may ask about; each turn begins further on than the one before."""
    if not those:
        return those
    turn = int(now.timestamp() // ASK_WHO_EVERY.total_seconds())
    begin = turn * TURN_MOVES_ON % len(those)
    return (*those[begin:], *those[:begin])[:most]
