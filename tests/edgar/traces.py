"""Arrival traces out of hypothesis's hand: late, out of order, in halves, through outages and restarts."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from hypothesis import strategies as st

from tests.builders import a_filing
from tests.edgar.conftest import NOON
from worker.filings.filing import Filing
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.server import EdgarStandin

#: How long filings keep coming, and the longest a filing may take from acceptance to the feed; the worst
#: of 100 real ones took 103 seconds.
LENGTH = timedelta(minutes=12)
LONGEST_LAG = timedelta(minutes=5)

FAULTS = (Fault.UNAVAILABLE, Fault.RATE, Fault.TRUNCATED, Fault.EMPTY, Fault.HTML, Fault.RESET, Fault.BACKEND)


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """One filing: accepted so long after noon, shown so much later, its second row after another gap.

    A filing that is not `on_feed` is known to the indexes alone.
    """

    number: int
    accepted: timedelta
    lag: timedelta
    row_gap: timedelta
    issuer_first: bool
    on_feed: bool

    @property
    def filing(self) -> Filing:
        parties = a_filing().parties
        return a_filing(
            accession=f"0001950047-26-{self.number:06d}",
            parties=parties if self.issuer_first else parties[::-1],
            accepted_at=NOON + self.accepted,
        )

    @property
    def shown_at(self) -> datetime:
        return NOON + self.accepted + self.lag


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """`faults` maps the number of a poll to what goes wrong with one of its requests, `deaths` the number
    of a poll to the pages after which its process is killed.
    """

    arriving: tuple[Arriving, ...]
    faults: dict[int, Fault]
    deaths: dict[int, int]

    def play_on(self, standin: EdgarStandin) -> None:
        """Announce every filing at its time."""
        for one in self.arriving:
            standin.publish(one.filing, at=one.shown_at, row_gap=one.row_gap, on_feed=one.on_feed)


def spans(longest: timedelta) -> st.SearchStrategy[timedelta]:
    return st.integers(0, int(longest.total_seconds())).map(lambda seconds: timedelta(seconds=seconds))


def arriving(number: int) -> st.SearchStrategy[Arriving]:
    return st.builds(
        Arriving,
        number=st.just(number),
        accepted=spans(LENGTH),
        lag=spans(LONGEST_LAG),
        row_gap=spans(timedelta(seconds=20)),
        issuer_first=st.booleans(),
        on_feed=st.sampled_from([True, True, True, False]),
    )


POLLS = st.integers(0, 9)
TRACES = st.builds(
    Trace,
    arriving=st.integers(1, 40).flatmap(lambda many: st.tuples(*(arriving(n) for n in range(many)))),
    faults=st.dictionaries(POLLS, st.sampled_from(FAULTS), max_size=4),
    deaths=st.dictionaries(POLLS, st.integers(0, 2), max_size=4),
)
