"""A digest comes at the hour its readers chose, on the days they chose, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from tests.digests.conftest import DAILY, DAY, HOUR, MORNING, a_list, publish, sent, tell, texts
from tests.world import World
from worker.pipeline import Step


@pytest.mark.parametrize(("day", "what"), [(date(2026, 11, 1), "repeats"), (date(2027, 3, 14), "skips")])
def test_on_the_day_the_clocks_change_there_is_exactly_one_digest(world: World, day: date, what: str) -> None:
    """At 02:30 in New York, which that day has twice, or not at all."""
    assert what
    world.watchlist = a_list("{every: daily 02:30 America/New_York, when_empty: always}")
    world.clock.now = datetime.combine(day, datetime.min.time(), tzinfo=UTC) - 2 * HOUR
    tell(world)
    ends = world.clock() + timedelta(hours=34)
    while world.clock() < ends:
        world.clock.move(timedelta(minutes=14))
        tell(world)
    slots = [slot for slot in sent(world) if slot.date() == day]
    assert len(slots) == 1
    assert len(world.mail.received) == len(sent(world)) == 2


def test_an_empty_day_sends_its_coverage_line_on_business_days_alone(world: World) -> None:
    world.pipeline().poll()
    world.pipeline().reconcile()
    tell(world)
    for _ in range(7):
        world.clock.move(DAY)
        world.pipeline().poll()
        tell(world)
    # From Wednesday morning on; Labor Day is Monday the 7th.
    days = [slot.date().day for slot in sent(world)]
    assert days == [2, 3, 4, 5, 8]
    assert "EDGAR's index for 1 Sep is not out yet. Seen 0. Matched 0." in texts(world)[0]
    assert "No notice on your watchlists" in texts(world)[0]


@pytest.mark.parametrize(("when", "number"), [("always", 7), ("never", 0)])
def test_an_empty_day_is_as_its_readers_asked(world: World, when: str, number: int) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, when_empty: {when}}}")
    tell(world)
    for _ in range(7):
        world.clock.move(DAY)
        tell(world)
    assert len(world.mail.received) == number


def test_where_nothing_is_sent_for_months_a_look_costs_as_much_as_on_the_first_day(world: World) -> None:
    world.watchlist = a_list(f"{{every: {DAILY}, when_empty: never}}")
    world.once()
    tell(world)
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def look() -> int:
        statements.clear()
        world.pipeline().digest()
        return len(statements)

    event.listen(world.ledger.database.engine, "before_cursor_execute", count)
    world.clock.move(DAY)
    first = look()
    world.clock.move(100 * DAY)
    assert look() == first
    publish(world)
    world.clock.move(DAY)
    tell(world)
    assert len(world.mail.received) == 1


def test_a_reader_in_sydney_gets_it_at_their_own_hour_about_edgars_days(world: World) -> None:
    world.watchlist = a_list("daily 07:30 Australia/Sydney")
    world.pipeline().poll()
    world.pipeline().reconcile()
    tell(world)
    publish(world)
    # 07:30 on Wednesday in Sydney is 17:30 on Tuesday in New York.
    world.clock.now = datetime(2026, 9, 1, 21, 29, tzinfo=UTC)
    tell(world)
    assert world.mail.received == []
    world.clock.now = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
    tell(world)
    (text,) = texts(world)
    assert "WEDNESDAY, 2 SEPTEMBER 2026" in text
    assert "to 2 September 2026, 07:30 (Australia/Sydney)" in " ".join(text.split())
    assert "EDGAR's index for 1 Sep is not out yet." in text
    assert "2 Sep " not in text.partition("WHAT WAS LOOKED AT")[2]


def test_after_downtime_one_digest_makes_up_for_all(world: World) -> None:
    tell(world)
    publish(world, 1)
    world.clock.now = MORNING + 4 * DAY + 3 * HOUR
    publish(world, 2)
    tell(world)
    tell(world)
    (text,) = texts(world)
    assert "2 notices about Example Industries Inc." in text
    assert "From 1 September 2026, 16:06 to 6 September 2026, 10:30" in text
    assert sent(world) == [MORNING + 4 * DAY]
    world.clock.now = MORNING + 5 * DAY
    publish(world, 3)
    tell(world)
    assert sent(world) == [MORNING + 4 * DAY, MORNING + 5 * DAY]


def test_a_weekly_digest_comes_on_its_day(world: World) -> None:
    world.watchlist = a_list("weekly fri 17:00 Europe/London")
    tell(world)
    publish(world)
    for _ in range(14 * 4):
        world.clock.move(6 * HOUR)
        tell(world)
    assert sent(world) == [
        datetime(2026, 9, 4, 16, 0, tzinfo=UTC),
        datetime(2026, 9, 11, 16, 0, tzinfo=UTC),
    ]


def test_the_sweep_rings_for_digests(world: World) -> None:
    world.pipeline().sweep()
    assert Step.DIGEST in world.rung
    world.rung.clear()
    tell(world)
    world.clock.now -= timedelta(seconds=45)
    world.pipeline().sweep()
    assert Step.DIGEST not in world.rung
