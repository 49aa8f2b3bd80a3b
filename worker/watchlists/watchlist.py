"""Watchlist: whom somebody asked to hear about, under which conditions, and where."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from worker.watchlists.conditions.condition import Condition
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan
from worker.watchlists.match import Severity, Side
from worker.watchlists.quiet_hours import QuietHours
from worker.watchlists.rehearsal import Rehearsal

#: How many characters a list's id may have: the ledger has room for no more.
LONGEST_ID = 100

#: By how much of a limit a figure may miss it and still be a near miss, unless the list says otherwise.
NEAR_MISS = Decimal("0.1")


class Visibility(StrEnum):
    """Who may learn that the list exists."""

    SHARED = "shared"
    CONFIDENTIAL = "confidential"  #: its name, owner and reason reach no message, log or metric


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One issuer or holder on a list, as `text` in the file's own words.

    What is not None identifies it, the surest first: `cik`, `file_number` (as EDGAR writes it,
    `001-38752`), `name`. `called` is the SEC's name for `cik` where it is known. `looked_up_by` says what
    `cik` was found by (`ticker QFIN`, `name apple`), and is None where the author wrote it. The entry stands
    at `line` and `column` of `path`.
    """

    text: str
    side: Side
    path: str
    line: int
    column: int
    cik: int | None = None
    ticker: str | None = None
    file_number: str | None = None
    name: str | None = None
    called: str | None = None
    looked_up_by: str | None = None
    note: str | None = None

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def is_found(self) -> bool:
        """False where nothing identifies it: a ticker that nobody could look up watches nobody."""
        return not (self.cik is None and self.file_number is None and self.name is None)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One line under `tell`: who is told, and under which conditions besides the list's own. It stands at
    `where`. `severity` says how much it matters. With a `digest` it tells there, and at once only where
    `also_at_once`.
    """

    destination: Destination
    where: str
    conditions: tuple[Condition, ...] = ()
    quiet_hours: QuietHours | None = None
    digest: DigestPlan | None = None
    also_at_once: bool = False
    severity: Severity = Severity.NORMAL

    @property
    def is_at_once(self) -> bool:
        """False where it tells in its digest alone."""
        return self.digest is None or self.also_at_once

    @property
    def how(self) -> str:
        """`at once`, `in the digest, daily 07:30 America/New_York`, or both."""
        ways = ["at once"] if self.is_at_once else []
        ways += [f"in the digest, {self.digest.schedule}"] if self.digest is not None else []
        return " and ".join(ways)


class Watchlist(msgspec.Struct, frozen=True, kw_only=True):
    """One list, resolved and ready to be matched.

    `id`, of at most LONGEST_ID characters, is stable as long as the file keeps its name; that of a
    confidential list says nothing, because ids reach logs and tables. `any_notice` lists ask about every
    notice. `near_miss` is the fraction of a limit by which a figure may miss it and still be reported as
    near. `digest` is the sha256 of everything the list was read from.
    """

    id: str
    name: str
    owner: str
    reason: str | None
    visibility: Visibility
    any_notice: bool
    entries: tuple[Entry, ...]
    conditions: tuple[Condition, ...]
    routes: tuple[Route, ...]
    near_miss: Decimal
    path: str
    digest: str
    rehearsals: tuple[Rehearsal, ...] = ()
    severity: Severity = Severity.NORMAL

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Everybody the list may tell, each once, in the file's order."""
        return tuple(dict.fromkeys(route.destination for route in self.routes))

    def quiet_hours(self, destination: Destination) -> QuietHours | None:
        """When that destination wants to be left alone; None where the list does not say."""
        told = (route.quiet_hours for route in self.routes if route.destination == destination)
        return next(filter(None, told), None)

    @property
    def is_confidential(self) -> bool:
        return self.visibility is Visibility.CONFIDENTIAL
