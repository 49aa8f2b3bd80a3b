"""Filing: what EDGAR announced, before anybody has read the document."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

#: `0001959173-23-000608`: ten digits of the filer agent, two of the year, six of the sequence.
ACCESSION = re.compile(r"[0-9]{10}-[0-9]{2}-[0-9]{6}")

#: What the accession numbers of drills begin with: no filer agent's CIK is zero.
DRILL_AGENT = "0000000000-"

_EASTERN = ZoneInfo("America/New_York")
#: A Form 144 accepted until 22:00 Eastern is filed that day (Regulation S-T, Rule 13(a)(4)).
_LAST_ACCEPTED = time(22)


def eastern_day(instant: datetime) -> date:
    """The calendar day in Washington, which is the day EDGAR files under."""
    return instant.astimezone(_EASTERN).date()


class Role(StrEnum):
    """What a party is to a Form 144. EDGAR's feed says it; its indexes and its search do not."""

    ISSUER = "issuer"  #: `(Subject)` in the feed, SUBJECT COMPANY in the header
    SELLER = "seller"  #: `(Reporting)` in the feed, REPORTING-OWNER in the header


class FoundBy(StrEnum):
    """How the filing came to be known."""

    FEED = "feed"
    SEARCH = "search"
    INDEX = "index"
    PERSON = "person"
    DRILL = "drill"  #: nobody filed it: a drill of this program's own


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two names EDGAR prints beside a filing. `role` is None where the source has no roles."""

    cik: int
    name: str
    role: Role | None = None


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """One submission EDGAR announced; the accession number is its only key.

    `accepted_at` is EDGAR's acceptance time as an aware UTC instant, None where the source gives only a
    day, which then is `filed_on`: the Eastern day it was filed. `parties` may hold one party (the feed
    shows a filing's rows one at a time), or two.
    """

    accession: str
    form_type: str
    parties: tuple[Party, ...]
    found_by: FoundBy
    accepted_at: datetime | None = None
    filed_on: date | None = None

    @property
    def is_amendment(self) -> bool:
        return self.form_type.endswith("/A")

    @property
    def is_drill(self) -> bool:
        """True where nobody filed it: it tests that an alert would arrive."""
        return self.found_by is FoundBy.DRILL

    @property
    def was_missed(self) -> bool:
        """True where the feed did not show it, and reconciliation with search or an index found it."""
        return self.found_by in {FoundBy.SEARCH, FoundBy.INDEX}

    @property
    def day(self) -> date | None:
        """The Eastern day it was filed, None where the source says neither day nor time."""
        if self.filed_on is not None or self.accepted_at is None:
            return self.filed_on
        return eastern_day(self.accepted_at)

    def delay(self, seen_at: datetime) -> timedelta | None:
        """How long after its acceptance it was seen; after the last moment of its day where only the day
        is known. None where neither is, or that day was not over.
        """
        since = self.accepted_at
        if since is None and self.filed_on is not None:
            since = datetime.combine(self.filed_on, _LAST_ACCEPTED, tzinfo=_EASTERN).astimezone(UTC)
        return seen_at - since if since is not None and seen_at >= since else None

    def party(self, role: Role) -> Party | None:
        """The party in that role, or None while EDGAR has not shown it."""
        return next((party for party in self.parties if party.role is role), None)
