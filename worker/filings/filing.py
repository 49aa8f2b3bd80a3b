"""Filing: what EDGAR announced, before anybody has read the document."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

import msgspec

#: `0001959173-23-000608`: ten digits of the filer agent, two of the year, six of the sequence.
ACCESSION = re.compile(r"[0-9]{10}-[0-9]{2}-[0-9]{6}")


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


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two names EDGAR prints beside a filing. `role` is None where the source has no roles."""

    cik: int
    name: str
    role: Role | None = None


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """One submission EDGAR announced; the accession number is its only key.

    `accepted_at` is EDGAR's acceptance time as an aware UTC instant, None where the source gives only a
    day. `parties` may hold one party (the feed shows a filing's rows one at a time), or two.
    """

    accession: str
    form_type: str
    parties: tuple[Party, ...]
    found_by: FoundBy
    accepted_at: datetime | None = None

    @property
    def is_amendment(self) -> bool:
        return self.form_type.endswith("/A")

    def party(self, role: Role) -> Party | None:
        """The party in that role, or None while EDGAR has not shown it."""
        return next((party for party in self.parties if party.role is role), None)
