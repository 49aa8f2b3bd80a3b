"""Delivery: one message owed to one destination; the unit of retry and of proof."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from worker.alerts.message import Message
from worker.watchlists.destination import Destination


class DeliveryState(StrEnum):
    """What is known about a delivery. A crash at any instruction leaves one of these."""

    OWED = "owed"  #: to be sent at `due_at`
    SENDING = "sending"  #: claimed until `due_at`; past that, the answer is unknown
    DELIVERED = "delivered"  #: the other side took it and gave a receipt
    REFUSED = "refused"  #: refused for good; the operator is told
    ABANDONED = "abandoned"  #: patience ran out; the operator is told
    UNKNOWN = "unknown"  #: it may have arrived, and nobody can be asked
    HELD = "held"  #: kept back by a silence or quiet hours
    ROLLED_UP = "rolled_up"  #: told in another delivery, together with others
    CLOSED = "closed"  #: it failed, and a person has dealt with it


#: Nothing more will happen to a delivery in one of these unless a person acts.
SETTLED = frozenset(
    {
        DeliveryState.DELIVERED,
        DeliveryState.REFUSED,
        DeliveryState.ABANDONED,
        DeliveryState.UNKNOWN,
        DeliveryState.ROLLED_UP,
        DeliveryState.CLOSED,
    }
)

#: Nobody has to look at a delivery in one of these.
OVER = frozenset({DeliveryState.DELIVERED, DeliveryState.ROLLED_UP, DeliveryState.CLOSED})


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side said when it took the message: Slack's `ts`, the mail server's reply.

    `found` is True where the receipt was not answered to the request but looked up afterwards.
    """

    reference: str
    found: bool = False


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A message that arrived, as one that answers it must name it: its key, and its receipt's reference."""

    key: str
    reference: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed delivery, as the deliver step holds it.

    `key` is opaque and the same for every attempt: it goes out with the message, so that the other side
    can be asked for it. `alert` is the alert's number and `accession` its filing's, None for a message about
    several. `attempt` counts from 1. `owed_since` is when the alert was raised.
    `may_have_arrived` is True where an earlier attempt was cut short or its answer was lost: `cut_short`
    counts those that came to no end because their process did, `unanswered` all of both kinds. `owner` is
    the token of the claim, `claimed_at` when its lease began.
    """

    id: int
    key: str
    destination: Destination
    message: Message
    attempt: int
    owed_since: datetime
    first_attempt_at: datetime
    may_have_arrived: bool
    cut_short: int
    unanswered: int
    owner: str
    claimed_at: datetime
    alert: int | None = None
    accession: str | None = None

    @property
    def named(self) -> dict[str, str | int | None]:
        """What a line of the log that is about it carries."""
        notifier = self.destination.notifier
        return {
            "accession": self.accession,
            "alert": self.alert,
            "delivery": self.id,
            "key": self.key,
            "attempt": self.attempt,
            "notifier": notifier,
        }
