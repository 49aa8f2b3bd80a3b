"""`form144 preview`: the messages a notice would make for a list, written to files and sent to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.panel import Panel
from rich.text import Text

from worker import parts
from worker.alerts.alert import Alert
from worker.alerts.message import Message
from worker.cli.console import stderr, stdout
from worker.cli.documents import MADE_UP, Found, find_notice, named_list
from worker.cli.earlier import known_before
from worker.cli.folders import made
from worker.cli.notice_view import printable
from worker.edgar.sites import SEC
from worker.filings.amendments import differences
from worker.messages.slack_text import as_text
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists.destination import Destination
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Match
from worker.watchlists.matching import explain
from worker.watchlists.watchlist import Watchlist

EMAIL = Destination("email", "reader@example.com")
SLACK = Destination("slack", "#channel")


def preview(
    notice: Annotated[str, typer.Argument(help="a file, or the accession number of a filing in the ledger")],
    watchlist: Annotated[
        str, typer.Option("--list", help="the list's file name without its suffix, or name")
    ],
    out: Annotated[Path, typer.Option(help="folder for the files it writes")] = Path("preview-output"),
    folder: Annotated[Path | None, typer.Option(help="of watchlists; default: FORM144_WATCHLISTS")] = None,
) -> None:
    """Write what a list's readers would get as .html, .txt and .json; show Slack's here. Sends nothing.

    A file that gives no accession number is shown with one of zeroes.
    """
    settings = from_environment()
    found = find_notice(notice, settings)
    known = parts.tickers(settings, None, parts.clock())
    where = folder or settings.watchlists
    lists = load_watchlists(read_folder(where), known, folder=str(where))
    index = WatchlistIndex(lists)
    matches = explain(found.notice, found.filing, index, recent=known_before(found, index, settings))
    alert = _alert(found, named_list(lists, watchlist), matches)
    writer = Writer([one for one in (settings.templates, shipped()) if one])
    mail, post = writer.write(alert, EMAIL), writer.write(alert, SLACK)
    show, errors = stdout(wrap=True), stderr()
    is_made_up = found.filing.accession == MADE_UP
    stem = Path(notice).stem if is_made_up else found.filing.accession
    files = _write(out, stem, mail.message, post.message)
    show.print(_picture(post.message))
    if not alert.match.raises_alert:
        errors.print("this notice raises no alert of that list; this is how it would look", style="yellow")
    for file in files:
        errors.print(f"written: {file}", markup=False)
    problems = [written.problem for written in (mail, post) if written.problem]
    for problem in problems:
        errors.print(f"a template failed: {problem}", style="red", markup=False)
    if problems:
        raise typer.Exit(1)


def _alert(found: Found, watchlist: Watchlist, matches: Iterable[Match]) -> Alert:
    now, original = parts.clock(), found.original
    is_at_the_sec = found.filing.accession != MADE_UP and bool(found.filing.parties)
    return Alert(
        filing=found.filing,
        notice=found.notice,
        match=next(match for match in matches if match.watchlist_id == watchlist.id),
        list_name=None if watchlist.is_confidential else watchlist.name,
        seen_at=found.record.seen_at if found.record else found.filing.accepted_at or now,
        raised_at=now,
        document_url=SEC.index_page(found.filing) if is_at_the_sec else SEC.www,
        unreadable_because=found.unreadable_because,
        amendment=differences(original.notice, found.notice) if original else None,
        root=original.root if original else None,
    )


def _write(folder: Path, name: str, mail: Message, post: Message) -> list[Path]:
    made(folder)
    stem = folder / name
    parts = {
        ".html": mail.html or "",
        ".txt": f"Subject: {mail.subject}\n\n{mail.text}",
        ".slack.json": msgspec.json.format(
            msgspec.json.encode({"text": post.text, "blocks": post.blocks})
        ).decode(),
    }
    files = [Path(f"{stem}{suffix}") for suffix in parts]
    for file, text in zip(files, parts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def _picture(post: Message) -> Panel:
    """The message as Slack lays it out, as far as a terminal can."""
    said = "\n".join(printable(line) for line in as_text(post.blocks or ()).splitlines())
    return Panel(Text(said), title="Slack", title_align="left", subtitle=Text("form144 APP"), width=76)
