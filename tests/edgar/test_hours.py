"""EDGAR's hours, on ordinary days, holidays, and the two days a year on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.edgar.hours import (
    WHEN_CLOSED,
    WHEN_OPEN,
    index_days,
    index_due,
    is_business_day,
    is_open,
    next_opening,
    poll_interval,
)
from worker.filings.filing import eastern_day

INSTANTS = st.integers(0, 7 * 365 * 86_400 * 4).map(
    lambda quarters: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=quarters / 4)
)


def at(text: str) -> datetime:
    """Eastern wall-clock time, with its offset, as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    "day",
    [
        "2026-07-03",
        "2026-09-07",
        "2026-06-19",
        "2026-11-26",
        "2025-12-25",
        "2021-12-31",
        "2026-03-07",
        "2026-03-08",
    ],
)
def test_holidays_observed_and_weekends_are_no_business_days(day: str) -> None:
    assert not is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-07-02", "2026-07-06", "2026-11-27", "2025-12-24", "2026-04-03"])
def test_good_friday_and_the_days_around_holidays_are_business_days(day: str) -> None:
    assert is_business_day(date.fromisoformat(day))


def test_every_day_with_an_index_in_the_recorded_listing_is_a_business_day(corpus: Path) -> None:
    listing = (corpus / "index" / "QTR3-2026-daily-index-last-modified.txt").read_text()
    days = [date.fromisoformat(line[:8]) for line in listing.splitlines() if line[:1] == "2"]
    assert len(days) == 10
    assert all(is_business_day(day) for day in days)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-06T05:59:59-05:00", False),
        ("2026-03-06T06:00:00-05:00", True),
        ("2026-03-06T21:59:59-05:00", True),
        ("2026-03-06T22:00:00-05:00", False),
        ("2026-03-09T06:00:00-04:00", True),  # the first business day of summer time
        ("2026-03-09T06:00:00-05:00", True),
        ("2026-03-09T22:00:00-04:00", False),
        ("2026-11-02T05:59:00-05:00", False),  # the first of winter time
        ("2026-11-02T06:00:00-05:00", True),
        ("2026-07-03T12:00:00-04:00", False),
        ("2026-03-07T12:00:00-05:00", False),
    ],
)
def test_edgar_is_open_from_six_to_ten_eastern(instant: str, expected: bool) -> None:
    assert is_open(at(instant)) is expected


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-03-06T05:00:00-05:00", "2026-03-06T06:00:00-05:00"),
        ("2026-03-06T06:00:00-05:00", "2026-03-09T06:00:00-04:00"),
        ("2026-07-02T23:00:00-04:00", "2026-07-06T06:00:00-04:00"),
        ("2026-10-30T23:00:00-04:00", "2026-11-02T06:00:00-05:00"),
    ],
)
def test_the_next_opening_is_found_over_weekends_holidays_and_clock_changes(
    instant: str, opening: str
) -> None:
    assert next_opening(at(instant)) == at(opening)


@pytest.mark.parametrize(
    ("instant", "seconds"),
    [
        ("2026-03-06T12:00:00-05:00", 10),
        ("2026-03-06T22:29:59-05:00", 10),  # the last minutes' filings may be shown late
        ("2026-03-06T22:30:00-05:00", 300),
        ("2026-03-06T05:58:00-05:00", 120),  # never sleeps past the opening
        ("2026-03-07T12:00:00-05:00", 300),
        ("2026-07-03T12:00:00-04:00", 300),
    ],
)
def test_polls_are_frequent_while_filings_come(instant: str, seconds: int) -> None:
    assert poll_interval(at(instant)) == timedelta(seconds=seconds)


@settings(deadline=None)
@given(INSTANTS)
def test_no_poll_interval_reaches_past_an_opening(instant: datetime) -> None:
    interval = poll_interval(instant)
    assert timedelta(0) < interval <= WHEN_CLOSED
    assert instant + interval <= next_opening(instant) or interval == WHEN_OPEN
    assert is_open(next_opening(instant))
    assert not is_open(next_opening(instant) - timedelta(microseconds=1))


def test_the_eastern_day_is_washington_s() -> None:
    assert eastern_day(datetime(2026, 3, 3, 4, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert eastern_day(datetime(2026, 3, 3, 5, 0, tzinfo=UTC)) == date(2026, 3, 3)
    assert eastern_day(datetime(2026, 7, 3, 4, 0, tzinfo=UTC)) == date(2026, 7, 3)


def test_an_index_is_due_for_every_business_day_that_is_over() -> None:
    friday_evening = at("2026-07-10T22:09:00-04:00")
    days = index_days(date(2026, 7, 1), friday_evening)
    assert [day.day for day in days] == [2, 6, 7, 8, 9]
    assert index_days(date(2026, 7, 9), friday_evening + timedelta(minutes=1)) == (date(2026, 7, 10),)
    assert index_days(date(2026, 7, 10), friday_evening + timedelta(days=2)) == ()
    assert index_due(date(2026, 7, 10)) == friday_evening + timedelta(minutes=1)
