"""Whether the work is done: what a load balancer or an orchestrator asks, and a person reads."""

from __future__ import annotations

from collections.abc import Sequence

from worker.due import POLL_TOO_OLD
from worker.edgar.hours import is_open
from worker.errors import ConfigurationError, Unreachable
from worker.messages.words import span
from worker.metrics.readings import Readings


def not_ready(readings: Readings) -> Sequence[str]:
    """What is missing, a sentence each; empty where the ledger answers, its schema fits, somebody does the
    work, and in EDGAR's hours a look at the feed was good lately. Which process does it is all one.
    """
    try:
        reading = readings.read()
    except ConfigurationError as error:
        return [mistake.what for mistake in error.mistakes]
    except Unreachable:
        return ["the ledger does not answer"]
    good = reading.gauged.last_good_poll
    if is_open(reading.at) and (good is None or reading.at - good > POLL_TOO_OLD):
        return [f"no good poll in the last {span(POLL_TOO_OLD)}", *reading.undone]
    return reading.undone
