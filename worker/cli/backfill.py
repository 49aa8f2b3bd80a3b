"""`form144 backfill`: read the notices of days gone by, and tell nobody of them unless told to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from worker import parts, wiring
from worker.cli.author import By, author
from worker.cli.bounds import within_reach
from worker.cli.console import stdout
from worker.edgar.budget import LocalBudget
from worker.edgar.hours import index_days
from worker.errors import ConfigurationError, Mistake
from worker.filings.filing import eastern_day
from worker.ledger.kinds import Kind
from worker.ledger.ledger import Ledger
from worker.pipeline import Pipeline
from worker.reconciliation import DAY, Indexes
from worker.settings import from_environment

#: The worker's own first poll reads this much; what it is about to tell must not be read in silence before.
LEFT_TO_THE_WORKER = timedelta(days=2)

#: How long one look at the progress lasts, and how long it waits for documents that are not there yet.
LOOK = timedelta(seconds=1)

_DAYS = ["%Y-%m-%d"]


def backfill(
    first: Annotated[
        datetime, typer.Option("--from", formats=_DAYS, callback=within_reach, help="first day")
    ],
    last: Annotated[datetime, typer.Option("--to", formats=_DAYS, callback=within_reach, help="last day")],
    notify: Annotated[bool, typer.Option("--notify", help="send the alerts these notices raise")] = False,
    by: By = None,
) -> None:
    """Read the notices of days gone by; nobody is told of them without --notify.

    It may be stopped and started again at any time: what was read stays read. With --notify the alerts
    are owed from then on, and form144 run or worker sends them.
    """
    console, who = stdout(wrap=True), author(by)
    settings = from_environment()
    # Whoever is not let into EDGAR leaves no new ledger behind.
    parts.open_edgar(settings, LocalBudget()).close()
    parts.open_ledger(settings, migrate=settings.is_embedded).close()
    pipeline = replace(wiring.build_pipeline(settings, ring=lambda _step: None), drain=LOOK)
    try:
        days = wanted_days(pipeline.ledger, first.date(), last.date(), parts.clock(), notify=notify)
        asked = f"{first.date()} to {last.date()}"
        pipeline.ledger.chain.note(Kind.BACKFILLED, asked, parts.clock(), by=who, notify=notify)
        with Progress(
            TextColumn("{task.description:<8}"),
            BarColumn(32),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        ) as progress:
            read_days(pipeline, days, progress, quiet=not notify)
        console.print(result(pipeline.ledger, days, notify=notify), markup=False)
    finally:
        pipeline.edgar.close()
        pipeline.ledger.close()


def wanted_days(ledger: Ledger, first: date, last: date, now: datetime, *, notify: bool) -> tuple[date, ...]:
    """The business days from `first` to `last` that have an index. Raises ConfigurationError where the range
    is empty, or where a silent reading would take from the worker what it has to tell.
    """
    if first > last:
        raise ConfigurationError([Mistake("--from", f"{first} is after {last}")])
    theirs = ledger.days.begun() or eastern_day(now - LEFT_TO_THE_WORKER)
    if not notify and last >= theirs:
        what = f"from {theirs} on the notices are the running worker's, which tells of them"
        hint = f"end with {theirs - DAY}, or add --notify"
        raise ConfigurationError([Mistake("--to", what, hint)])
    return tuple(day for day in index_days(first - DAY, now) if day <= last)


def read_days(pipeline: Pipeline, days: tuple[date, ...], progress: Progress, *, quiet: bool) -> None:
    """Parse the indexes of those days, then read what they list, until nothing is left that can be read."""
    if not days:
        return
    ledger = pipeline.ledger
    indexes = Indexes(
        ledger=ledger, edgar=pipeline.edgar, clock=pipeline.clock, for_a_person=True, quiet=quiet
    )
    done = ledger.days.settled(days[0]) & set(days)
    bar = progress.add_task("Indexes", total=len(days), completed=len(done))
    for _ in indexes.parse(set(days) - done):
        progress.update(bar, completed=len(ledger.days.settled(days[0]) & set(days)))
    waiting = ledger.filings.waiting(days[0], days[-1])
    read = progress.add_task("Notices", total=ledger.report.coverage(days[0], days[-1]).seen)
    while waiting and not pipeline.stopping.is_set():
        pipeline.read()
        left = ledger.filings.waiting(days[0], days[-1])
        progress.update(read, completed=(progress.tasks[read].total or 0) - left)
        if left == waiting and not ledger.filings.due(pipeline.clock()):
            return  # the rest waits for its time; whoever runs next reads it
        waiting = left
    progress.update(read, completed=progress.tasks[read].total)


def result(ledger: Ledger, days: tuple[date, ...], *, notify: bool) -> str:
    """What came of it, in a sentence or two."""
    if not days:
        return "EDGAR has no index of any of those days."
    found = ledger.report.coverage(days[0], days[-1])
    told = "their alerts are owed" if notify else "nobody was told"
    text = f"{found.seen} notices of {len(days)} days: {found.matched} on a watchlist, and {told}."
    text += f" Unreadable {found.unreadable}." if found.unreadable else ""
    text += f" {found.waiting} wait for their documents; start again later." if found.waiting else ""
    return text
