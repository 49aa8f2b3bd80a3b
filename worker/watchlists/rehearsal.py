"""Rehearsal: a notice that may never be filed, and whom a watchlist must and must not tell of it.

They stand under `tests:` in the list's own file, so that whoever edits the list sees what it was meant to do.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.destination import Destination


class Silenced(StrEnum):
    """What somebody has silenced, as the test has it."""

    ISSUER = "issuer"
    SELLER = "seller"
    LIST = "list"


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose message must be kept back; `until` is None where the test does not say how long."""

    destination: Destination
    until: datetime | None = None


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one list, which stands at `where`. `tells` are those who must be told, empty for nobody
    at all and None where the test does not say; `spares` those who must not be; `holds` those whose message
    waits. `recent` is None where the test says nothing of earlier notices. `at` is when the notice is read,
    aware and in the zone that the test names; None where it does not say, and then no hours are quiet.

    `notice` is None where the test names one that a ledger has to have, by its `accession`.
    """

    where: str
    name: str
    notice: Form144Notice | None
    filing: Filing
    recent: RecentNotices | None
    tells: tuple[Destination, ...] | None
    spares: tuple[Destination, ...]
    holds: tuple[Expected, ...] = ()
    at: datetime | None = None
    silenced: Silenced | None = None
    accession: str | None = None
