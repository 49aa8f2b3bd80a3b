"""`form144 explain FILE`: the whole decision of every list about one notice, alert or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from worker import wiring
from worker.errors import UnreadableFiling
from worker.filings.filing import Filing, FoundBy
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.filings.submission import MOST_BYTES
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Answer, Match, Side
from worker.watchlists.matching import explain as explain_all
from worker.watchlists.watchlist import Watchlist

_ANSWERS = {Answer.MET: "met", Answer.NOT_MET: "not met", Answer.UNKNOWN: "unknown"}


def explain(
    document: Annotated[Path, typer.Argument(help="a notice: raw XML, full submission or printed form")],
    folder: Annotated[Path | None, typer.Argument(help="default: FORM144_WATCHLISTS")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for machines: one object a list")] = False,
) -> None:
    """Say of every list whether this notice raises its alert, and why, or by how much it misses."""
    settings = from_environment()
    known = wiring.tickers(settings, None, wiring.clock())
    index = WatchlistIndex(load_watchlists(read_folder(folder or settings.watchlists), known))
    try:
        notice = read_notice(_bytes(document))
    except OSError as error:
        raise UnreadableFiling(f"{document} cannot be read: {error.strerror}") from None
    matches = explain_all(notice, _filing(notice), index)
    if as_json:
        sys.stdout.writelines(msgspec.json.encode(found).decode() + "\n" for found in matches)
        return
    out = Console(highlight=False, soft_wrap=True)
    for found in matches:
        for line in decision_lines(index.watchlist(found.watchlist_id), found):
            out.print(line, markup=False)


def decision_lines(watchlist: Watchlist, found: Match) -> Iterator[str]:
    """One list's decision, the verdict first."""
    yield f"{watchlist.name} ({watchlist.path}): {_verdict(found)}"
    for identity in found.identities:
        if identity.side is Side.ANY:
            yield "    every notice is on this list"
            continue
        yield f"    {identity.side} {identity.entry}, by {identity.because}"
    if not found.identities:
        yield "    nobody on this list is named in the notice"
    for finding in found.findings:
        near = " (near)" if finding.near else ""
        yield f"    {_ANSWERS[finding.answer]}{near}: {finding.condition}; {finding.because}"


def _verdict(found: Match) -> str:
    if found.raises_alert:
        return "alert" if found.is_certain else "alert, not certain"
    return "no alert, a near miss" if found.is_near_miss else "no alert"


def _bytes(document: Path) -> bytes:
    with document.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _filing(notice: Form144Notice) -> Filing:
    """What EDGAR would have announced, as far as the document says; its parties stand in the notice."""
    header = notice.header
    return Filing(
        accession=(header.accession if header else None) or "",
        form_type=notice.submission_type or (header.form_type if header else None) or "144",
        parties=(),
        found_by=FoundBy.FEED,
    )
