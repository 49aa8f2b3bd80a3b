"""What was got from somebody is not let go of because the ledger is away for a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest

from tests.world import World
from worker.errors import ConfigurationError, Mistake, Unreachable
from worker.going_on import KEPT, kept
from worker.ledger.filings import ClaimedFiling
from worker.ledger.readings import Reading, Readings


class Forgetful(Readings):
    """A ledger that is away the first times that a reading is to be written down."""

    times = 3

    def record(self, claim: ClaimedFiling, reading: Reading, now: datetime) -> bool:
        if self.times:
            self.times -= 1
            raise Unreachable("the ledger did not answer: deadlock detected")
        return super().record(claim, reading, now)


class Waits(Event):
    """Notes how long it was waited for, and takes no time over it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def test_a_reading_in_hand_waits_for_the_ledger_and_its_document_is_asked_for_once(world: World) -> None:
    filing = world.publish()
    world.clock.move(timedelta(seconds=10))
    world.ledger.readings = Forgetful(world.ledger.database)
    pipeline = replace(world.pipeline(), stopping=Waits())
    pipeline.poll()
    pipeline.read()
    assert isinstance(pipeline.stopping, Waits)
    assert pipeline.stopping.waits == list(KEPT[:3])
    assert world.ledger.report.filings_by_state() == {"read": 1}
    # Within the claim: nobody had to wait for its lease to end and to read it again.
    asked = [one for one in world.edgar.requests if filing.accession.replace("-", "") in one.target]
    assert len(asked) == 1


def test_it_is_waited_for_half_a_minute_and_then_said() -> None:
    waits: list[float] = []

    def away() -> None:
        raise Unreachable("the ledger did not answer")

    with pytest.raises(Unreachable):
        kept(away, waits.append)
    assert waits == list(KEPT)
    assert 25 < sum(waits) < 45


def test_what_only_a_person_can_mend_is_not_waited_for() -> None:
    waits: list[float] = []

    def refused() -> None:
        raise ConfigurationError(
            [Mistake("FORM144_LEDGER_URL", "names a user who may not write", "grant it")]
        )

    with pytest.raises(ConfigurationError):
        kept(refused, waits.append)
    assert waits == []
