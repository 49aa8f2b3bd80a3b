"""What days and numbers a command takes: no sum of days then leaves the calendar, no number the ledger."""

from __future__ import annotations

from datetime import datetime

import typer

#: EDGAR began in the one; no notice is proposed for after the other.
FIRST_YEAR, LAST_YEAR = 1993, 2100

#: The numbers of deliveries and silences count up from 1; every database takes these.
MOST_DIGITS = 12
MOST = 10**MOST_DIGITS - 1


def within_reach(day: datetime | None) -> datetime | None:
    """The day as it was given. Raises BadParameter where there can be nothing of it."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(f"{day.date()} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day
