"""`form144 failed ...`: deliveries a person has to look at, trying them again, and closing them."""

from __future__ import annotations

from typing import Annotated

import typer

from worker import parts
from worker.alerts.delivery import DeliveryState
from worker.cli.author import By, author
from worker.cli.bounds import MOST, MOST_DIGITS
from worker.cli.console import stdout
from worker.cli.documents import named_destination, opened_ledger
from worker.errors import Form144Error
from worker.ledger.failed import FailedDelivery
from worker.messages.slack_text import as_text
from worker.settings import from_environment
from worker.watchlists.destination import Destination

app = typer.Typer(
    no_args_is_help=True, help="Deliveries that were refused, abandoned or are of unknown fate."
)


#: What went well has no reason, and what went wrong needs one.
_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.ROLLED_UP)
_FAILED = (DeliveryState.REFUSED, DeliveryState.ABANDONED, DeliveryState.UNKNOWN, DeliveryState.CLOSED)


@app.command("list")
def list_failed() -> None:
    """Every delivery that failed or waits for an ended destination; exit code 1 where there is one."""
    out = stdout()
    with opened_ledger(from_environment()) as ledger:
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
def show(
    number: Annotated[int, typer.Argument(min=1, max=MOST, help="as form144 failed list numbers it")],
) -> None:
    """One delivery: every attempt, the key it goes by, and what it says."""
    out = stdout()
    with opened_ledger(from_environment()) as ledger:
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
    what: Annotated[
        str | None,
        typer.Argument(help="a number, a destination such as slack:#ir-alerts, or a notifier: email"),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="whatever failed, wherever it was to go")] = False,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="send also what may have arrived, without asking first")
    ] = False,
    by: By = None,
) -> None:
    """Try one delivery again, or all of a destination, of a notifier or at all, and let messages go there."""
    if everything is (what is not None) or (what is not None and not what.strip()):
        raise Form144Error("name what to try again, or all of it with --all")
    now, who = parts.clock(), author(by)
    with opened_ledger(from_environment()) as ledger:
        if what and what.isascii() and what.isdigit():
            numbers = [int(what)] if len(what) <= MOST_DIGITS else []
            known = bool(numbers)
        else:
            failed = [one for one in ledger.failed.all() if _is_meant(one.destination, what)]
            ended = [to for to in ledger.report.ended_lanes() if _is_meant(to, what)]
            numbers = [one.id for one in failed]
            named = [named_destination(what)] if what and ":" in what else []
            opened = [ledger.failed.open(to, now, by=who) for to in named or ended]
            known = everything or bool(numbers) or any(opened)
        tried = ledger.failed.retry(numbers, now, by=who, send_again=send_again)
    if not known or (numbers and not tried):
        raise Form144Error(f"nothing failed under {what or '--all'}; form144 failed list shows what did")
    typer.echo(f"{tried} to be tried again now")


@app.command()
def close(
    numbers: Annotated[
        list[int], typer.Argument(min=1, max=MOST, help="as form144 failed list numbers them")
    ],
    *,
    by: Annotated[str, typer.Option(help="who has dealt with it")],
    reason: Annotated[str, typer.Option(help="why nothing more is to be done; it stands in the record")],
) -> None:
    """Have nobody wait for failed deliveries any more, because somebody has dealt with them."""
    if not by.strip() or not reason.strip():
        raise Form144Error("--by and --reason are empty")
    with opened_ledger(from_environment()) as ledger:
        strange = sorted(set(numbers) - {one.id for one in ledger.failed.all()})
        if strange:
            named = ", ".join(map(str, strange))
            raise Form144Error(f"nothing failed under {named}; form144 failed list shows what did")
        closed = ledger.failed.close(numbers, parts.clock(), by=by.strip(), reason=reason.strip())
    typer.echo(f"{closed} closed")
    if closed < len(set(numbers)):
        raise Form144Error("the others are being sent at this moment; look again in a minute")


def _is_meant(to: Destination, what: str | None) -> bool:
    """Whether that is the destination or its notifier; None is every destination."""
    return what is None or (to == named_destination(what) if ":" in what else to.notifier == what)


def _line(one: FailedDelivery) -> str:
    about = f" about {one.accession}" if one.accession else ""
    is_closed = one.state is DeliveryState.CLOSED
    reason = (None if is_closed else one.destination_ended) or one.last_error
    if one.state in _FAILED:
        reason = reason or "no reason given"
    why = f": {reason}" if reason and one.state not in _ARRIVED else ""
    instead = f"; {one.went_to} got it instead" if one.went_to else ""
    tried = f"{one.attempts} attempt{'s' * (one.attempts != 1)}"
    return f"{one.id}  {one.state} {one.destination}{about}, {tried}{why}{instead}"
