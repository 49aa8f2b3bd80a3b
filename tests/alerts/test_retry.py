"""When a delivery is tried again: a table of what each error comes to, and laws that hold for every one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.retry import Abandon, Ask, Patience, Refuse, TryAgain, verdict
from worker.errors import Refused, Unknown, Unreachable

RAISED = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = Patience()


def after(error: Unreachable | Refused | Unknown, **given: object) -> object:
    values: dict[str, object] = {"attempt": 1, "owed_since": RAISED, "now": RAISED, "jitter": 1.0}
    return verdict(error, **(values | given))  # type: ignore[arg-type]


def test_unreachable_is_tried_again_after_a_pause_that_doubles() -> None:
    pauses = []
    for attempt in range(1, 12):
        found = after(Unreachable("away"), attempt=attempt)
        assert isinstance(found, TryAgain)
        pauses.append((found.at - RAISED).total_seconds())
    assert pauses == [5, 10, 20, 40, 60, 60, 60, 60, 60, 60, 60]


def test_jitter_spreads_the_pause_over_its_upper_half() -> None:
    assert after(Unreachable("away"), jitter=0.0) == TryAgain(at=RAISED + timedelta(seconds=2.5), why="away")


def test_retry_after_wins_over_the_pause_exactly() -> None:
    error = Unreachable("429", retry_after=timedelta(seconds=30))
    assert after(error, attempt=9) == TryAgain(at=RAISED + timedelta(seconds=30), why="429")
    assert after(error, attempt=1) == TryAgain(at=RAISED + timedelta(seconds=30), why="429")


def test_a_retry_after_beyond_the_end_of_patience_is_kept_and_the_attempt_after_it_is_the_last() -> None:
    now = RAISED + 23 * HOUR
    error = Unreachable("429", retry_after=2 * HOUR)
    assert after(error, now=now) == TryAgain(at=now + 2 * HOUR, why="429")
    assert after(error, now=now + 2 * HOUR) == Abandon(why="429", may_have_arrived=False)


def test_a_retry_after_of_years_is_bounded_by_patience() -> None:
    found = after(Unreachable("429", retry_after=timedelta(days=4000)))
    assert found == TryAgain(at=RAISED + 24 * HOUR, why="429")


def test_the_last_attempt_is_made_when_patience_ends() -> None:
    now = RAISED + 24 * HOUR - timedelta(seconds=1)
    assert after(Unreachable("away"), attempt=50, now=now) == TryAgain(at=RAISED + 24 * HOUR, why="away")


def test_past_the_end_of_patience_it_is_abandoned() -> None:
    found = after(Unreachable("away"), now=RAISED + 24 * HOUR)
    assert found == Abandon(why="away", may_have_arrived=False)


def test_refused_is_final_whatever_the_time() -> None:
    found = after(Refused("is_archived", ends_destination=True), now=RAISED + 99 * HOUR)
    assert found == Refuse(why="is_archived", ends_destination=True)
    assert after(Refused("invalid_blocks")) == Refuse(why="invalid_blocks", ends_destination=False)


def test_unknown_is_asked_about_once_a_request_under_way_has_landed() -> None:
    assert after(Unknown("lost")) == Ask(at=RAISED + timedelta(seconds=30), why="lost", was_sent=True)


def test_a_delivery_that_may_have_arrived_is_never_simply_sent_again() -> None:
    found = after(Unreachable("away"), may_have_arrived=True)
    assert found == Ask(at=RAISED + timedelta(seconds=5), why="away", was_sent=False)


@pytest.mark.parametrize(
    ("error", "may_have_arrived"),
    [(Unknown("lost"), False), (Unreachable("away"), True)],
    ids=["the last answer was lost", "an earlier one was"],
)
def test_what_may_have_arrived_is_not_called_abandoned(
    error: Unknown | Unreachable, *, may_have_arrived: bool
) -> None:
    found = after(error, now=RAISED + 24 * HOUR, may_have_arrived=may_have_arrived)
    assert found == Abandon(why=str(error), may_have_arrived=True)


@given(
    attempt=st.integers(1, 10_000),
    waited=st.timedeltas(timedelta(0), timedelta(days=3)),
    jitter=st.floats(0, 1),
    retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    unknown=st.booleans(),
)
def test_no_attempt_lies_in_the_past_and_patience_is_bounded(
    attempt: int, waited: timedelta, jitter: float, retry_after: timedelta | None, *, unknown: bool
) -> None:
    now = RAISED + waited
    error = Unknown("lost") if unknown else Unreachable("away", retry_after=retry_after)
    found = after(error, attempt=attempt, now=now, jitter=jitter)
    if isinstance(found, Abandon):
        assert waited >= PATIENCE.total
    else:
        assert isinstance(found, TryAgain | Ask)
        assert waited < PATIENCE.total
        assert now <= found.at <= now + PATIENCE.total + PATIENCE.settling
