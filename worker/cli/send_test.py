"""`form144 send-test`: one message to one destination, now, past the queue, to see it arrive."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from worker import parts, preflight
from worker.alerts.message import Message
from worker.cli.console import stdout
from worker.cli.doctor import check_lines
from worker.cli.documents import named_destination
from worker.errors import ConfigurationError, Form144Error, Mistake, Refused, Unreachable
from worker.settings import from_environment
from worker.watchlists.notifiers import missing


def send_test(
    destination: Annotated[str, typer.Argument(help="slack:#ir-alerts, email:jane@example.com, console:")],
) -> None:
    """Send one message that says it is a test, after asking everything that can be asked without one.

    Exit code 1, with the reason, where it is not taken.
    """
    settings = from_environment()
    notifiers = parts.open_notifiers(settings)
    to = named_destination(destination)
    if to.notifier not in notifiers:
        raise ConfigurationError([Mistake(str(to), *missing(to.notifier, notifiers))])
    console = stdout(wrap=True)
    found = preflight.destinations(settings, [to])
    for line in check_lines(found):
        console.print(line)
    began = parts.clock()
    try:
        receipt = notifiers[to.notifier].send(trial_message(), to.address, secrets.token_hex(32))
    except (Unreachable, Refused) as error:
        if not any(str(error) in one.finding for one in found):
            raise
        raise Form144Error("It was not sent, for the reason above.") from None
    took = (parts.clock() - began).total_seconds()
    typer.echo(f"{to} took it in {took:.1f} s: {receipt.reference}")


def trial_message() -> Message:
    """What is sent: nothing about anybody."""
    text = "A test by form144: messages from this program arrive here. It is about no notice."
    return Message(text=text, subject="form144: a test")
