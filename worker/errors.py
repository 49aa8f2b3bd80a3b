"""Every error this program raises on purpose, by who has to act.

    Form144Error
    ├── ConfigurationError    a person edits a setting or a watchlist; nothing starts until then
    ├── Unreachable           nobody: the other side is away or asks for patience; try later
    │   ├── Away              nobody: no address there is reached, whichever it is
    │   ├── Blocked           nobody: the SEC asks for silence; every process keeps it
    │   └── Awaiting          nobody: another filing is read first
    ├── UnreadableFiling      a person looks at the document; the alert says so
    ├── Refused               the operator: this destination will not take this message, now or later
    └── Unknown               the program: the request may have arrived; ask before sending again

Each edge translates the errors of its own library into these; no other room sees an httpx, smtplib or
slack_sdk exception. Messages never carry a secret, and never the name of a watchlist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class Form144Error(Exception):
    """The root: catching it catches everything this program raises on purpose."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing a person has to mend.

    `where` is a place they can go to (`watchlists/ir.yaml:12:9`, or the name of a setting), `what` says
    what was found and what was expected, `hint` says what to do and may be empty.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}\n    {self.hint}" if self.hint else text


class ConfigurationError(Form144Error):
    """Settings or watchlists hold mistakes. All of them are named at once, in `mistakes`."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class Unreachable(Form144Error):
    """The other side did not do what was asked and may do so later.

    `retry_after` is what it asked for, or None where it named no time: the caller's own schedule counts.
    """

    def __init__(self, why: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Away(Unreachable):
    """Nothing at all is reached on the other side: what failed for one address would fail for every one."""


class Blocked(Unreachable):
    """The SEC has blocked this address for its request rate: no request from any process until
    `retry_after` has passed, because every probe extends the block.
    """

    def __init__(self, why: str, *, retry_after: timedelta) -> None:
        super().__init__(why, retry_after=retry_after)


class Awaiting(Unreachable):
    """The filing called `accession` is to be read before this one."""

    def __init__(self, why: str, *, accession: str) -> None:
        super().__init__(why)
        self.accession = accession


class UnreadableFiling(Form144Error):
    """The document is not a Form 144 that can be trusted; the message says why in a person's words."""


class Refused(Form144Error):
    """The other side refused for good: the same message to the same address will be refused again.

    `ends_destination` is True where it refused the address rather than the message (a channel that is
    archived, a token that was revoked, a mailbox that does not exist).
    """

    def __init__(self, why: str, *, ends_destination: bool = False) -> None:
        super().__init__(why)
        self.ends_destination = ends_destination


class Unknown(Form144Error):
    """The request may have been carried out: it left, and no answer that settles it came back."""
