"""However filings arrive, and whatever fails or is killed meanwhile: after the index of the day every filing
was seen exactly once, none was lost, and the coverage says so truthfully.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import a_notice
from tests.edgar.conftest import DAY, NIGHT, NOON
from tests.edgar.traces import LENGTH, LONGEST_LAG, Arriving, arriving, spans
from tests.traced import Pattern, Traced, a_pattern, traced
from tests.world import Fuse, Killed
from worker.alerts.coverage import IndexState
from worker.ledger.tables import alerts, deliveries, filings
from worker.reconciliation import index_cursor
from worker.standins.edgar.faults import Fault
from worker.standins.forms import as_xml

#: FORM144_TRACES=20000 for a long night.
TRACES = int(os.environ.get("FORM144_TRACES", "500"))

DOCUMENT = as_xml(a_notice())
STEPS = ("poll", "reconcile", "read")

#: What goes wrong, with which of EDGAR's servers.
PATHS = ("/cgi-bin", "/LATEST", "/Archives/edgar/daily-index", "/Archives/edgar/data")
KINDS = (
    Fault.UNAVAILABLE,
    Fault.RATE,
    Fault.FORBIDDEN,
    Fault.DENIED,
    Fault.TRUNCATED,
    Fault.EMPTY,
    Fault.HTML,
    Fault.RESET,
    Fault.BACKEND,
)
TIMES = st.integers(1, 3)
FAULTS = st.one_of(
    st.tuples(st.sampled_from(PATHS), st.sampled_from(KINDS), TIMES),
    st.tuples(st.just("/LATEST"), st.just(Fault.NO_HITS), TIMES),
)


class Death(msgspec.Struct, frozen=True):
    """Killed at the `at`-th thing done outside, before it or after it. The next process either knows that
    nobody else is left, or waits for the leases to end.
    """

    at: int
    after: bool
    alone: bool


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """`faults` and `deaths` by the number of the turn; `pauses` are what lies between turns, in seconds, over
    and over; the index comes `index_late` after its time.
    """

    arriving: tuple[Arriving, ...]
    faults: dict[int, tuple[str, Fault, int]]
    deaths: dict[int, Death]
    pauses: tuple[int, ...]
    order: tuple[str, ...]
    index_late: timedelta


TURNS = st.integers(0, 14)
DEATHS = st.builds(Death, st.integers(1, 40), st.booleans(), st.booleans())
STORIES = st.builds(
    Story,
    arriving=st.integers(1, 7).flatmap(lambda many: st.tuples(*(arriving(n) for n in range(many)))),
    faults=st.dictionaries(TURNS, FAULTS, max_size=4),
    deaths=st.dictionaries(TURNS, DEATHS, max_size=4),
    pauses=st.lists(st.sampled_from([120, 300, 600]), min_size=1, max_size=3).map(tuple),
    order=st.permutations(STEPS).map(tuple),
    index_late=st.one_of(st.just(timedelta(0)), spans(timedelta(hours=60))),
)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pattern]:
    with a_pattern(tmp_path_factory.mktemp("pattern")) as made:
        yield made


@settings(
    max_examples=TRACES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(story=STORIES)
def test_every_filing_is_seen_once_and_the_coverage_is_true(story: Story, pattern: Pattern) -> None:
    with traced(pattern) as world:
        for one in story.arriving:
            world.edgar.publish(
                one.filing, DOCUMENT, at=one.shown_at, row_gap=one.row_gap, on_feed=one.on_feed
            )
        index_comes = NIGHT + story.index_late
        world.edgar.set_index_time(DAY, index_comes)
        live_through(world, story, until=NOON + LENGTH + LONGEST_LAG)
        world.clock.now = max(world.clock.now, NIGHT)
        live_through(world, story, until=NIGHT + timedelta(seconds=1), first_turn=11)  # it may be late
        world.clock.now = max(world.clock.now, index_comes)
        live_through(world, story, until=index_comes + timedelta(hours=12), first_turn=12)
        assert_whole(world, story)


def live_through(world: Traced, story: Story, *, until: datetime, first_turn: int = 0) -> None:
    """Turn after turn of the three steps, with the faults and deaths of the story."""
    pipeline = world.pipeline()
    turn = first_turn
    while world.clock() < until and not (first_turn and is_settled(world)):
        if fault := story.faults.get(turn):
            world.edgar.fail_next(*fault)
        death = story.deaths.get(turn)
        process = world.pipeline(Fuse(at=death.at, after=death.after)) if death else pipeline
        try:
            for step in story.order:
                getattr(process, step)()
        except Killed:
            if death and death.alone:
                world.ledger.void_claims(world.clock())
        pause = story.pauses[turn % len(story.pauses)]
        world.clock.sleep(pause if first_turn == 0 else 1200)
        turn += 1


def is_settled(world: Traced) -> bool:
    cursor = index_cursor(world.ledger, world.clock())
    return cursor is not None and cursor >= DAY and world.ledger.filings.waiting(DAY, DAY) == 0


def assert_whole(world: Traced, story: Story) -> None:
    expected = {one.filing.accession: one for one in story.arriving}
    with world.ledger.database.read() as connection:
        rows = {row.accession: row for row in connection.execute(sa.select(filings))}
        raised = Counter(connection.execute(sa.select(alerts.c.accession)).scalars())
        owed = connection.scalar(sa.select(sa.func.count()).select_from(deliveries))
    assert rows.keys() == expected.keys()
    assert {row.state for row in rows.values()} == {"read"}
    assert raised == Counter(dict.fromkeys(expected, 1))
    assert owed == len(expected)

    late = {accession for accession, row in rows.items() if row.found_by != "feed"}
    assert late >= {accession for accession, one in expected.items() if not one.on_feed}
    coverage = world.ledger.report.coverage(DAY)
    assert coverage.index is IndexState.PARSED
    assert coverage.indexed == coverage.seen == coverage.read == coverage.matched == len(expected)
    assert (coverage.waiting, coverage.unreadable, coverage.found_late) == (0, 0, len(late))
    assert coverage.worst_delay == max(
        rows[accession].seen_at - (NOON + one.accepted) for accession, one in expected.items()
    )
    cursor = index_cursor(world.ledger, world.clock())
    assert cursor is not None
    assert cursor >= DAY
    assert world.edgar.peak_per_second <= 10
