"""The reckoning: what had to arrive, from the material alone, beside what the other side really took."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import typer.main
from rich.console import Console
from rich.table import Table

from tests.acceptance.material import SPEED, Piece, expected
from tests.dying import ROOT
from worker.cli.commands import app
from worker.errors import Unreachable
from worker.filings.filing import eastern_day
from worker.ledger.ledger import Ledger
from worker.ledger.queue import same_lane
from worker.ledger.tables import attempts, deliveries, lanes

#: How Celery says in a worker's log that a task raised an error: the task's name, and the error's.
RAISED = re.compile(r"Task form144\.(\w+)\[[^\]]*\] (?:raised unexpected|INTERNAL ERROR): ([^(\n]{0,60})")


@dataclass
class Reckoning:
    """The rows of the table, and what is wrong; nothing is where `wrong` is empty."""

    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def row(self, what: str, figure: object, *, wrong_if: bool = False) -> None:
        self.rows.append((what, f"{figure:,}" if isinstance(figure, int) else str(figure)))
        if wrong_if:
            self.wrong.append(f"{what}: {figure}")

    def show(self, console: Console) -> None:
        table = Table(title=self.title, show_header=False, title_justify="left")
        for what, figure in self.rows:
            bad = any(one.startswith(f"{what}: ") for one in self.wrong)
            table.add_row(what, f"[bold red]{figure}[/]" if bad else figure)
        console.print(table)
        console.print(
            "[bold red]NOT AS IT SHOULD BE[/]" if self.wrong else "[green]All of it is as it should be.[/]"
        )
        for one in self.wrong:
            console.print(f"  {one}", markup=False)


def reckon(
    reckoning: Reckoning,
    *,
    pieces: list[Piece],
    report: Mapping[str, Any],
    ledger: Ledger,
    began: datetime,
    ended: datetime,
    environment: Mapping[str, str],
    logs: str,
) -> None:
    """Hold the other side's records against the material, and the ledger's against both."""
    owed = arrivals(reckoning, pieces=pieces, taken=report["taken"], ledger=ledger)
    _coverage(reckoning, pieces, ledger, began, ended)
    states = ledger.report.deliveries_by_state()
    shown = ", ".join(f"{number} {state.value}" for state, number in sorted(states.items()))
    reckoning.row("the ledger says", shown, wrong_if=states != {"delivered": len(owed)})
    for destination, why in _waiting(ledger, ended):
        reckoning.row(f"waits for {destination}", why)
    said, broken = _chain(environment)
    reckoning.row("the chain of the record", said, wrong_if=broken)
    raised(reckoning, logs)
    reckoning.row("requests to EDGAR", report["asked of EDGAR"])
    reckoning.row("most of them in one second", report["peak of EDGAR"])


def arrivals(
    reckoning: Reckoning, *, pieces: list[Piece], taken: Sequence[Mapping[str, Any]], ledger: Ledger
) -> Mapping[str, object]:
    """What was expected beside what was taken; returns the former, by key."""
    owed, lost_answers = expected(pieces, ledger.secret()), _lost_answers(ledger)
    copies = Counter(str(one["key"]) for one in taken)
    places: defaultdict[str, set[str]] = defaultdict(set)
    for one in taken:
        places[one["key"]].add(one["to"])
    missing = [key for key in owed if key not in copies]
    strange = [key for key in copies if key not in owed]
    # What the message says must be what its key stands for: the right filing, at the right address.
    misled = [
        one
        for one in taken
        if one["key"] in owed
        and (str(owed[one["key"]][2]) != one["to"] or owed[one["key"]][0] not in one["names"])
    ]
    twice = {key: number - 1 for key, number in copies.items() if number > 1}
    at_slack = sum(
        number for key, number in twice.items() if any(to.startswith("slack") for to in places[key])
    )
    by_mail = sum(twice.values()) - at_slack
    unexplained = sum(max(0, number - lost_answers.get(key, 0)) for key, number in twice.items())
    reckoning.row("messages expected (filing, list, destination)", len(owed))
    reckoning.row("arrived", len(set(copies) & set(owed)))
    reckoning.row("missing", len(missing), wrong_if=bool(missing))
    reckoning.row("that nobody expected", len(strange), wrong_if=bool(strange))
    reckoning.row("with another filing or at another address", len(misled), wrong_if=bool(misled))
    reckoning.row("twice at Slack, which can be asked", at_slack, wrong_if=bool(at_slack))
    reckoning.row("twice by mail: answer lost, no history to ask", by_mail)
    reckoning.row("twice without such a reason", unexplained, wrong_if=bool(unexplained))
    return owed


def raised(reckoning: Reckoning, logs: str) -> None:
    """What tasks raised, by the logs of all workers. Where the ledger was away that is Unreachable, and the
    task is rung for again; any other error is a mistake of the program's.
    """
    found = Counter((error, step) for step, error in RAISED.findall(logs))
    shown = ", ".join(f"{number} {error} in {step}" for (error, step), number in sorted(found.items()))
    mistaken = any(error != Unreachable.__name__ for error, _ in found)
    reckoning.row("tasks that raised", shown or "none", wrong_if=mistaken)


def _waiting(ledger: Ledger, now: datetime) -> list[tuple[str, str]]:
    """Each destination for which something is open, and how the oldest of it stands."""
    query = (
        sa.select(deliveries, lanes.c.open_at)
        .join(lanes, sa.and_(same_lane(), deliveries.c.settled_at.is_(None)))
        .order_by(deliveries.c.id)
    )
    with ledger.database.read() as connection:
        rows = connection.execute(query).all()
    waiting: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        waiting.setdefault(f"{row.notifier}:{row.address}", []).append(row)
    return [(destination, _stands(theirs[0], len(theirs), now)) for destination, theirs in waiting.items()]


def _stands(oldest: sa.Row[Any], number: int, now: datetime) -> str:
    due, opens = _seconds(oldest.due_at, now), _seconds(oldest.open_at, now)
    tried = f"the oldest {oldest.state.value} after {oldest.attempts} attempts, due in {due}"
    return f"{number}; {tried}, the lane open in {opens}: {oldest.last_error}"


def _seconds(at: datetime | None, now: datetime) -> str:
    return "no time" if at is None else f"{(at - now).total_seconds():.0f} s"


def _lost_answers(ledger: Ledger) -> dict[str, int]:
    """By key, how many attempts nobody heard the end of: their process, or their answer, was lost."""
    query = (
        sa.select(deliveries.c.key, sa.func.count())
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(sa.or_(attempts.c.outcome.is_(None), attempts.c.outcome == "unknown"))
        .group_by(deliveries.c.key)
    )
    with ledger.database.read() as connection:
        return dict(connection.execute(query).all())


def _coverage(
    reckoning: Reckoning, pieces: list[Piece], ledger: Ledger, began: datetime, ended: datetime
) -> None:
    first = began - timedelta(seconds=max(piece.appears for piece in pieces) * SPEED + 3_600)
    covered = ledger.report.coverage(eastern_day(first), eastern_day(ended))
    readable = sum(piece.is_readable for piece in pieces)
    watched = len({accession for accession, _, _ in expected(pieces, ledger.secret()).values()})
    for what, said, true in (
        ("seen", covered.seen, len(pieces)),
        ("read", covered.read, readable),
        ("unreadable", covered.unreadable, len(pieces) - readable),
        ("waiting", covered.waiting, 0),
        ("matched", covered.matched, watched),
    ):
        reckoning.row(f"coverage: {what}", f"{said:,} of {true:,}", wrong_if=said != true)


def _chain(environment: Mapping[str, str]) -> tuple[str, bool]:
    """What `form144 ledger verify` says of the record, and whether that is wrong."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a click group
    if "ledger" not in commands:
        return "this form144 keeps none", False
    done = subprocess.run(
        [sys.executable, "-m", "worker.cli", "ledger", "verify"],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = " ".join((done.stdout + done.stderr).split())
    return said[:110], done.returncode != 0
