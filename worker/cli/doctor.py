"""`form144 doctor`: everything that has to hold for an alert to arrive, a line each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated

import msgspec
import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from worker import parts
from worker.cli.console import stdout
from worker.doctor.examination import examine
from worker.doctor.patient import Patient
from worker.messages.words import counted
from worker.notifiers.check import Check, Mark
from worker.settings import as_far_as_read

#: How each mark looks, and in which colour.
LOOKS = {
    Mark.FINE: ("✓", "green"),
    Mark.WARNING: ("!", "yellow"),
    Mark.BROKEN: ("✗", "red"),
    Mark.NOT_ASKED: ("·", "dim"),
}

#: Room for the names of what is looked at; longer ones, of channels, push the rest aside.
NAMES = 22


class Format(StrEnum):
    """How the findings are printed."""

    TEXT = "text"
    JSON = "json"


def doctor(
    format: Annotated[Format, typer.Option(help="text for people, json for machines")] = Format.TEXT,  # noqa: A002
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 where there are warnings")] = False,
) -> None:
    """Look at everything an alert needs: settings, ledger, broker, workers, clocks, EDGAR, lists, templates,
    channels. Nobody is sent anything.

    Exit codes: 0 nothing is broken, 1 something is, or warnings under --strict, 2 a setting is wrong.
    """
    settings, mistakes = as_far_as_read()
    patient = Patient(settings=settings, mistakes=mistakes, clock=parts.clock)
    found: list[Check] = []
    console = stdout(wrap=True)
    for check in examine(patient):
        found.append(check)
        if format is Format.TEXT:
            for line in check_lines([check]):
                console.print(line)
    if format is Format.JSON:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode({"checks": found})).decode() + "\n")
    else:
        console.print(_summary(found))
    if mistakes:
        raise typer.Exit(2)
    marks = {check.mark for check in found}
    if Mark.BROKEN in marks or (strict and Mark.WARNING in marks):
        raise typer.Exit(1)


def check_lines(checks: Iterable[Check]) -> Iterator[Table]:
    """One line each: mark, what, what was found, and, where something is to be done, what."""
    for check in checks:
        sign, style = LOOKS[check.mark]
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=1, no_wrap=True)
        grid.add_column(min_width=NAMES, overflow="fold")
        grid.add_column(overflow="fold")
        said = Text(check.finding, style="dim" if check.mark is Mark.NOT_ASKED else "")
        if check.hint and check.mark is not Mark.FINE:
            said.append(f" → {check.hint}", style="italic")
        grid.add_row(Text(sign, style=f"bold {style}"), Text(check.what, style="bold"), said)
        yield grid


def _summary(found: Iterable[Check]) -> Padding:
    marks = [check.mark for check in found]
    counts = [_counted(marks.count(mark), mark) for mark in Mark if mark in marks]
    return Padding(Text(", ".join(counts), style="bold"), (1, 0, 0, 0))


def _counted(number: int, mark: Mark) -> str:
    return counted(number, "warning") if mark is Mark.WARNING else f"{number} {mark}"
