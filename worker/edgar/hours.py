"""When EDGAR works: its hours, its business days, and the days for which an index must exist.

EDGAR takes filings from 06:00 to 22:00 Eastern on business days, and a Form 144 accepted until 22:00 is
filed that day (Regulation S-T, Rules 12(c) and 13(a)(4)). Instants are aware UTC, days are Eastern days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from worker.filings.filing import eastern_day

EASTERN = ZoneInfo("America/New_York")
_OPENS = time(6)
_CLOSES = time(22)
#: What was accepted just before 22:00 may be shown minutes later; polling goes on so long.
_LINGERS = timedelta(minutes=30)
#: Daily indexes have appeared between 22:01:35 and 22:24; before this nobody need ask.
_INDEX_COMES = time(22, 10)
_SATURDAY = 5
_DAY = timedelta(days=1)

WHEN_OPEN = timedelta(seconds=10)
WHEN_CLOSED = timedelta(minutes=5)


def is_business_day(day: date) -> bool:
    """Neither a weekend nor a federal holiday. EDGAR has a few more days off by executive order, which
    nobody can know beforehand: the listing of its indexes tells.
    """
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def is_open(instant: datetime) -> bool:
    """Whether EDGAR takes filings at that instant."""
    there = instant.astimezone(EASTERN)
    return is_business_day(there.date()) and _OPENS <= there.time() < _CLOSES


def opening(day: date) -> datetime:
    """When EDGAR opens on a business day."""
    return _at(day, _OPENS)


def next_opening(instant: datetime) -> datetime:
    """The first opening after that instant."""
    day = eastern_day(instant)
    while not is_business_day(day) or _at(day, _OPENS) <= instant:
        day += _DAY
    return _at(day, _OPENS)


def poll_interval(
    instant: datetime, *, when_open: timedelta = WHEN_OPEN, when_closed: timedelta = WHEN_CLOSED
) -> timedelta:
    """How long to wait until the next poll: short in EDGAR's hours and half an hour after them, long
    outside of them, and never past the next opening.
    """
    if is_open(instant) or is_open(instant - _LINGERS):
        return when_open
    return min(when_closed, next_opening(instant) - instant)


def index_due(day: date) -> datetime:
    """From when on the index of a business day can be expected. It usually is there; once it came 37
    hours later.
    """
    return _at(day, _INDEX_COMES)


def index_days(after: date, now: datetime) -> tuple[date, ...]:
    """The business days after `after` whose index is due by now, oldest first."""
    days = []
    day = after + _DAY
    while index_due(day) <= now:
        if is_business_day(day):
            days.append(day)
        day += _DAY
    return tuple(days)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=EASTERN).astimezone(UTC)


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))
