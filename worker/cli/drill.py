"""`form144 drill`: a marked DRILL notice through everything that an alert goes through, measured."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from worker import drill as drills
from worker import engine, parts, preflight, wiring
from worker.cli.console import stdout
from worker.cli.doctor import check_lines
from worker.cli.documents import named_destination
from worker.drill import Asked
from worker.edgar.budget import LocalBudget
from worker.errors import ConfigurationError, Form144Error, Mistake
from worker.ledger.drill_progress import NOBODY_CAME, DrillDelivery, DrillProgress
from worker.ledger.in_use import in_use
from worker.ledger.ledger import Ledger
from worker.messages.words import span
from worker.notifiers.check import Mark
from worker.pipeline import Pipeline, Step
from worker.settings import Settings
from worker.standins.forms import as_xml
from worker.watchlists.watchlist import Watchlist

#: How long the steps may go on at a time with `--here`.
TURN = timedelta(seconds=1)


def drill(
    listed: Annotated[
        str | None, typer.Option("--list", help="id or name of the list; default: enough to reach everybody")
    ] = None,
    destination: Annotated[
        str | None, typer.Option(help="only this one of the list's: slack:#ir-alerts")
    ] = None,
    wait: Annotated[float, typer.Option(help="seconds to wait for all of it", min=1, max=3600)] = 60,
    here: Annotated[
        bool, typer.Option("--here", help="do the work in this process, where nobody else runs")
    ] = False,
) -> None:
    """Send a notice marked DRILL through the queue, the reader, the lists and the channels, and measure it.

    Every message says that it is a drill. It counts in no coverage, history or digest; silences and quiet
    hours do not hold it back. Exit codes, for cron: 0 everybody got it, 1 not everybody, 2 mistakes.
    """
    settings = engine.settings()
    console = stdout()
    to = None if destination is None else named_destination(destination)
    wanted = drills.wanted(_lists(settings), listed, to)
    ledger = parts.open_ledger(settings, migrate=here and settings.is_embedded)
    try:
        found = preflight.destinations(settings, [to for one in wanted for to in one.destinations])
        for line in check_lines([one for one in found if one.mark in (Mark.WARNING, Mark.BROKEN)]):
            console.print(line)
        if not here and _nobody_runs(settings):
            raise Form144Error("Nobody would take it up: start form144 run, or add --here.")
        with (
            _worked(settings, here=here) as work,
            _ctrl_c_heard_after(work) as pause,
            _withdrawn_if_stopped(ledger) as asked,
        ):
            patience = timedelta(seconds=wait)
            for one in wanted:
                asked.append(drills.ask(ledger, one, as_xml, parts.clock(), wait=patience))
            if not settings.is_embedded:  # the one process that needs no broker looks twice a second itself
                engine.ring(Step.READ)
            is_whole = show(ledger, asked, console, pause)
    finally:
        ledger.close()
    if not is_whole:
        raise typer.Exit(1)


def show(ledger: Ledger, asked: Sequence[Asked], console: Console, pause: Callable[[], None]) -> bool:
    """Watch the drills and show what comes of each; whether everybody who was wanted got it."""
    is_whole = True
    for one in asked:
        for line in _held_back(one):
            console.print(line, style="red", markup=False)
        is_whole = is_whole and not one.left_out
    accessions = [one.accession for one in asked if one.accession is not None]
    for found, last in drills.watch(ledger, accessions, parts.clock, pause):
        console.print(table(found, next(one for one in asked if one.accession == found.accession)))
        if last.result == NOBODY_CAME:
            waited = span(last.ended_at - last.asked_at)
            said = f"nobody took it up within {waited}: is form144 run (or worker and beat) alive?"
        else:
            said = last.result
        console.print(f"Drill: {said}", style="green" if last.reached_all else "red", markup=False)
        is_whole = is_whole and last.reached_all
    return is_whole


def table(found: DrillProgress, asked: Asked) -> Table:
    """Every hop, when it was and how long after the one before; then every destination."""
    grid = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    grid.title = escape(f"DRILL {found.accession}, list {asked.wanted.watchlist.id}")
    for heading in ("Hop", "At (UTC)", "Took", ""):
        grid.add_column(heading, overflow="fold")
    before = found.asked_at
    for hop, at in (
        ("queued", found.asked_at),
        ("claimed", found.taken_at),
        ("read", found.read_at),
        ("matched", found.matched_at),
    ):
        grid.add_row(hop, _instant(at), _took(before, at), "" if at else "[red]not reached")
        before = at or before
    for one in found.deliveries:
        at = one.settled_at if one.is_delivered else None
        grid.add_row(escape(str(one.destination)), _instant(at), _took(before, at), _became(one))
    return grid


def _became(one: DrillDelivery) -> str:
    if one.is_delivered:
        attempts = f", attempt {one.attempts}" if one.attempts > 1 else ""
        return f"[green]delivered{attempts}"
    state = one.state or "not sent"
    return f"[red]{escape(f'{state}: {one.why}')}"


def _instant(at: datetime | None) -> str:
    return f"{at:%H:%M:%S.%f}"[:-3] if at is not None else "-"


def _took(before: datetime, at: datetime | None) -> str:
    return f"{max((at - before).total_seconds(), 0):.2f} s" if at is not None else "-"


def _held_back(one: Asked) -> Iterator[str]:
    if not one.left_out:
        return
    whom = ", ".join(map(str, one.left_out))
    yield f"No notice could be made up that list {one.wanted.watchlist.id} tells {whom} of:"
    for finding in one.fitted.missed:
        yield f"    {finding.condition}: not met, {finding.because}"
    yield "    form144 send-test sends one message past the lists"


def _lists(settings: Settings) -> tuple[Watchlist, ...]:
    """The lists as the folder has them. Raises ConfigurationError; off a terminal it names no list."""
    edgar = parts.open_edgar(settings, LocalBudget()) if settings.contact else None
    try:
        known = parts.tickers(settings, edgar, parts.clock())
    finally:
        if edgar is not None:
            edgar.close()
    return parts.load_lists(settings, known)


def _nobody_runs(settings: Settings) -> bool:
    """Whether it is certain that the one process that would do everything is not there."""
    if not settings.is_embedded:
        return False
    try:
        with in_use(settings.ledger_url, alone=True) as nobody_else:
            return nobody_else
    except ConfigurationError:
        return False


@contextmanager
def _ctrl_c_heard_after(work: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Yields `work`, after which Ctrl-C is heard, and nowhere else: where it ended a write in the middle, the
    withdrawal would wait for what that one holds.
    """
    pressed = Event()

    def pause() -> None:
        work()
        if pressed.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, lambda _number, _frame: pressed.set())
    try:
        yield pause
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _withdrawn_if_stopped(ledger: Ledger) -> Iterator[list[Asked]]:
    """Yields where to put what is asked for. Of a command that was stopped nobody hears any more."""
    asked: list[Asked] = []
    try:
        yield asked
    except BaseException:
        for one in asked:
            if one.accession is not None:
                ledger.drills.end(one.accession, parts.clock())
        raise


@contextmanager
def _worked(settings: Settings, *, here: bool) -> Iterator[Callable[[], None]]:
    """What is done between two looks: wait for others, or do here what they would do."""
    if not here:
        yield lambda: time.sleep(drills.LOOK_EVERY)
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(in_use(settings.ledger_url, alone=settings.is_embedded))
        except ConfigurationError:
            what, hint = "a form144 is at work here already", "leave --here out: that one takes it up"
            raise ConfigurationError([Mistake("--here", what, hint)]) from None
        pipeline = replace(wiring.build_pipeline(settings, ring=lambda _step: None), drain=TURN)
        stack.callback(pipeline.ledger.close)
        stack.callback(pipeline.edgar.close)
        yield lambda: _work(pipeline)


def _work(pipeline: Pipeline) -> None:
    pipeline.read()
    pipeline.deliver()
    time.sleep(drills.LOOK_EVERY)
