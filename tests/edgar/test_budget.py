from __future__ import annotations

from datetime import timedelta

import pytest

from tests.edgar.conftest import SteppedClock
from worker.edgar.budget import LocalBudget
from worker.errors import Blocked


def test_slots_are_spaced_evenly_however_fast_they_are_taken(clock: SteppedClock) -> None:
    budget = LocalBudget(per_second=5, monotonic=clock.monotonic)
    waits = [budget.reserve() for _ in range(4)]
    assert waits == pytest.approx([0, 0.2, 0.4, 0.6])


def test_a_rest_does_not_save_up_slots(clock: SteppedClock) -> None:
    budget = LocalBudget(per_second=5, monotonic=clock.monotonic)
    clock.sleep(60)
    assert [budget.reserve(), budget.reserve()] == pytest.approx([0, 0.2])


def test_nobody_gets_a_slot_while_a_pause_lasts(clock: SteppedClock) -> None:
    budget = LocalBudget(monotonic=clock.monotonic)
    budget.pause(600)
    clock.sleep(200)
    budget.pause(60)  # ends before the first one: changes nothing
    with pytest.raises(Blocked) as caught:
        budget.reserve()
    assert caught.value.retry_after == timedelta(seconds=400)
    clock.sleep(400)
    assert budget.reserve() == 0


@pytest.mark.parametrize("rate", [0, -1, 10.5, float("nan")])
def test_a_rate_above_the_sec_s_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="the SEC's limit"):
        LocalBudget(per_second=rate)
