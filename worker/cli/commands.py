"""The commands by name, each imported when it is asked for: `form144 --help` needs none of them."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from worker.cli.plainly import plainly

#: Where each stands in this folder, and its first sentence, in the order of `form144 --help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo.demo", "Run the main job against local stand-ins for EDGAR, Slack and a mail server."),
    "run": ("processes.run", "Everything in one process: poll EDGAR, read, match, alert."),
    "read": ("read.read", "Read Form 144 notices: raw XML, full submission or printed form."),
    "init": ("init.init", "Write a first watchlist with comments, and the schema editors complete it by."),
    "check": (
        "check.check",
        (
            "Check the watchlists: every mistake with its line, whom each list watches, "
            "and the lists' own tests."
        ),
    ),
    "explain": (
        "explain.explain",
        "Say of every list whether this notice raises its alert, and why, or by how much it misses.",
    ),
    "diff": (
        "diff.diff",
        "Replay stored notices under two sets of watchlists, and say what changes for every destination.",
    ),
    "preview": (
        "preview.preview",
        "Write what a list's readers would get as .html, .txt and .json; show Slack's here.",
    ),
    "digest": (
        "digest.digest",
        "Show what the next digest of a destination would say if it were due now.",
    ),
    "status": (
        "status.status",
        "Show whether polling works, what waits and what is stuck; exit code 1 where anything is.",
    ),
    "top": ("top.top", "Watch the feed, queues, deliveries and coverage live."),
    "ack": ("ack.ack", "Write down that somebody has seen to an alert."),
    "send-test": (
        "send_test.send_test",
        "Send one message that says it is a test, after asking everything that can be asked without one.",
    ),
    "drill": (
        "drill.drill",
        (
            "Send a notice marked DRILL through the queue, the reader, the lists and the channels, "
            "and measure it."
        ),
    ),
    "doctor": (
        "doctor.doctor",
        (
            "Look at everything an alert needs: settings, ledger, broker, workers, clocks, EDGAR, lists, "
            "templates, channels."
        ),
    ),
    "backfill": (
        "backfill.backfill",
        "Read the notices of days gone by; nobody is told of them without --notify.",
    ),
    "worker": (
        "processes.worker",
        "Consume queues, on any number of machines, beside one `form144 beat`.",
    ),
    "beat": ("processes.beat", "Ring the bell that makes workers look for what is due."),
    "migrate": ("migrate.migrate", "Bring the ledger's schema up to date; does nothing where it is."),
    "failed": ("failed.app", "Deliveries that were refused, abandoned or are of unknown fate."),
    "watch": ("watch.app", "Put entries on a watchlist, or take them off."),
    "silence": ("silence.app", "Keep alerts back for a while, with who asked for it and why."),
    "ledger": ("ledger.app", "Verify, export and prune the record of every step."),
    "schema": ("schema.app", "Print the JSON Schema of a format."),
}


class Door(typer.core.TyperGroup):
    """`form144` itself. Its `commands` are names and sentences; the one that is meant is loaded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, (_, sentence) in COMMANDS.items():
            self.add_command(typer.core.TyperCommand(name, help=sentence))
        _say_no_types_of_flags(self)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and load(str(name)), rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plainly(error.message)
            raise


def load(name: str) -> Any:
    """The command of that name, whole: a click command, or a group of them."""
    module, _, called = COMMANDS[name][0].partition(".")
    found = getattr(import_module(f"worker.cli.{module}"), called)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        command = typer.main.get_command(alone)
    _say_no_types_of_flags(command)
    return command


def _say_no_types_of_flags(command: Any) -> None:
    """A flag takes no value: `--help <bool>` says that it does."""
    for option in command.get_params(typer.Context(command)):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for one in getattr(command, "commands", {}).values():
        _say_no_types_of_flags(one)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415  slow, and rarely wanted

        typer.echo(f"form144 {version('form144')}")
        raise typer.Exit


app = typer.Typer(
    name="form144",
    cls=Door,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def form144(
    _version: Annotated[
        bool,
        typer.Option("--version", metavar="", is_eager=True, callback=_say_version, help="which one this is"),
    ] = False,
) -> None:
    """Know within a minute, and with proof, when an insider or a 10 % holder files to sell."""
