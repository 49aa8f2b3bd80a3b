"""`form144 failed ...`: deliveries a person has to look at, and trying them again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from worker import engine, parts
from worker.cli.documents import named_destination, opened_ledger
from worker.errors import Form144Error
from worker.ledger.failed import FailedDelivery
from worker.messages.slack_text import as_text

app = typer.Typer(
    no_args_is_help=True, help="Deliveries that were refused, abandoned or are of unknown fate."
)


@app.command("list")
def list_failed() -> None:
    """Every delivery that failed or waits for an ended destination; exit code 1 where there is one."""
    out = Console(highlight=False, soft_wrap=True)
    with opened_ledger(engine.settings()) as ledger:
        found = ledger.failed.all()
        ended = ledger.report.ended_lanes()
    for to, why in ended.items():
        out.print(f"nothing goes to {to} any more: {why}", style="red", markup=False)
    for one in found:
        out.print(_line(one), markup=False)
    if found or ended:
        raise typer.Exit(1)
    out.print("nothing has failed")


@app.command()
def show(number: Annotated[int, typer.Argument(help="as form144 failed list numbers it")]) -> None:
    """One delivery: every attempt, the key it goes by, and what it says."""
    out = Console(highlight=False, soft_wrap=True)
    with opened_ledger(engine.settings()) as ledger:
        found = ledger.failed.one(number)
    if found is None:
        raise Form144Error(f"there is no delivery {number}")
    out.print(_line(found.delivery), markup=False)
    out.print(f"  key {found.key}", markup=False)
    for attempt in found.attempts:
        ended = f"{attempt.ended_at:%H:%M:%S}" if attempt.ended_at else "cut short, or under way"
        said = f"{attempt.outcome}: {attempt.detail}" if attempt.outcome else "no outcome"
        when = f"{attempt.started_at:%Y-%m-%d %H:%M:%S} to {ended} UTC"
        out.print(f"  attempt {attempt.number}, {when}, {said}", markup=False)
    message = found.message
    out.print(f"\n{message.subject}\n" if message.subject else "", markup=False)
    out.print(as_text(message.blocks) if message.blocks else message.text, markup=False)


@app.command()
def retry(
    what: Annotated[str, typer.Argument(help="a number, or a destination such as slack:#ir-alerts")],
    *,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="send also what may have arrived, without asking first")
    ] = False,
) -> None:
    """Try one delivery again, or all of a destination, and let messages go there again."""
    now = parts.clock()
    with opened_ledger(engine.settings()) as ledger:
        if what.isascii() and what.isdigit():
            known, numbers = True, [int(what)]
        else:
            to = named_destination(what)
            numbers = [one.id for one in ledger.failed.all() if one.destination == to]
            known = ledger.failed.open(to, now)
        tried = ledger.failed.retry(numbers, now, send_again=send_again)
    if not known or (numbers and not tried):
        raise Form144Error(f"nothing failed under {what}; form144 failed list shows what did")
    typer.echo(f"{tried} to be tried again now")


def _line(one: FailedDelivery) -> str:
    about = f" about {one.accession}" if one.accession else ""
    why = one.destination_ended or one.last_error or "no reason given"
    instead = f"; {one.went_to} got it instead" if one.went_to else ""
    tried = f"{one.attempts} attempt{'s' * (one.attempts != 1)}"
    return f"{one.id}  {one.state} {one.destination}{about}, {tried}: {why}{instead}"
