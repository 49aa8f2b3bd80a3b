from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlists.lists import reading, said
from worker.watchlists.calendars import Calendar, is_edgar_day, is_holiday
from worker.watchlists.quiet_hours import LONG_EXAMPLE, QuietHours, quiet_hours

EASTERN = ZoneInfo("America/New_York")
START = datetime(2025, 1, 1, tzinfo=UTC)


def eastern(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-09-01 21:59", None),
        ("2026-09-01 22:01", "2026-09-02 07:00"),
        # Friday night leads into the weekend, the weekend into Monday's night, and Monday is Labor Day.
        ("2026-09-04 22:01", "2026-09-08 07:00"),
        ("2026-09-12 12:00", "2026-09-14 07:00"),
        # Good Friday: the exchange is closed and the federal government is not.
        ("2026-04-03 12:00", "2026-04-06 07:00"),
        ("2026-04-02 21:59", None),
        # Columbus Day: the other way round.
        ("2026-10-12 12:00", None),
    ],
)
def test_nights_weekends_and_holidays_are_one_quiet_where_they_touch(now: str, until: str | None) -> None:
    found = quiet_hours(LONG_EXAMPLE).until(eastern(now))
    assert found == (eastern(until).astimezone(UTC) if until else None)


def test_days_alone_are_quiet_from_midnight_to_midnight_of_their_place() -> None:
    quiet = quiet_hours("weekends Asia/Tokyo")
    friday_in_new_york = eastern("2026-09-04 11:30")  # half past midnight on Saturday in Tokyo
    assert quiet.until(friday_in_new_york) == datetime(2026, 9, 6, 15, tzinfo=UTC)
    assert quiet.until(friday_in_new_york - timedelta(hours=1)) is None


def test_a_day_that_begins_at_one_because_the_clocks_skip_midnight_ends_no_quiet_too_early() -> None:
    # Beirut: on Sunday 29 March 2026 the clocks went from 00:00 to 01:00.
    until = quiet_hours("weekends Asia/Beirut").until(datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert until == datetime(2026, 3, 29, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "calendars"),
    [
        ("NYSE holidays America/New_York", (Calendar.NYSE,)),
        ("holidays of the New York Stock Exchange America/New_York", (Calendar.NYSE,)),
        ("US federal holidays, NYSE holidays America/New_York", (Calendar.FEDERAL, Calendar.NYSE)),
        ("federal holidays + weekends America/New_York", (Calendar.FEDERAL,)),
    ],
)
def test_holidays_say_whose_they_are(written: str, calendars: tuple[Calendar, ...]) -> None:
    assert quiet_hours(written).holidays == calendars


@given(
    st.builds(
        QuietHours,
        zone=st.sampled_from(["America/New_York", "Asia/Beirut", "UTC", "Australia/Lord_Howe"]),
        begins=st.sampled_from([None, datetime(2026, 1, 1, 22).time(), datetime(2026, 1, 1, 1).time()]),  # noqa: DTZ001
        ends=st.just(datetime(2026, 1, 1, 0).time()),  # noqa: DTZ001
        weekends=st.booleans(),
        holidays=st.sampled_from([(), (Calendar.NYSE,), (Calendar.NYSE, Calendar.FEDERAL)]),
    ),
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
)
def test_a_quiet_ends_later_and_then_it_is_quiet_no_more(quiet: QuietHours, now: datetime) -> None:
    until = quiet.until(now)
    assert until is None or (until > now and quiet.until(until) is None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("weekends", "5:14 quiet_hours: 'weekends' is not from-to and a time zone"),
        ("22:00-07:00, weekends", "is not from-to and a time zone"),
        ("22:00-07:00 weekends", "weekends is no time zone"),
        ("holidays America/New_York", "expected a text, found nothing | write NYSE holidays"),
        ("NISE holidays America/New_York", "'NISE' is not one of NYSE, "),
        ("22:00-07:00, 12:00-13:00 America/New_York", "two times of quiet a day"),
        (
            "22:00-07:00 EST",
            "EST is no place whose clocks one could follow | write the place, such as America/",
        ),
        ("22:00-07:00 localtime", "localtime is no time zone"),
        ("22:00-07:00 Factory", "Factory is no time zone"),
        ("22:00-07:00 Sydney", "Sydney is no time zone | did you mean Australia/Sydney?"),
        ("weekdays America/New_York", "is not from-to and a time zone"),
    ],
)
def test_a_mistake_in_quiet_days_stands_at_its_place(written: str, expected: str) -> None:
    mistakes = said(reading(f"issuers: [AAPL]\nquiet_hours: {written}\n"))
    assert any(expected in mistake for mistake in mistakes), mistakes


def test_what_is_written_as_a_sentence_says_everything() -> None:
    assert str(quiet_hours(LONG_EXAMPLE)) == "22:00 to 07:00, weekends, NYSE holidays, America/New_York"


def test_edgar_files_under_no_weekend_and_no_federal_holiday() -> None:
    assert is_holiday(Calendar.NYSE, date(2026, 4, 3))
    assert is_edgar_day(date(2026, 4, 3))
    assert not is_edgar_day(date(2026, 10, 12))
    assert not is_edgar_day(date(2026, 9, 5))
