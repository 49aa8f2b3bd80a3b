"""`form144 digest`: what a destination's next digest would say; nothing is sent or marked as told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from worker import parts
from worker.alerts.digest import Digest
from worker.alerts.message import Message
from worker.cli.bounds import within_reach
from worker.cli.console import stderr, stdout
from worker.cli.documents import named_destination
from worker.cli.folders import made
from worker.cli.notice_view import printable
from worker.digests import Digests, is_worth_sending
from worker.edgar.sites import SEC
from worker.errors import ConfigurationError, Mistake
from worker.ledger.ledger import Ledger
from worker.messages.digest_message import write_digest
from worker.messages.slack_text import as_text
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.settings import Settings, from_environment
from worker.watched_folder import read_folder
from worker.watchlists.conditions.words import did_you_mean
from worker.watchlists.destination import Destination
from worker.watchlists.digest_schedule import DigestPlan
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists

_DAYS = ["%Y-%m-%d", "%Y-%m-%d %H:%M"]


def digest(
    destination: Annotated[str, typer.Argument(help="whose digest: email:ir@example.com, slack:#ir-alerts")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_DAYS, callback=within_reach, help="what came in from then on, told or not"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=_DAYS, callback=within_reach, help="and before then; by the digest's clocks"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="a folder to write .txt, .html and .csv to, to be looked at")
    ] = None,
) -> None:
    """Show what the next digest of a destination would say if it were due now. Sends and marks nothing."""
    settings, to = from_environment(), named_destination(destination)
    show, errors = stdout(), stderr()
    writer = Writer([one for one in (settings.templates, shipped()) if one])
    with closing(parts.open_ledger(settings, migrate=False)) as ledger:
        digests = _digests(settings, ledger, writer)
        for number, (plan, found) in enumerate(_found(digests, to, since, until)):
            written = write_digest(writer, found, to, attach_csv=plan.attach_csv)
            show.print(f"{to}, {plan.schedule}", style="bold", markup=False)
            show.print(printable_text(written.message), markup=False)
            if not is_worth_sending(found, plan):
                errors.print("empty as it is, it would not be sent", style="yellow")
            if written.problem:
                errors.print(f"a template failed: {written.problem}", style="red", markup=False)
            for file in _write(out, number, written.message) if out else ():
                errors.print(f"written: {file}", markup=False)


def printable_text(message: Message) -> str:
    """What the reader sees, for a terminal."""
    said = as_text(message.blocks) if message.blocks else message.text
    return "\n".join(printable(line) for line in said.splitlines())


def _digests(settings: Settings, ledger: Ledger, writer: Writer) -> Digests:
    known, where = parts.tickers(settings, None, parts.clock()), settings.watchlists
    lists = load_watchlists(read_folder(where), known, folder=str(where))
    index = WatchlistIndex(lists)
    return Digests(
        ledger=ledger,
        watchlists=lambda: index,
        writer=writer,
        secret=b"",  # nothing is sent, so nothing has a key
        index_page=SEC.index_page,
        clock=parts.clock,
    )


def _found(
    digests: Digests, to: Destination, since: datetime | None, until: datetime | None
) -> Iterator[tuple[DigestPlan, Digest]]:
    """The digest of each of the destination's schedules. Raises ConfigurationError where it has none, and
    where nothing lies between the two instants.
    """
    plans = digests.plans()
    mine = [plan for (whose, _), plan in plans.items() if whose.key == to.key]
    if not mine:
        known = sorted({str(whose) for whose, _ in plans})
        hint = did_you_mean(str(to), known) or "give it one: digest: daily 07:30 America/New_York"
        raise ConfigurationError([Mistake(str(to).rstrip(":"), "no list has a digest for it", hint)])
    for plan in mine:
        if since is None and until is None:
            yield plan, digests.next_one(to, plan)
            continue
        zone = ZoneInfo(plan.schedule.zone)
        ends = _instant(until, zone) if until else parts.clock()
        begins = _instant(since, zone) if since else datetime(1970, 1, 1, tzinfo=UTC)
        if since and begins > ends:
            what = f"{since:%Y-%m-%d %H:%M} is after {f'{until:%Y-%m-%d %H:%M}' if until else 'now'}"
            raise ConfigurationError([Mistake("--since", what)])
        entries = digests.ledger.digest_contents.between(to, str(plan.schedule), begins, ends)
        yield plan, digests.about(to, plan, entries, begins, ends)


def _instant(when: datetime, zone: ZoneInfo) -> datetime:
    return when.replace(tzinfo=zone).astimezone(UTC)


def _write(folder: Path, number: int, message: Message) -> Iterator[Path]:
    made(folder)
    stem = f"digest-{number + 1}"
    files = {f"{stem}.txt": printable_text(message), f"{stem}.html": message.html}
    files |= {file.name: file.content for file in message.attachments}
    for name, content in files.items():
        if content is not None:
            (folder / name).write_text(content, encoding="utf-8", newline="")
            yield folder / name
