"""What keeps a delivery back: somebody's silence, or the quiet hours of its destination. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from worker.filings.filing import Filing, Role
from worker.filings.notice import Form144Notice
from worker.watchlists.quiet_hours import QuietHours


class About(StrEnum):
    """What a silence is about."""

    ISSUER = "issuer"  #: `subject` is its CIK
    SELLER = "seller"  #: `subject` is their CIK
    LIST = "list"  #: `subject` is a watchlist's id


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's decision not to be told for a while. It holds from its making until before `expires_at`."""

    id: int
    about: About
    subject: str
    author: str
    reason: str
    created_at: datetime
    expires_at: datetime

    def covers(self, notice: Form144Notice, filing: Filing, watchlist_id: str) -> bool:
        """Whether it is about this notice as that list sees it. Parties are compared by CIK alone."""
        match self.about:
            case About.ISSUER:
                return self.subject in _ciks(filing, Role.ISSUER, notice.issuer_cik)
            case About.SELLER:
                return self.subject in _ciks(filing, Role.SELLER, *notice.filer_ciks)
            case About.LIST:
                return self.subject == watchlist_id


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Why a delivery is kept back and by whom. `until` is when it goes out by itself: None where only a
    person lets it go.
    """

    because: str
    by: str
    until: datetime | None = None
    silence_id: int | None = None


def hold(
    silences: Iterable[Silence],
    quiet: QuietHours | None,
    *,
    notice: Form144Notice,
    filing: Filing,
    watchlist_id: str,
    now: datetime,
) -> Hold | None:
    """What keeps a delivery back that is owed `now`; a silence before quiet hours, which only delay it."""
    for silence in silences:
        if silence.covers(notice, filing, watchlist_id):
            return Hold(because=silence.reason, by=silence.author, silence_id=silence.id)
    until = quiet.until(now) if quiet is not None else None
    if quiet is None or until is None:
        return None
    return Hold(because=f"quiet hours of the destination, {quiet}", by="the watchlist", until=until)


def _ciks(filing: Filing, role: Role, *stated: int | None) -> set[str]:
    party = filing.party(role)
    return {str(cik) for cik in (*stated, party.cik if party else None) if cik is not None}
