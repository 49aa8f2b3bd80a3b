"""The operator's door: `form144`, one small file per command or group of commands."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from worker import parts
from worker.cli import (
    ack,
    backfill,
    check,
    demo,
    diff,
    digest,
    doctor,
    drill,
    explain,
    failed,
    init,
    ledger,
    migrate,
    preview,
    processes,
    read,
    schema,
    send_test,
    silence,
    status,
    top,
    watch,
)
from worker.errors import ConfigurationError, Form144Error
from worker.settings import from_environment

app = typer.Typer(
    name="form144",
    help="Know within a minute, and with proof, when an insider or a 10 % holder files to sell.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(processes.run)
app.command()(read.read_command(lambda url: parts.fetch_document(from_environment(), url)))
app.command()(init.init)
app.command()(check.check)
app.command()(explain.explain)
app.command()(diff.diff)
app.command()(preview.preview)
app.command()(digest.digest)
app.command()(status.status)
app.command()(top.top)
app.command()(ack.ack)
app.command()(send_test.send_test)
app.command()(drill.drill)
app.command()(doctor.doctor)
app.command()(backfill.backfill)
app.command()(processes.worker)
app.command()(processes.beat)
app.command()(migrate.migrate)
app.add_typer(failed.app, name="failed")
app.add_typer(watch.app, name="watch")
app.add_typer(silence.app, name="silence")
app.add_typer(ledger.app, name="ledger")
app.add_typer(schema.app, name="schema")


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 it could not be done, 2 the command or a setting is wrong.

    A person's mistake ends in sentences on standard error, never in a traceback.
    """
    errors = Console(stderr=True, highlight=False)
    try:
        app()
    except ConfigurationError as error:
        for mistake in error.mistakes:
            errors.print(str(mistake), style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except Form144Error as error:
        errors.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
