"""`form144 status`: is it working, what is waiting, what is stuck."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from worker import engine, wiring
from worker.alerts.delivery import DeliveryState
from worker.cli.outcome import coverage_line, span
from worker.edgar.hours import EASTERN, eastern_day, is_open
from worker.ledger.ledger import Ledger
from worker.ledger.report import Coverage

#: In EDGAR's hours a good poll older than this means that nobody is looking.
POLL_TOO_OLD = timedelta(minutes=15)

#: Deliveries a person has to look at.
STUCK = (DeliveryState.REFUSED, DeliveryState.ABANDONED, DeliveryState.UNKNOWN)


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `last_good_poll` is an aware UTC instant, None where there was none; `stuck`
    are sentences, and none of them is good news.
    """

    last_good_poll: datetime | None
    last_poll_error: str | None
    filings: dict[str, int]
    deliveries: dict[str, int]
    coverage_today: Coverage
    stuck: tuple[str, ...]


def status(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, for machines")] = False,
) -> None:
    """Show whether polling works, what waits and what is stuck; exit code 1 where anything is."""
    console = Console(highlight=False)
    ledger = wiring.open_ledger(engine.settings(), migrate=False)
    try:
        found = read_status(ledger, wiring.clock())
    finally:
        ledger.close()
    if as_json:
        console.file.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        _show(console, found)
    if found.stuck:
        raise typer.Exit(1)


def read_status(ledger: Ledger, now: datetime) -> Status:
    """The state of things at `now`, from the ledger alone."""
    good, last = ledger.polls.last_complete(), ledger.polls.last()
    filings, deliveries = ledger.report.filings_by_state(), ledger.report.deliveries_by_state()
    midnight = datetime.combine(eastern_day(now), time(0), tzinfo=EASTERN).astimezone(UTC)
    stuck = [f"{number} deliveries are {state}" for state, number in deliveries.items() if state in STUCK]
    stuck += [f"nothing goes to {to} any more: {why}" for to, why in ledger.report.ended_lanes().items()]
    polled_at = good.ended_at if good else None
    if is_open(now) and (polled_at is None or now - polled_at > POLL_TOO_OLD):
        stuck.append(f"no good poll in the last {span(POLL_TOO_OLD)}")
    return Status(
        last_good_poll=polled_at,
        last_poll_error=last.error if last else None,
        filings=filings,
        deliveries={str(state): number for state, number in deliveries.items()},
        coverage_today=ledger.report.coverage(midnight, now),
        stuck=tuple(stuck),
    )


def _show(console: Console, found: Status) -> None:
    polled = f"{found.last_good_poll:%Y-%m-%d %H:%M:%S} UTC" if found.last_good_poll else "never"
    console.print(f"Last good poll  {polled}")
    if found.last_poll_error:
        console.print(
            f"                the last one failed: {found.last_poll_error}", style="yellow", markup=False
        )
    console.print(f"Filings         {_counts(found.filings)}")
    console.print(f"Deliveries      {_counts(found.deliveries)}")
    console.print("Today           ", end="")
    console.print(coverage_line(found.coverage_today))
    for sentence in found.stuck:
        console.print(f"Stuck           {sentence}", style="red", markup=False)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none"
