"""A reading that breaks is tried again soon, keeps nobody waiting, and its readers hear of it in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
import sqlalchemy as sa

from tests.builders import a_filing
from tests.world import World
from worker.edgar.client import Document, Edgar
from worker.errors import Unreachable
from worker.filings.filing import Filing
from worker.intake import BROKEN
from worker.ledger.tables import filings
from worker.pipeline import Pipeline
from worker.reading import READINGS_CUT_SHORT, Reader

FIRST, SECOND = "0001999500-26-000001", "0001999500-26-000002"


class Breaks:
    """Does what `does` does, but for the first `times`, when it breaks in a way that nobody foresaw."""

    def __init__(self, does: Callable[..., object], times: int) -> None:
        self._does, self.times = does, times

    def __call__(self, *arguments: object) -> object:
        if self.times:
            self.times -= 1
            raise RuntimeError("deque mutated during iteration")
        return self._does(*arguments)


class BreakingEdgar:
    def __init__(self, edgar: Edgar, times: int) -> None:
        self.document = cast("Callable[[Filing], Document]", Breaks(edgar.document, times))


class BreakingReader:
    def __init__(self, reader: Reader, times: int) -> None:
        self.read = Breaks(reader.read, times)


def announced(world: World, *accessions: str) -> Pipeline:
    """A worker that has seen those on the feed."""
    for accession in accessions:
        world.publish(a_filing(accession=accession, accepted_at=world.clock()))
    world.clock.move(timedelta(seconds=10))
    pipeline = world.pipeline()
    pipeline.poll()
    return pipeline


def fetching_breaks(pipeline: Pipeline, times: int) -> Pipeline:
    return replace(pipeline, edgar=cast("Edgar", BreakingEdgar(pipeline.edgar, times)))


def reading_breaks(pipeline: Pipeline, times: int) -> Pipeline:
    return replace(pipeline, reader=cast("Reader", BreakingReader(pipeline.reader, times)))


def states(world: World) -> dict[str, str]:
    with world.ledger.database.read() as connection:
        return {row.accession: row.state for row in connection.execute(sa.select(filings))}


@pytest.mark.parametrize("breaking", [fetching_breaks, reading_breaks])
def test_what_breaks_once_keeps_nobody_waiting_and_is_read_soon(
    world: World, breaking: Callable[[Pipeline, int], Pipeline]
) -> None:
    pipeline = breaking(announced(world, FIRST, SECOND), 1)
    pipeline.read()
    assert sorted(states(world).values()) == ["announced", "read"]
    world.clock.move(BROKEN)
    pipeline.read()
    assert set(states(world).values()) == {"read"}


@pytest.mark.parametrize("breaking", [fetching_breaks, reading_breaks])
def test_of_what_breaks_every_time_its_readers_hear(
    world: World, breaking: Callable[[Pipeline, int], Pipeline]
) -> None:
    pipeline = breaking(announced(world, FIRST), READINGS_CUT_SHORT)
    for _ in range(READINGS_CUT_SHORT + 1):
        pipeline.read()
        world.clock.move(BROKEN)
    # Its other party is waited for first, as for any document that cannot be read.
    world.clock.move(timedelta(minutes=6))
    pipeline.read()
    pipeline.deliver()
    assert states(world) == {FIRST: "unreadable"}
    (post,) = world.slack.messages["ir-alerts"]
    assert f"reading it was cut short {READINGS_CUT_SHORT} times" in str(post.blocks)


def test_a_ledger_that_is_away_while_a_filing_is_given_back_costs_no_lease(world: World) -> None:
    world.publish(document_lag=timedelta(hours=1))
    world.clock.move(timedelta(seconds=10))
    pipeline = world.pipeline()
    pipeline.poll()
    postpone, away = world.ledger.filings.postpone, [Unreachable("the ledger did not answer")]

    def forgetful(*arguments: object, **named: object) -> None:
        if away:
            raise away.pop()
        postpone(*arguments, **named)  # type: ignore[arg-type]

    world.ledger.filings.postpone = forgetful  # type: ignore[method-assign]
    pipeline.read()
    with world.ledger.database.read() as connection:
        row = connection.execute(sa.select(filings)).one()
    assert (row.state, row.postponed) == ("announced", 1)


def test_deliveries_go_on_where_gathering_breaks(world: World) -> None:
    class Broken:
        def gather(self) -> None:
            raise KeyError("mistake")

    pipeline = replace(announced(world, FIRST), conversations=Broken())  # type: ignore[arg-type]
    pipeline.read()
    pipeline.deliver()
    assert world.posts() == 1
