"""Every way in which EDGAR fails, on everything asked of it: none of them ever reads as "nothing"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.edgar.conftest import DAY, NIGHT, NOON, SteppedClock, numbered
from worker.edgar.client import Edgar
from worker.errors import ConfigurationError, Unreachable
from worker.standins.edgar.faults import Fault
from worker.standins.edgar.server import EdgarStandin


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SLOW])
@pytest.mark.parametrize(
    "asked",
    [
        ("/cgi-bin", lambda edgar: list(edgar.latest(NOON))),
        ("/Archives/edgar/daily", lambda edgar: edgar.daily_index(DAY)),
        ("/Archives/edgar/full", lambda edgar: edgar.quarterly_index(DAY)),
        ("/LATEST", lambda edgar: edgar.search(DAY)),
        ("/files", lambda edgar: edgar.tickers()),
    ],
    ids=["feed", "daily index", "quarterly index", "search", "tickers"],
)
def test_no_failure_ever_reads_as_no_filings(
    standin: EdgarStandin,
    edgar: Edgar,
    clock: SteppedClock,
    fault: Fault,
    asked: tuple[str, Callable[[Edgar], object]],
) -> None:
    path, ask = asked
    standin.publish(numbered(1))
    standin.list_company("QFIN", 1741530, "Qfin Holdings, Inc.")
    clock.now = NIGHT
    standin.fail_next(path, fault)
    if (path, fault) == ("/LATEST", Fault.NO_HITS):
        assert edgar.search(DAY).total == 0  # throttling looks so; the caller is told the figure
        return
    with pytest.raises((Unreachable, ConfigurationError)):
        ask(edgar)
    clock.sleep(3600)
    assert ask(edgar)
