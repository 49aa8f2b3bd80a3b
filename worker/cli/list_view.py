"""What a watchlist means, on a terminal and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rich.console import Console

from worker.watchlists.match import Severity
from worker.watchlists.watchlist import NEAR_MISS, Entry, Route, Watchlist

_SHOWN = 12


def meaning(entry: Entry) -> str:
    """What an entry was found to mean: `QFIN is Qifu Technology, Inc. (CIK 1741530)`."""
    if entry.cik is not None and entry.called is not None:
        return f"{entry.text} is {entry.called} (CIK {entry.cik})"
    if entry.cik is not None:
        return entry.text if entry.text.lstrip("0") == str(entry.cik) else f"{entry.text} is CIK {entry.cik}"
    if entry.file_number is not None:
        return f"{entry.text}, by its file number"
    return f"{entry.text}, by name only" if entry.is_found else f"{entry.text}, which was not found"


def show_list(watchlist: Watchlist, out: Console) -> None:
    out.print(
        f"{watchlist.name}  ({watchlist.path}, {watchlist.visibility}, {watchlist.owner})", markup=False
    )
    if watchlist.any_notice:
        out.print("  watches every notice")
    for entry in watchlist.entries[:_SHOWN]:
        verb = "watches" if entry.is_found else "does not watch"
        out.print(f"  {verb} {entry.side} {meaning(entry)}", markup=False)
    if len(watchlist.entries) > _SHOWN:
        out.print(f"  and {len(watchlist.entries) - _SHOWN:,} more")
    for condition in watchlist.conditions:
        out.print(f"  when {condition.text}", markup=False)
    if watchlist.severity is not Severity.NORMAL:
        out.print(f"  severity {watchlist.severity}")
    always = [_told(route, watchlist) for route in watchlist.routes if not route.conditions]
    if always or not watchlist.routes:
        out.print(f"  tells {', '.join(dict.fromkeys(always)) or 'nobody'}", markup=False)
    for route in watchlist.routes:
        if route.conditions:
            stated = " and ".join(condition.text for condition in route.conditions)
            out.print(f"  tells {_told(route, watchlist)} when {stated}", markup=False)
    for line in _waits(watchlist):
        out.print(f"  {line}", markup=False)


def _waits(watchlist: Watchlist) -> Iterator[str]:
    """When its messages wait, and what a near miss is where the list says so."""
    quiet: dict[str, list[str]] = {}
    for route in watchlist.routes:
        if route.quiet_hours is not None and route.is_at_once:
            quiet.setdefault(str(route.quiet_hours), []).append(str(route.destination))
    for hours, waiting in quiet.items():
        yield f"keeps quiet {hours}: {', '.join(dict.fromkeys(waiting))}"
    if watchlist.near_miss != NEAR_MISS:
        yield f"near miss within {_percent(watchlist.near_miss)}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _told(route: Route, watchlist: Watchlist) -> str:
    severity = f" as {route.severity}" if route.severity is not watchlist.severity else ""
    how = f" {route.how}" if route.digest is not None else ""
    return f"{route.destination}{severity}{how}"


def list_json(watchlist: Watchlist) -> dict[str, object]:
    return {
        "id": watchlist.id,
        "name": watchlist.name,
        "owner": watchlist.owner,
        "path": watchlist.path,
        "visibility": watchlist.visibility,
        "any_notice": watchlist.any_notice,
        "entries": [
            {
                "entry": entry.text,
                "side": entry.side,
                "cik": entry.cik,
                "called": entry.called,
                "where": entry.where,
            }
            for entry in watchlist.entries
        ],
        "conditions": [condition.text for condition in watchlist.conditions],
        "destinations": [str(destination) for destination in watchlist.destinations],
        "routes": [
            {
                "destination": str(route.destination),
                "conditions": [condition.text for condition in route.conditions],
                "severity": route.severity,
                "told": route.how,
                "quiet_hours": str(route.quiet_hours) if route.quiet_hours else None,
                "where": route.where,
            }
            for route in watchlist.routes
        ],
        "severity": watchlist.severity,
        "near_miss": _percent(watchlist.near_miss),
        "digest": watchlist.digest,
    }
