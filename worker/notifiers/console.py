"""The console: prints alerts where the worker runs, for a first look and for a machine without Slack."""

from __future__ import annotations

import threading
import unicodedata
from datetime import datetime
from typing import TextIO

from worker.alerts.delivery import Earlier, Receipt
from worker.alerts.message import Message
from worker.errors import Refused, Unreachable
from worker.notifiers.base import WhenUnknown

RULE = "─" * 72


class ConsoleNotifier:
    """`console:`. Prints each message as one block, also when several threads send at once."""

    name = "console"
    when_unknown = WhenUnknown.RESEND
    can_amend = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._one_at_a_time = threading.Lock()

    def send(self, message: Message, address: str, key: str, answers: Earlier | None = None) -> Receipt:  # noqa: ARG002  one console, without threads
        block = f"{RULE}\n{_printable(message.text).rstrip()}\n{RULE}\n"
        try:
            with self._one_at_a_time:
                self._stream.write(block)
                self._stream.flush()
        except (OSError, ValueError) as error:
            raise Unreachable(f"the console cannot be written to ({type(error).__name__})") from None
        return Receipt(reference="printed")

    def find(self, address: str, key: str, since: datetime, answers: Earlier | None = None) -> Receipt | None:  # noqa: ARG002
        raise Refused("a console cannot be asked what it showed")

    def amend(self, message: Message, key: str, reference: str) -> None:  # noqa: ARG002
        raise Refused("a console cannot change what it showed")


def _printable(text: str) -> str:
    """The text without the control characters that make a terminal do things."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) != "Cc" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
