"""The promise every notifier keeps.

A notifier is one file and three methods. It owns the wire: it gets a finished Message and says what became
of it. It never renders, waits, retries, logs or reads a setting.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from worker.alerts.delivery import Earlier, Receipt
from worker.alerts.message import Message


class WhenUnknown(StrEnum):
    """What to do about a message that may have arrived."""

    ASK = "ask"  #: look for the key at the other side, and send only if it is not there
    RESEND = "resend"  #: send again under the same identity; a duplicate is recognisable
    HOLD = "hold"  #: nobody can be asked and a duplicate is not recognisable: a person decides


class Notifier(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """What a Destination calls this notifier: `slack`, `email`, `console`."""
        ...

    @property
    def when_unknown(self) -> WhenUnknown: ...

    @property
    def can_amend(self) -> bool:
        """Whether a message that arrived can be changed."""
        ...

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:
        """Send it once, now, and return what the other side said.

        `answers` is a message to the same address that this one is to be shown with, where the other side
        knows conversations; elsewhere it is passed over.
        `key` is opaque, at most 64 characters of [0-9a-f], and goes out with the message.
        Raises Unreachable (it certainly did not arrive; try later), Refused (it never will), or
        Unknown (it may have arrived). No error carries a token, a password or a webhook URL.
        """
        ...

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:
        """Look for a message sent with that key, and the same `answers`, at or after `since` (aware UTC).

        None means the other side was asked and does not have it. Raises Unreachable (ask again later)
        or Refused (it cannot be asked: a missing permission, say). Only called where `when_unknown` is
        ASK.
        """
        ...

    def amend(self, message: Message, key: str, reference: str) -> None:
        """Put `message` in the place of the one sent with `key`, whose receipt has that reference.

        Doing it again changes nothing. Raises Unreachable (try later; also where the answer was lost) or
        Refused, always so where `can_amend` is False.
        """
        ...
