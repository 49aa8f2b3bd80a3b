"""A local EDGAR and a client for it, on one clock that moves only when somebody sleeps or steps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import a_filing
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.contact import Contact
from worker.edgar.sites import Sites
from worker.filings.filing import Filing
from worker.standins.edgar.answer import Answer, AnsweringServer, Asked
from worker.standins.edgar.server import EdgarStandin

CONTACT = Contact.parse("Jane Doe jane@example.com")
NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
NIGHT = datetime(2026, 3, 3, 3, 10, tzinfo=UTC)  # after the index of DAY has come


class SteppedClock:
    """A clock, its monotonic reading, and the sleep that moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def budget(clock: SteppedClock) -> LocalBudget:
    return LocalBudget(monotonic=clock.monotonic)


@pytest.fixture
def standin(clock: SteppedClock) -> Iterator[EdgarStandin]:
    with EdgarStandin(clock=clock) as standin:
        yield standin


@pytest.fixture
def edgar(standin: EdgarStandin, budget: LocalBudget, clock: SteppedClock) -> Iterator[Edgar]:
    with Edgar(CONTACT, budget, sites=Sites.at(standin.base_url), sleep=clock.sleep) as edgar:
        yield edgar


@pytest.fixture
def scripted(clock: SteppedClock) -> Iterator[Callable[[Callable[[Asked], Answer]], Edgar]]:
    """A client for a server that answers as the test's own function says."""
    closing: list[Callable[[], None]] = []

    def start(answer: Callable[[Asked], Answer]) -> Edgar:
        server = AnsweringServer(clock, answer)
        server.start()
        client = Edgar(
            CONTACT,
            LocalBudget(monotonic=clock.monotonic),
            sites=Sites.at(server.url),
            sleep=clock.sleep,
        )
        closing.extend((server.close, client.close))
        return client

    yield start
    for close in reversed(closing):
        close()


def numbered(number: int, **changes: object) -> Filing:
    """One of a series of filings, each accepted a second before the one with the number before its own."""
    values: dict[str, object] = {
        "accession": f"0001950047-26-{number:06d}",
        "accepted_at": NOON - timedelta(seconds=number),
    }
    return a_filing(**(values | changes))
