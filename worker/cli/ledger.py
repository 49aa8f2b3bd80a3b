"""`form144 ledger ...`: the chained record, for whoever keeps it and whoever has to check it."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from worker import parts
from worker.cli.author import By, author
from worker.cli.bounds import within_reach
from worker.cli.console import stderr, stdout
from worker.cli.documents import opened_ledger
from worker.cli.record_export import Form, written
from worker.edgar.hours import EASTERN
from worker.errors import ConfigurationError, Form144Error, Mistake
from worker.ledger.kinds import Kind
from worker.ledger.ledger import Ledger
from worker.ledger.prunable import Prunable
from worker.ledger.retention import KEPT_AT_LEAST
from worker.ledger.verification import Verified
from worker.messages.words import counted, instant
from worker.settings import from_environment

app = typer.Typer(
    no_args_is_help=True,
    help="Verify, export and prune the record of every step. It is designed to help with record keeping.",
)

_DAYS = ["%Y-%m-%d"]

_ANCHOR = re.compile(r"([1-9][0-9]{0,11}):([0-9a-f]{64})")


@app.command()
def verify(
    *,
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="POSITION:HASH as somebody kept it; may be given more than once"),
    ] = None,
) -> None:
    """Check every entry of the record; exit code 1, and the first wrong one, where any is not as sealed."""
    anchors = [_anchor(one) for one in anchor or ()]
    with opened_ledger(from_environment()) as ledger:
        ledger.chain.seal()
        verified = _verified(ledger, anchors)
    _require_whole(verified)
    pruned = f", {verified.pruned:,} of them pruned" if verified.pruned else ""
    out = stdout()
    out.print(f"{counted(verified.position, 'entry', 'entries')}{pruned}; each is as it was sealed")
    out.print(f"the last one is {verified.position}:{verified.hash}")
    if anchors:
        out.print(f"{counted(len(anchors), 'anchor')} held")


@app.command()
def head() -> None:
    """Print the end of the record as POSITION:HASH: an anchor, to be kept out of its keeper's reach."""
    with opened_ledger(from_environment()) as ledger:
        ledger.chain.seal()
        typer.echo(str(ledger.chain.head()))


@app.command()
def export(
    *,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=_DAYS, callback=within_reach, help="first day, in Washington"),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=_DAYS, callback=within_reach, help="last day, in Washington"),
    ] = None,
    form: Annotated[
        Form,
        typer.Option("--format", help="jsonl, or csv, which opens in a spreadsheet; others can verify both"),
    ] = Form.JSONL,
    output: Annotated[Path, typer.Option(help="the file; the verifier is put beside it")],
    by: By = None,
) -> None:
    """Write the record out, whole or some days of it, for others to read and check."""
    since = _midnight(first) if first else None
    until = _midnight(last + timedelta(days=1)) if last else None
    who = author(by)
    with opened_ledger(from_environment()) as ledger:
        told = {"by": who, "from": first and first.date(), "to": last and last.date()}
        ledger.chain.note(Kind.EXPORTED, "record", parts.clock(), format=form.value, **told)
        ledger.chain.seal()
        try:
            number = written(ledger.chain, output, form, since=since, until=until)
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            raise ConfigurationError([Mistake(str(output), what)]) from None
    if not number:
        raise Form144Error("the record has no entry of those days")
    typer.echo(f"{counted(number, 'entry', 'entries')} in {output}")
    typer.echo(f"to check them: python {output.with_name('verifier.py')} {output}")


@app.command()
def prune(
    *,
    before: Annotated[
        datetime,
        typer.Option(
            formats=_DAYS, callback=within_reach, help="the first day, in Washington, of what is kept"
        ),
    ],
    by: Annotated[str, typer.Option(help="who takes it out")],
    reason: Annotated[str, typer.Option(help="why; it stands in the record")],
    yes: Annotated[bool, typer.Option("--yes", help="do it; without, only say what it would take")] = False,
) -> None:
    """Take out entries, documents, messages and polls of days long gone; the chain stays whole."""
    now, until = parts.clock(), _midnight(before)
    if not by.strip() or not reason.strip():
        raise ConfigurationError([Mistake("ledger prune", "--by and --reason are empty")])
    if until > now - KEPT_AT_LEAST:
        raise ConfigurationError([Mistake("--before", f"the last {KEPT_AT_LEAST.days} days are always kept")])
    with opened_ledger(from_environment()) as ledger:
        ledger.chain.seal()
        # What others took out before must not pass as pruned.
        _require_whole(_verified(ledger, []))
        if yes:
            found = ledger.retention.prune(until, now, by=by.strip(), reason=reason.strip())
            ledger.chain.seal()
        else:
            found = ledger.retention.prunable(until)
    typer.echo(_told(found, done=yes))


def _verified(ledger: Ledger, anchors: list[tuple[int, str]]) -> Verified:
    columns = (TextColumn("{task.description}"), BarColumn(32), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr(), transient=True) as progress:
        task = progress.add_task("Verifying", total=ledger.chain.head().position)
        # Drawing a bar for each entry would take longer than checking it.
        return ledger.verification.verify(
            anchors, progress=lambda at: progress.update(task, completed=at) if at % 1000 == 0 else None
        )


def _require_whole(verified: Verified) -> None:
    if verified.finding is not None:
        found = verified.finding
        raise Form144Error(
            f"entry {found.position:,} {found.why} ({found.wrong}); "
            f"as sealed before it: {counted(verified.position, 'entry', 'entries')}"
        )


def _told(found: Prunable, *, done: bool) -> str:
    """What was taken out, or would be, in sentences."""
    text = (
        f"{'taken out' if done else 'would take out'}: {counted(found.entries, 'entry', 'entries')} "
        f"of the record (positions up to {found.position:,}, whose links stay), "
        f"the bodies of {counted(found.documents, 'document')} ({found.document_bytes / 1e6:,.1f} MB), "
        f"{counted(found.messages, 'message')} that arrived, "
        f"{counted(found.polls, 'poll')} of the feed"
    )
    if found.still_open is not None:
        text += f"\neverything since {instant(found.until)} is kept: {found.still_open}"
    return text if done else f"{text}\nnothing was changed; add --yes to do it"


def _anchor(text: str) -> tuple[int, str]:
    found = _ANCHOR.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigurationError(
            [Mistake("--anchor", f"{text} is none", "write POSITION:HASH as form144 ledger head prints it")]
        )
    return int(found[1]), found[2]


def _midnight(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(0), tzinfo=EASTERN)
