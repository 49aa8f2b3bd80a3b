"""When a document that is not there yet is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_filing
from worker.due import LOOKED_FOR_OFTEN, next_look
from worker.errors import Unreachable
from worker.ledger.filings import ClaimedFiling

SEEN = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)


def pauses(after: timedelta, retry_after: timedelta | None = None) -> list[float]:
    now = SEEN + after
    claims = [
        ClaimedFiling(filing=a_filing(), seen_at=SEEN, owner="a reader", attempt=attempt, cut_short=0)
        for attempt in range(1, 12)
    ]
    error = Unreachable("away", retry_after=retry_after)
    return [(next_look(claim, error, now) - now).total_seconds() for claim in claims]


def test_a_new_filings_document_is_late_by_a_minute_at_most_once_edgar_is_well() -> None:
    assert pauses(timedelta(minutes=1)) == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_one_that_has_been_away_for_a_while_is_asked_for_less_often() -> None:
    assert pauses(LOOKED_FOR_OFTEN) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@pytest.mark.parametrize("after", [timedelta(0), timedelta(hours=20)])
def test_edgar_is_asked_no_sooner_than_it_says(after: timedelta) -> None:
    assert set(pauses(after, retry_after=timedelta(minutes=10))) == {600}
