"""Coverage: what is known of a day's filings, and what EDGAR's own index says there were. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec


class IndexState(StrEnum):
    """What is known of EDGAR's index of a day."""

    PARSED = "parsed"
    NOT_YET = "not yet"
    NONE = "none"  #: EDGAR made none: it did not work that day


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The count of the filings of one Eastern day, or of several from `first` to `last`.

    `index` says whether EDGAR's index was parsed, and `indexed` how many notices it lists (of those days
    that have one). `found_late` counts the filings that the feed did not show and search or index did.
    `worst_delay` is the longest time from acceptance, or from the end of the day where only that is known,
    to being seen here; None where nothing is known. Neither counts what a person asked for.
    """

    first: date
    last: date
    index: IndexState
    indexed: int | None
    seen: int
    read: int
    unreadable: int
    waiting: int
    matched: int
    found_late: int
    worst_delay: timedelta | None
