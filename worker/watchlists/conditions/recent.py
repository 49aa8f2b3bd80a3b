"""RecentNotices: who else has filed to sell lately, given by a caller that keeps a history."""

from __future__ import annotations

from datetime import date

import msgspec


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
