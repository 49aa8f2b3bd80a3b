"""`form144 silence ...`: not to be told of an issuer, a seller or by a list for a while, on the record."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from worker import parts
from worker.alerts.hold import About, Silence
from worker.cli.author import By, author
from worker.cli.bounds import MOST
from worker.cli.documents import named_list, opened_ledger
from worker.errors import ConfigurationError, Form144Error, Mistake
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists.entries import LARGEST_CIK
from worker.watchlists.loading import load_watchlists

app = typer.Typer(no_args_is_help=True, help="Keep alerts back for a while, with who asked for it and why.")

#: Longer than a year is no silence but a list that should be edited.
LONGEST = timedelta(days=366)

_SPAN = re.compile(r"([1-9][0-9]{0,3})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


@app.command()
def add(
    *,
    by: Annotated[str, typer.Option(help="who asks for it")],
    reason: Annotated[str, typer.Option(help="why; it stands beside everything that is kept back")],
    until: Annotated[str, typer.Option(help="2h, 3d, 1w, or an instant as 2026-09-30T17:00-04:00")],
    issuer: Annotated[int | None, typer.Option(min=1, max=LARGEST_CIK, help="the issuer's CIK")] = None,
    seller: Annotated[int | None, typer.Option(min=1, max=LARGEST_CIK, help="the seller's CIK")] = None,
    watchlist: Annotated[str | None, typer.Option("--list", help="a list's file or name")] = None,
) -> None:
    """Keep back what matches: alerts are raised and written down, and their messages are held."""
    given = [(About.ISSUER, issuer), (About.SELLER, seller), (About.LIST, watchlist)]
    named = [(about, value) for about, value in given if value is not None]
    if len(named) != 1 or not by.strip() or not reason.strip():
        what = "needs one of --issuer, --seller and --list, with --by and --reason"
        raise ConfigurationError([Mistake("silence add", what)])
    ((about, value),) = named
    now = parts.clock()
    expires_at = _instant(until, now)
    subject = _list_id(str(value)) if about is About.LIST else str(value)
    with opened_ledger(from_environment()) as ledger:
        number = ledger.silences.add(
            about, subject, author=by.strip(), reason=reason.strip(), now=now, expires_at=expires_at
        )
    typer.echo(f"silence {number} of {about} {subject} until {expires_at:%Y-%m-%d %H:%M} UTC")


@app.command("list")
def list_silences(
    *, every: Annotated[bool, typer.Option("--all", help="also those that have ended")] = False
) -> None:
    """The silences in force, with what each keeps back."""
    with opened_ledger(from_environment()) as ledger:
        found = ledger.silences.all() if every else ledger.silences.active(parts.clock())
        held = ledger.silences.held()
    for silence in found:
        typer.echo(_line(silence, held.get(silence.id, 0)))
    if not found:
        typer.echo("no silence is in force" if not every else "there never was a silence")


@app.command()
def expire(
    number: Annotated[int, typer.Argument(min=1, max=MOST, help="as form144 silence list numbers it")],
    *,
    release: Annotated[bool, typer.Option("--release", help="send what it kept back")] = False,
    by: By = None,
) -> None:
    """End a silence now. What it kept back stays held, and is sent only with --release, but for what another
    silence in force is about, too.
    """
    now, who = parts.clock(), author(by)
    with opened_ledger(from_environment()) as ledger:
        if number not in {silence.id for silence in ledger.silences.all()}:
            raise Form144Error(f"there is no silence {number}")
        ended = ledger.silences.expire(number, now, by=who)
        held = ledger.silences.held().get(number, 0)
        released = ledger.silences.release(number, now, by=who) if release else 0
    kept = f", {held - released} kept back by another silence" if release and held > released else ""
    typer.echo(
        f"silence {number} {'ended' if ended else 'had ended already'}; {released} to be sent now{kept}"
    )


def _line(silence: Silence, held: int) -> str:
    until = f"{silence.expires_at:%Y-%m-%d %H:%M} UTC"
    about = f"{silence.about} {silence.subject}"
    return f"{silence.id}  {about}, until {until}, by {silence.author}: {silence.reason}; {held} held"


def _instant(text: str, now: datetime) -> datetime:
    hint = "write 2h, 3d, 1w or 2026-09-30T17:00-04:00"
    if span := _SPAN.fullmatch(text.strip()):
        at = now + timedelta(hours=int(span[1]) * _HOURS[span[2]])
    else:
        try:
            at = datetime.fromisoformat(text.strip())
        except ValueError:
            raise ConfigurationError([Mistake("--until", f"{text} is no time", hint)]) from None
        if at.tzinfo is None:
            raise ConfigurationError([Mistake("--until", f"{text} has no time zone", hint)])
    if not now < at <= now + LONGEST:
        what = f"{text} is not between now and a year from now"
        raise ConfigurationError([Mistake("--until", what, hint)])
    return at


def _list_id(named: str) -> str:
    settings = from_environment()
    known = parts.tickers(settings, None, parts.clock())
    where = settings.watchlists
    return named_list(load_watchlists(read_folder(where), known, folder=str(where)), named).id
