"""The rule of the feed, held against arrival traces: look back ten minutes from the newest filing of the
last poll that came to its end, and whatever the feed shows is found, however it comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings

from tests.edgar.conftest import CONTACT, DAY, NIGHT, NOON, SteppedClock
from tests.edgar.traces import LENGTH, LONGEST_LAG, TRACES, Trace
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.sites import Sites
from worker.errors import Blocked, Unreachable
from worker.filings.filing import Filing, Party
from worker.standins.edgar.server import EdgarStandin

LOOK_BACK = timedelta(minutes=10)


class Poller:
    """Keeps what a ledger would keep: the parties of every filing, and the newest of the last whole poll."""

    def __init__(self, edgar: Edgar, clock: SteppedClock) -> None:
        self.edgar = edgar
        self.clock = clock
        self.known: dict[str, set[Party]] = {}
        self.newest = NOON - timedelta(hours=1)
        self.whole_since: datetime | None = None

    def announce(self, filings: tuple[Filing, ...]) -> None:
        for filing in filings:
            self.known.setdefault(filing.accession, set()).update(filing.parties)

    def poll(self, dies_after: int | None) -> None:
        """One poll; one that dies or fails leaves what it announced, and no mark."""
        began, newest, pages = self.clock.now, self.newest, 0
        if dies_after == 0:
            return
        try:
            for page in self.edgar.latest(self.newest - LOOK_BACK):
                self.announce(page.filings)
                newest = max(newest, page.newest or newest)
                pages += 1
                if pages == dies_after:
                    return
        except Blocked as blocked:
            self.clock.sleep((blocked.retry_after or LOOK_BACK).total_seconds())
            return
        except Unreachable:
            return
        self.newest, self.whole_since = newest, began


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(TRACES)
def test_whatever_the_feed_shows_is_found_and_the_index_finds_the_rest(trace: Trace) -> None:
    clock = SteppedClock()
    budget = LocalBudget(monotonic=clock.monotonic)
    with (
        EdgarStandin(clock=clock, rows_per_page=10) as standin,
        Edgar(CONTACT, budget, sites=Sites.at(standin.base_url), sleep=clock.sleep) as edgar,
    ):
        trace.play_on(standin)
        poller = Poller(edgar, clock)
        over = NOON + LENGTH + LONGEST_LAG + timedelta(seconds=30)
        number = 0
        while poller.whole_since is None or poller.whole_since < over:
            if number in trace.faults:
                standin.fail_next("/cgi-bin", trace.faults[number])
            poller.poll(trace.deaths.get(number))
            clock.sleep(120)
            number += 1
        shown = {one.filing.accession: set(one.filing.parties) for one in trace.arriving if one.on_feed}
        assert poller.known == shown

        clock.now = NIGHT
        poller.announce(edgar.daily_index(DAY))
        assert set(poller.known) == {one.filing.accession for one in trace.arriving}
        assert standin.peak_per_second <= 10
