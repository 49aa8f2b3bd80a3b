"""Rehearsal: a notice that may never be filed, and whom a watchlist must and must not tell of it.

They stand under `tests:` in the list's own file, so that whoever edits the list sees what it was meant to do.
"""

from __future__ import annotations

import msgspec

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.watchlists.conditions.recent import RecentNotices
from worker.watchlists.destination import Destination


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one list, which stands at `where`. `tells` are those who must be told, empty for nobody
    at all and None where the test does not say; `spares` those who must not be. `recent` is None where the
    test says nothing of earlier notices.
    """

    where: str
    name: str
    notice: Form144Notice
    filing: Filing
    recent: RecentNotices | None
    tells: tuple[Destination, ...] | None
    spares: tuple[Destination, ...]
