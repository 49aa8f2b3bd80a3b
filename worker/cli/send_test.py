"""`form144 send-test`: one message to one destination, now, past the queue, to see it arrive."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from worker import parts, preflight
from worker.alerts.message import Message
from worker.cli.author import By, author
from worker.cli.console import stderr, stdout
from worker.cli.doctor import check_lines
from worker.cli.documents import named_destination, opened_ledger
from worker.errors import ConfigurationError, Form144Error, Mistake, Refused, Unreachable
from worker.ledger.kinds import Kind
from worker.settings import Settings, from_environment
from worker.watchlists.destination import Destination
from worker.watchlists.notifiers import missing


def send_test(
    destination: Annotated[str, typer.Argument(help="slack:#ir-alerts, email:jane@example.com, console:")],
    by: By = None,
) -> None:
    """Send one message that says it is a test, after asking everything that can be asked without one.

    Exit code 1, with the reason, where it is not taken.
    """
    settings, who = from_environment(), author(by)
    notifiers = parts.open_notifiers(settings)
    to = named_destination(destination)
    if to.notifier not in notifiers:
        raise ConfigurationError([Mistake(str(to).rstrip(":"), *missing(to.notifier, notifiers))])
    console = stdout(wrap=True)
    found = preflight.destinations(settings, [to])
    for line in check_lines(found):
        console.print(line)
    key = secrets.token_hex(32)
    is_noted = _note(settings, to, by=who, key=key)
    came, began = "", parts.clock()
    try:
        receipt = notifiers[to.notifier].send(trial_message(), to.address, key)
        came = receipt.reference
    except Form144Error as error:
        came = str(error)
        if isinstance(error, (Unreachable, Refused)) and any(came in one.finding for one in found):
            raise Form144Error("It was not sent, for the reason above.") from None
        raise
    finally:
        if is_noted:
            _note(settings, to, by=who, key=key, said=came)
    took = (parts.clock() - began).total_seconds()
    typer.echo(f"{to} took it in {took:.1f} s: {receipt.reference}")


def _note(settings: Settings, to: Destination, **body: str) -> bool:
    """Put it on the record. Where there is no ledger yet, or none that answers, a test is made all the same:
    it may be the first thing that anybody tries.
    """
    try:
        with opened_ledger(settings) as ledger:
            ledger.chain.note(Kind.TESTED, str(to), parts.clock(), **body)
    except Form144Error as error:
        stderr().print(f"This test stands in no record: {error}", markup=False)
        return False
    return True


def trial_message() -> Message:
    """What is sent: nothing about anybody."""
    text = "A test by form144: messages from this program arrive here. It is about no notice."
    return Message(text=text, subject="form144: a test")
