"""`form144 check`: what is wrong with a folder of watchlists, and what it means, before it is live."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from worker import parts
from worker.cli.check_ledger import from_ledger
from worker.cli.console import stderr, stdout
from worker.cli.explain import decision_lines
from worker.cli.list_view import list_json, show_list
from worker.edgar.budget import LocalBudget
from worker.errors import ConfigurationError, Mistake
from worker.filings.filing import eastern_day
from worker.messages.rehearsal import rehearse as rehearse_templates
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists.contradictions import contradictions
from worker.watchlists.loading import FolderReading
from worker.watchlists.pins import LOCK_NAME, pins_for, write_pins
from worker.watchlists.rehearsing import Rehearsed, rehearse


def check(
    folder: Annotated[Path | None, typer.Argument(help="default: FORM144_WATCHLISTS")] = None,
    *,
    pin: Annotated[bool, typer.Option("--pin", help=f"write what entries mean to {LOCK_NAME}")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 where there are warnings")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Check the watchlists: every mistake with its line, whom each list watches, and the lists' own tests.
    Your own templates are tried on everything they will meet.

    Exit codes: 0 fit to run, 1 a test failed, or warnings under --strict, 2 mistakes.
    """
    settings = from_environment()
    where = folder or settings.watchlists
    if where.is_file():
        hint = f"name its folder, whose lists are checked together: form144 check {where.parent}"
        raise ConfigurationError([Mistake(str(where), "is a file", hint)])
    files = read_folder(where)
    edgar = parts.open_edgar(settings, LocalBudget()) if settings.contact else None
    now = parts.clock()
    try:
        tickers = parts.tickers(settings, edgar, now)
    finally:
        if edgar is not None:
            edgar.close()
    reading = parts.read_lists(settings, tickers, where, files)
    if settings.templates is not None:
        found = rehearse_templates(settings.templates)
        reading = msgspec.structs.replace(reading, mistakes=(*reading.mistakes, *found))
    odd = [one for watchlist in reading.watchlists for one in contradictions(watchlist, now)]
    asked = from_ledger(settings, reading.watchlists, now)
    reading = msgspec.structs.replace(reading, warnings=(*reading.warnings, *odd, *asked.warnings))
    rehearsed = [done for watchlist in reading.watchlists for done in rehearse(watchlist, asked.kept)]
    if as_json:
        sys.stdout.write(as_json_text(reading, rehearsed) + "\n")
    else:
        show(
            reading,
            rehearsed,
            stdout(),
            stderr(),
        )
    if pin and not reading.mistakes:
        stderr().print(f"written: {_pin(where, reading, eastern_day(now))}", markup=False)
    if reading.mistakes:
        raise typer.Exit(2)
    if any(done.failures for done in rehearsed) or (reading.warnings and strict):
        raise typer.Exit(1)


def show(reading: FolderReading, rehearsed: Sequence[Rehearsed], out: Console, errors: Console) -> None:
    """The lists on `out`; warnings, mistakes and tests that failed on `errors`."""
    for watchlist in reading.watchlists:
        show_list(watchlist, out)
    for mistake in reading.warnings:
        errors.print(f"warning: {mistake}", style="yellow", markup=False)
    for mistake in reading.mistakes:
        errors.print(f"mistake: {mistake}", style="red", markup=False)
    failed = [done for done in rehearsed if done.failures]
    for done in failed:
        for line in failure_lines(reading, done):
            errors.print(line, style="red", markup=False)
    told = {destination for watchlist in reading.watchlists for destination in watchlist.destinations}
    counts = [
        _count(len(reading.watchlists), "list"),
        _count(sum(len(watchlist.entries) for watchlist in reading.watchlists), "entry", "entries"),
        _count(len(told), "destination"),
        _count(len(reading.mistakes), "mistake"),
        _count(len(reading.warnings), "warning"),
    ]
    if rehearsed:
        counts += [_count(len(rehearsed), "test"), f"{len(failed)} failed"]
    out.print(", ".join(counts))


def failure_lines(reading: FolderReading, done: Rehearsed) -> Iterator[str]:
    """What a test expected and did not get, where it stands, and the list's decision."""
    rehearsal = done.rehearsal
    for failure in done.failures:
        yield f"failed: {rehearsal.where}: {rehearsal.name}: {failure}"
    watchlist = next(one for one in reading.watchlists if one.id == done.match.watchlist_id)
    yield from (f"    {line}" for line in decision_lines(watchlist, done.match))


def as_json_text(reading: FolderReading, rehearsed: Sequence[Rehearsed]) -> str:
    """The same as one JSON object: `lists`, `mistakes`, `warnings`, `tests`."""
    return msgspec.json.encode(
        {
            "lists": [list_json(watchlist) for watchlist in reading.watchlists],
            "mistakes": [_place(mistake) for mistake in reading.mistakes],
            "warnings": [_place(mistake) for mistake in reading.warnings],
            "tests": [
                {
                    "where": done.rehearsal.where,
                    "name": done.rehearsal.name,
                    "told": [str(destination) for destination in done.told],
                    "waiting": [
                        {"destination": str(one.destination), "until": one.until, "because": one.because}
                        for one in done.waiting
                    ],
                    "failures": done.failures,
                    "decision": done.match,
                }
                for done in rehearsed
            ],
        }
    ).decode()


def _place(mistake: Mistake) -> dict[str, str]:
    return {"where": mistake.where, "what": mistake.what, "hint": mistake.hint}


def _pin(folder: Path, reading: FolderReading, today: date) -> Path:
    text = write_pins(pins_for(reading.watchlists, reading.pins, today))
    part = folder / f".{LOCK_NAME}.part"
    part.write_text(text, encoding="utf-8")
    return part.replace(folder / LOCK_NAME)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
