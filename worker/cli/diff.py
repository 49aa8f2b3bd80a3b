"""`form144 diff OLD NEW`: what an edit of the watchlists adds and removes, per reader, before it is live."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from worker import parts
from worker.cli.console import stdout
from worker.cli.earlier import earlier_notices
from worker.errors import ConfigurationError, Mistake, UnreadableFiling
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice
from worker.filings.reader import read_notice
from worker.messages import words
from worker.settings import Settings, from_environment
from worker.watched_folder import Tickers, read_folder
from worker.watchlists.amounts import days
from worker.watchlists.destination import Destination
from worker.watchlists.document import LISTS
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Answer, Match
from worker.watchlists.misread import Misread
from worker.watchlists.rehearsal_notice import filing_of
from worker.watchlists.replay import Change, Replayed, replay

_SHOWN = 20

Decided = tuple[Filing, Form144Notice, Replayed]

#: What the name of a document ends with.
KINDS = frozenset({".xml", ".txt", ".htm", ".html", ".pdf"})


def diff(
    old: Annotated[Path, typer.Argument(help="the lists as they are: a folder or one file")],
    new: Annotated[Path, typer.Argument(help="the lists as they would be")],
    *,
    span: Annotated[
        str | None,
        typer.Option("--replay", help="hold both against the ledger's notices of so many days; default 90d"),
    ] = None,
    notices: Annotated[
        Path | None, typer.Option("--notices", help="a folder of documents, instead of or besides the ledger")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Replay stored notices under two sets of watchlists, and say what changes for every destination."""
    settings = from_environment()
    known = parts.tickers(settings, None, parts.clock())
    before, after = _index(old, known), _index(new, known)
    decided: list[Decided] = []
    if notices is not None:
        decided += ((*one, replay(one[1], one[0], before, after)) for one in _documents(notices))
    if span is not None or notices is None:
        since = parts.clock() - _span(span or "90d")
        decided += _from_ledger(settings, since, before, after)
    if as_json:
        sys.stdout.write(_json(decided) + "\n")
    else:
        out = stdout()
        _show(decided, out)
        for line in _moved(before, after):
            out.print(line, markup=False)


def _from_ledger(
    settings: Settings, since: datetime, before: WatchlistIndex, after: WatchlistIndex
) -> Iterator[Decided]:
    reach = max(before.history_days or 0, after.history_days or 0)
    with closing(parts.open_ledger(settings, migrate=False)) as ledger:
        for filing, notice in ledger.history.notices(since):
            earlier = earlier_notices(ledger, filing, notice, reach or None)
            yield filing, notice, replay(notice, filing, before, after, recent=earlier)


def _index(path: Path, known: Tickers | None) -> WatchlistIndex:
    return WatchlistIndex(load_watchlists(_files(path), known, folder=str(path)))


def _files(path: Path) -> dict[str, bytes]:
    """A folder's files; for one file, that list alone with the tables and notices beside it."""
    if path.is_dir() or not path.exists():
        return read_folder(path)
    beside = read_folder(path.parent)
    return {
        name: one for name, one in beside.items() if name == str(path) or not name.lower().endswith(LISTS)
    }


def _documents(folder: Path) -> Iterator[tuple[Filing, Form144Notice]]:
    """Every notice in the folder; a document that is none is passed over, saying so. Other files are none."""
    if not folder.is_dir():
        raise ConfigurationError([Mistake(str(folder), "is not a folder")])
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in KINDS or not path.is_file():
            continue
        try:
            notice = read_notice(path.read_bytes())
        except UnreadableFiling as error:
            typer.echo(f"{path}: {error}", err=True)
            continue
        filing = filing_of(notice, None)
        yield (filing if filing.accession else msgspec.structs.replace(filing, accession=path.name)), notice


def _span(said: str) -> timedelta:
    try:
        spelt = f"{said[:-1]} days" if said[-1:] in {"d", "D"} else said
        return timedelta(days=int(days(spelt)))
    except Misread:
        raise ConfigurationError(
            [Mistake("--replay", f"{said!r} is not a span", "write 90d or 12 weeks")]
        ) from None


def _show(decided: list[Decided], out: Console) -> None:
    changes = [(filing, notice, change) for filing, notice, both in decided for change in both.changes]
    regraded = [(filing, notice, one) for filing, notice, both in decided for one in both.regraded]
    graded = f", {len(regraded):,} come with another severity" if regraded else ""
    replayed = words.counted(len(decided), "notice")
    changed = words.counted(len(changes), "message changes", "messages change")
    out.print(f"{replayed} replayed, {changed}{graded}", markup=False)
    for destination, (before, more, fewer) in _counts(decided).items():
        after = before + more - fewer
        out.print(f"{destination}  {before:,} before, {after:,} after (+{more:,} -{fewer:,})", markup=False)
        own = [one for one in changes if one[2].destination == destination]
        for filing, notice, change in own[:_SHOWN]:
            out.print(f"  {_line(filing, notice, change)}", markup=False)
        if len(own) > _SHOWN:
            out.print(f"  and {len(own) - _SHOWN:,} more; --json has them all")
        other = [one for one in regraded if one[2].destination == destination]
        for filing, notice, one in other[:_SHOWN]:
            line = f"  ~ {_named(filing, notice)}; {one.watchlist.path}: {one.before} is now {one.after}"
            out.print(line, markup=False)
        if len(other) > _SHOWN:
            out.print(f"  and {len(other) - _SHOWN:,} more of another severity; --json has them all")


def _moved(before: WatchlistIndex, after: WatchlistIndex) -> Iterator[str]:
    """Who would be told at another time: in a digest, in other quiet hours, or not any more."""
    was, will_be = _ways(before), _ways(after)
    for to in sorted({*was} & {*will_be}):
        if was[to] != will_be[to]:
            yield f"{to}  was told {' or '.join(was[to])}, would be told {' or '.join(will_be[to])}"


def _ways(index: WatchlistIndex) -> dict[Destination, list[str]]:
    ways: dict[Destination, set[str]] = {}
    for watchlist in index.watchlists:
        for route in watchlist.routes:
            quiet = f" outside of {route.quiet_hours}" if route.quiet_hours and route.is_at_once else ""
            ways.setdefault(route.destination, set()).add(route.how + quiet)
    return {to: sorted(found) for to, found in ways.items()}


def _counts(decided: list[Decided]) -> Mapping[Destination, tuple[int, int, int]]:
    """For every destination: messages before, messages more, messages fewer."""
    before = Counter(to for _, _, both in decided for to in both.before)
    more = Counter(one.destination for _, _, both in decided for one in both.changes if one.is_more)
    fewer = Counter(one.destination for _, _, both in decided for one in both.changes if not one.is_more)
    return {to: (before[to], more[to], fewer[to]) for to in sorted({*before, *more, *fewer})}


def _line(filing: Filing, notice: Form144Notice, change: Change) -> str:
    sign = "+" if change.is_more else "-"
    return f"{sign} {_named(filing, notice)}; {change.watchlist.path}: {_why(change)}"


def _named(filing: Filing, notice: Form144Notice) -> str:
    who = f"{notice.issuer_name or 'unknown issuer'}; {notice.seller_name or 'unknown seller'}"
    return f"{filing.accession} {who}"


def _why(change: Change) -> str:
    """For a message more, why it comes; for one fewer, the first thing that no longer holds."""
    found = change.match
    if found is None:
        return "the list is gone"
    if not found.identities:
        return "nobody on this list is named in the notice"
    if change.is_more:
        return found.identities[0].because
    missed = _missed(found, change.destination)
    return missed or f"{change.destination} is not told by this list"


def _missed(found: Match, destination: Destination) -> str | None:
    findings = found.as_told(destination).findings
    return next((f"{one.condition}; {one.because}" for one in findings if one.answer is Answer.NOT_MET), None)


def _json(decided: list[Decided]) -> str:
    counts = {
        str(to): {"before": before, "after": before + more - fewer, "more": more, "fewer": fewer}
        for to, (before, more, fewer) in _counts(decided).items()
    }
    changes = [
        {
            "accession": filing.accession,
            "issuer": notice.issuer_name,
            "seller": notice.seller_name,
            "destination": str(change.destination),
            "change": "more" if change.is_more else "fewer",
            "list": change.watchlist.path,
            "why": _why(change),
            "decision": change.match,
        }
        for filing, notice, both in decided
        for change in both.changes
    ]
    severities = [
        {
            "accession": filing.accession,
            "destination": str(one.destination),
            "list": one.watchlist.path,
            "before": one.before,
            "after": one.after,
        }
        for filing, _, both in decided
        for one in both.regraded
    ]
    found = {"notices": len(decided), "destinations": counts, "changes": changes, "severities": severities}
    return msgspec.json.encode(found).decode()
