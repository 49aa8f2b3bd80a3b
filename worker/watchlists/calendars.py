"""Calendars: which days an exchange or the federal government takes off. Computed, not looked up: a day off
that is decreed on short notice is in none of them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import lru_cache

import holidays

_SATURDAY = 5


class Calendar(StrEnum):
    """Whose days off."""

    NYSE = "NYSE"
    FEDERAL = "US federal"  #: those on which EDGAR takes no filings (Regulation S-T, Rule 11)


def is_holiday(calendar: Calendar, day: date) -> bool:
    """Whether that calendar has the day off; weekends are none of its business."""
    return day in _of(calendar, day.year)


def is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


def is_edgar_day(day: date) -> bool:
    """Whether EDGAR files under that day."""
    return not (is_weekend(day) or is_holiday(Calendar.FEDERAL, day))


@lru_cache
def _of(calendar: Calendar, year: int) -> frozenset[date]:
    if calendar is Calendar.NYSE:
        return frozenset(holidays.financial_holidays("NYSE", years=year))
    return frozenset(holidays.country_holidays("US", years=year))
