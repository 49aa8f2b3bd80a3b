"""RecentNotices: who else has filed to sell lately, given by a caller that keeps a history."""

from __future__ import annotations

from datetime import date

import msgspec

from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice


class RecentNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One earlier notice. Sellers are told apart by CIK, which every announced party has."""

    accession: str
    issuer_cik: int
    seller_cik: int
    filed_on: date


class RecentNotices(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of history that misses no notice filed on `since` or later."""

    since: date
    notices: tuple[RecentNotice, ...]


def filed_on(filing: Filing, notice: Form144Notice) -> date | None:
    """The Eastern day a notice counts under: EDGAR's, or its own where EDGAR has said none yet. What a seller
    wrote on it may lie days back, or a year where they mistyped it.
    """
    return filing.day or notice.notice_date
