from __future__ import annotations

from datetime import timedelta

import pytest

from worker.errors import Blocked, Unreachable
from worker.ledger.database import Database
from worker.ledger.pace import Pace


def test_requests_of_two_processes_leave_evenly_spaced(database: Database) -> None:
    one, two = (Pace(database, lambda: 1000.0, per_second=5) for _ in range(2))
    waits = [pace.reserve() for pace in (one, two, one, two)]
    assert waits == pytest.approx([0, 0.2, 0.4, 0.6])


def test_time_that_passed_unused_is_not_saved_up_for_a_burst(database: Database) -> None:
    now = [1000.0]
    pace = Pace(database, lambda: now[0], per_second=5)
    pace.reserve()
    now[0] += 60
    assert [pace.reserve(), pace.reserve()] == pytest.approx([0, 0.2])


def test_a_pause_holds_every_process_until_it_is_over(database: Database) -> None:
    now = [1000.0]
    one, two = (Pace(database, lambda: now[0], per_second=5) for _ in range(2))
    one.pause(600)
    with pytest.raises(Blocked) as caught:
        two.reserve()
    assert caught.value.retry_after == timedelta(seconds=600)
    now[0] += 600
    assert two.reserve() == 0


def test_a_shorter_pause_does_not_end_a_longer_one(database: Database) -> None:
    now = [1000.0]
    pace = Pace(database, lambda: now[0], per_second=5)
    pace.pause(600)
    pace.pause(1)
    now[0] += 599
    with pytest.raises(Blocked):
        pace.reserve()


def test_an_instant_that_went_by_while_the_ledger_stood_still_is_given_up(database: Database) -> None:
    # Read when an instant is taken, and when the answer is there: the first time that took three seconds.
    times = iter([1000.0, 1003.0, 1003.0, 1003.0])
    late, punctual = (
        Pace(database, lambda: next(times), per_second=5),
        Pace(database, lambda: 1003.0, per_second=5),
    )
    assert late.reserve() == 0
    assert punctual.reserve() == pytest.approx(0.2)


def test_a_ledger_that_is_always_late_lets_nothing_leave(database: Database) -> None:
    times = iter(range(1000, 1100, 3))
    with pytest.raises(Unreachable):
        Pace(database, lambda: float(next(times)), per_second=5).reserve()
