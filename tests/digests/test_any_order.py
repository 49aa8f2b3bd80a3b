"""Whatever happens in whatever order, each alert is in exactly one digest of its destination."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import a_filing
from tests.deaths import killed_before
from tests.ledger.readings import a_claim, a_match, a_reading
from tests.messages import samples
from tests.world import Clock, Killed
from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import held_for
from worker.alerts.message import Message
from worker.digests import Digests
from worker.ledger.digest_tables import digest_entries, digests
from worker.ledger.ledger import Ledger
from worker.ledger.readings import Owed, RaisedAlert
from worker.ledger.tables import deliveries
from worker.messages.digest_item import for_digest
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan, digest_schedule
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists

WRITER = Writer([shipped()])
#: Two days before the clocks change in New York; Sydney's changed a month before.
START = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)

SCHEDULES = (
    "daily 02:30 America/New_York",
    "daily 07:30 Australia/Sydney",
    "weekdays 18:00 UTC",
    "weekly sun 01:30 Europe/London",
)
TO = tuple(Destination("email", f"{number}@example.com") for number in range(3))


@dataclass
class Rig:
    """A ledger and the digests of a list that tells each destination at its own time."""

    ledger: Ledger
    schedules: tuple[str, ...]
    clock: Clock = field(default_factory=lambda: Clock(START))
    number: int = 0

    def digests(self) -> Digests:
        tell = "".join(
            f"\n  - {{to: '{to}', digest: {schedule}}}"
            for to, schedule in zip(TO, self.schedules, strict=True)
        )
        text = f"name: A list\nowner: Jane\nissuers: [1999500]\ntell:{tell}\n"
        index = WatchlistIndex(load_watchlists({"lists/one.yaml": text.encode()}, None))
        return Digests(
            ledger=self.ledger,
            watchlists=lambda: index,
            writer=WRITER,
            secret=b"secret",
            index_page=lambda _filing: "https://www.sec.gov/",
            clock=self.clock,
        )

    def alert(self, which: int, *, also_at_once: bool) -> None:
        """A reading that raised an alert for that destination's digest."""
        self.number += 1
        accession = f"0001950047-26-{self.number:06}"
        plan = DigestPlan(schedule=digest_schedule(self.schedules[which]))
        owed = Owed(
            destination=TO[which],
            message=Message(text=accession),
            key=f"{self.number:064}",
            hold=None if also_at_once else held_for(plan),
            digest=for_digest(samples.an_alert(filing=a_filing(accession=accession)), plan),
        )
        claim = a_claim(self.ledger, accession, self.clock())
        alert = RaisedAlert(match=a_match(), list_digest="0" * 64, owed=(owed,))
        assert self.ledger.readings.record(claim, a_reading(alert), self.clock())

    def look(self, statement: int | None = None) -> None:
        """A worker looks whether a digest is due; it may be killed before that SQL statement."""
        with killed_before(self.ledger, statement), suppress(Killed):
            self.digests().tell(lambda: True)

    def finish(self) -> None:
        for _ in range(3):
            self.clock.now = max(self.clock.now, START) + timedelta(days=8)
            self.look()


ALERT = st.tuples(st.just("alert"), st.integers(0, 2), st.booleans())
LOOK = st.tuples(st.just("look"), st.none() | st.integers(1, 60), st.just(False))
MOVE = st.tuples(st.just("move"), st.integers(-300, 4000), st.just(False))
SWITCH = st.tuples(st.just("switch"), st.integers(0, 2), st.just(False))
STEPS = st.lists(st.one_of(ALERT, LOOK, MOVE, SWITCH), max_size=25)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger without a row."""
    file = tmp_path_factory.mktemp("empty") / "ledger.sqlite"
    opened = Ledger.open(f"sqlite:///{file}", migrate=True)
    opened.close()
    return file


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, schedules=st.tuples(*[st.sampled_from(SCHEDULES)] * 3))
def test_each_alert_is_in_exactly_one_digest(
    empty: Path, tmp_path: Path, steps: list[tuple[str, int | None, bool]], schedules: tuple[str, ...]
) -> None:
    """Clocks jump on and back, workers are killed before any statement, lists take other schedules."""
    file = tmp_path / "ledger.sqlite"
    shutil.copy(empty, file)
    ledger = Ledger.open(f"sqlite:///{file}", migrate=False)
    try:
        rig = Rig(ledger, schedules)
        do: dict[str, Callable[[int | None, bool], None]] = {
            "alert": lambda which, both: rig.alert(which or 0, also_at_once=both),
            "look": lambda statement, _: rig.look(statement),
            "move": lambda minutes, _: rig.clock.move(timedelta(minutes=minutes or 0)),
            "switch": lambda by, _: _switch(rig, by or 0),
        }
        for name, number, flag in steps:
            do[name](number, flag)
        rig.finish()
        assert_each_told_once(ledger, rig.number)
    finally:
        ledger.close()


def _switch(rig: Rig, by: int) -> None:
    """The lists are edited: every destination takes another one's schedule."""
    rig.schedules = rig.schedules[by:] + rig.schedules[:by]


def assert_each_told_once(ledger: Ledger, number: int) -> None:
    with ledger.database.read() as connection:
        entries = connection.execute(sa.select(digest_entries)).all()
        messages = connection.execute(
            sa.select(deliveries.c.message).where(deliveries.c.alert_id.is_(None))
        ).scalars()
        told = Counter(
            f"0001950047-26-{one:06}"
            for message in messages
            for one in range(1, number + 1)
            if f"0001950047-26-{one:06}-index" in message.text
        )
        counted = connection.execute(sa.select(sa.func.sum(digests.c.entries))).scalar_one()
        held = connection.execute(
            sa.select(sa.func.count()).where(deliveries.c.state == DeliveryState.HELD)
        ).scalar_one()
    assert len(entries) == number
    assert [entry.accession for entry in entries if entry.digest_id is None] == []
    assert told == {f"0001950047-26-{one:06}": 1 for one in range(1, number + 1)}
    assert (counted or 0) == number
    assert held == 0
