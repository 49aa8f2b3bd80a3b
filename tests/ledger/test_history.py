"""How far back the history that cluster conditions ask for can be trusted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import a_filing
from tests.ledger.looks import begun, polled
from tests.ledger.readings import LEASE, NOW, a_reading
from worker.filings.filing import Filing
from worker.ledger.ledger import Ledger

#: NOW is Tuesday 1 September 2026, and the first poll looked back ten minutes: from Wednesday on all is seen.
POLLED = date(2026, 9, 2)
ISSUER = 1_999_500
DAY = timedelta(days=1)


def indexed(ledger: Ledger, *days: str, listed: tuple[Filing, ...] = ()) -> None:
    for day in days:
        ledger.days.settle(date.fromisoformat(day), listed, NOW, quiet=True)


def reaches(ledger: Ledger, since: str, until: str | None = None) -> date:
    end = date.fromisoformat(until) if until else None
    return ledger.history.recent(ISSUER, date.fromisoformat(since), end).since


def test_without_any_index_it_reaches_to_the_day_after_the_first_look(ledger: Ledger) -> None:
    polled(ledger, NOW)
    assert reaches(ledger, "2026-08-01") == POLLED
    assert reaches(ledger, "2026-09-05") == date(2026, 9, 5)


def test_a_poll_that_did_not_come_to_its_end_has_not_seen_what_it_was_to_look_for(ledger: Ledger) -> None:
    begun(ledger, NOW - 29 * DAY, back_to=NOW - 30 * DAY)  # and killed
    polled(ledger, NOW - 20 * DAY, error="EDGAR answered 503")
    assert reaches(ledger, "2026-08-01") == date.max
    polled(ledger, NOW)
    assert reaches(ledger, "2026-08-01") == POLLED


def test_it_reaches_no_further_because_a_later_poll_looked_back_further(ledger: Ledger) -> None:
    """As one does where a clock was set back in between."""
    polled(ledger, NOW)
    polled(ledger, NOW - 20 * DAY)
    polled(ledger, NOW + DAY)
    assert reaches(ledger, "2026-08-01") == POLLED


def test_days_whose_index_was_read_count_and_weekends_and_holidays_need_none(ledger: Ledger) -> None:
    polled(ledger, NOW)
    indexed(ledger, "2026-09-01", "2026-08-31", "2026-08-28", "2026-08-27")
    assert reaches(ledger, "2026-08-01") == date(2026, 8, 27)
    assert reaches(ledger, "2026-08-28") == date(2026, 8, 28)


def test_a_business_day_without_its_index_ends_the_history(ledger: Ledger) -> None:
    polled(ledger, NOW)
    indexed(ledger, "2026-09-01", "2026-08-28", "2026-08-27")  # Monday the 31st is missing
    assert reaches(ledger, "2026-08-01") == date(2026, 9, 1)


def test_a_day_that_edgar_made_no_index_of_counts(ledger: Ledger) -> None:
    polled(ledger, NOW)
    indexed(ledger, "2026-09-01")
    ledger.days.settle(date(2026, 8, 31), [], NOW, exists=False)
    indexed(ledger, "2026-08-28")
    assert reaches(ledger, "2026-08-28") == date(2026, 8, 28)


def test_a_day_whose_notices_are_not_all_read_yet_does_not_count(ledger: Ledger) -> None:
    polled(ledger, NOW)
    filing = a_filing(accepted_at=datetime(2026, 8, 31, 15, tzinfo=UTC))
    indexed(ledger, "2026-09-01")
    indexed(ledger, "2026-08-31", listed=(filing,))
    indexed(ledger, "2026-08-28")
    assert reaches(ledger, "2026-08-28") == date(2026, 9, 1)
    claim = ledger.filings.claim(NOW, LEASE, "me")
    assert claim is not None
    ledger.readings.record(claim, a_reading(), NOW)
    assert reaches(ledger, "2026-08-28") == date(2026, 8, 28)


@pytest.mark.parametrize(("until", "expected"), [("2026-08-28", "2026-08-27"), ("2026-08-31", "2026-09-01")])
def test_a_ledger_that_was_only_backfilled_answers_up_to_the_last_day_it_read(
    ledger: Ledger, until: str, expected: str
) -> None:
    indexed(ledger, "2026-08-27", "2026-08-28")
    assert reaches(ledger, "2026-08-27", until) == date.fromisoformat(expected)
    assert reaches(ledger, "2026-08-27") == date.max


EVENING = datetime(2026, 9, 2, 1, 30, tzinfo=UTC)  # Tuesday, 1 September, 21:30 in Washington


def test_a_notice_of_the_evening_counts_under_washingtons_day(ledger: Ledger) -> None:
    ledger.filings.announce([a_filing(accepted_at=EVENING)], EVENING)
    claim = ledger.filings.claim(EVENING, LEASE, "me")
    assert claim is not None
    ledger.readings.record(claim, a_reading(), EVENING)
    (found,) = ledger.history.recent(ISSUER, date(2026, 9, 1)).notices
    assert found.filed_on == date(2026, 9, 1)
    assert ledger.history.recent(ISSUER, date(2026, 9, 2)).notices == ()


def test_a_first_look_in_the_evening_has_seen_all_from_washingtons_next_day_on(ledger: Ledger) -> None:
    polled(ledger, EVENING)
    assert reaches(ledger, "2026-08-01") == date(2026, 9, 2)
