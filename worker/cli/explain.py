"""`form144 explain`: the whole decision of every list about one notice, alert or not; and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from worker import parts
from worker.alerts.digest import how_told
from worker.cli.console import stdout
from worker.cli.documents import Found, find_notice
from worker.cli.earlier import known_before
from worker.ledger.record import Record, RecordedDelivery
from worker.settings import from_environment
from worker.watched_folder import read_folder
from worker.watchlists.identify import issuer_and_seller
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Answer, Finding, Match, Severity, Side
from worker.watchlists.matching import explain as explain_all
from worker.watchlists.watchlist import Watchlist

_ANSWERS = {Answer.MET: "met", Answer.NOT_MET: "not met", Answer.UNKNOWN: "unknown"}

#: Said where nobody was found on a document that a live worker would know more of.
NO_CIK = "the document gives no CIK, so it was compared by name and file number alone; its XML has one"


def explain(
    document: Annotated[
        str,
        typer.Argument(
            help="a file (raw XML, full submission, printed form), or an accession number in the ledger"
        ),
    ],
    folder: Annotated[Path | None, typer.Argument(help="default: FORM144_WATCHLISTS")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for machines: one object a list")] = False,
) -> None:
    """Say of every list whether this notice raises its alert, and why, or by how much it misses."""
    settings = from_environment()
    known = parts.tickers(settings, None, parts.clock())
    where = folder or settings.watchlists
    index = WatchlistIndex(load_watchlists(read_folder(where), known, folder=str(where)))
    notice = find_notice(document, settings)
    earlier = known_before(notice, index, settings)
    matches = explain_all(notice.notice, notice.filing, index, recent=earlier)
    if as_json:
        sys.stdout.writelines(msgspec.json.encode(found).decode() + "\n" for found in matches)
        return
    out = stdout()
    for found in matches:
        watchlist = index.watchlist(found.watchlist_id)
        for line in decision_lines(watchlist, found):
            out.print(line, markup=False)
        if _may_be_missed(watchlist, found, notice):
            out.print(f"    {NO_CIK}", markup=False)
    if notice.record is not None:
        for line in record_lines(notice.record):
            out.print(line, markup=False)


def _may_be_missed(watchlist: Watchlist, found: Match, notice: Found) -> bool:
    """Whether the list may be about the notice all the same: a print has no CIK of its issuer, nor any
    announcement beside it, and names change.
    """
    parties = issuer_and_seller(notice.notice, notice.filing)
    without = {party.side for party in parties if not party.ciks}
    return not found.identities and any(
        entry.cik is not None and entry.side in without for entry in watchlist.entries
    )


def record_lines(record: Record) -> Iterator[str]:
    """What the ledger keeps of the filing: the alerts of their time, and what became of each message."""
    yield f"In the ledger: {record.state}, seen {_instant(record.seen_at)}"
    for alert in record.alerts:
        yield f"    alert {alert.id} of list {alert.match.watchlist_id}, raised {_instant(alert.raised_at)}"
        yield from (f"        {_became(delivery)}" for delivery in alert.deliveries)
        for one in alert.acknowledged:
            remark = f": {one.remark}" if one.remark else ""
            when = _instant(one.acknowledged_at)
            yield f"        acknowledged by {one.person}, by {one.how}, {when}{remark}"
    if not record.alerts:
        yield "    no alert was raised"


def _became(delivery: RecordedDelivery) -> str:
    words = [f"{delivery.destination}: {delivery.state}"]
    if delivery.attempts:
        words.append(f"{delivery.attempts} attempt{'s' * (delivery.attempts != 1)}")
    if delivery.told_in is not None:
        words.append(delivery.told_in)
    if delivery.held_because:
        words.append(f"held by {delivery.held_by}: {delivery.held_because}")
    if delivery.reference:
        words.append(delivery.reference)
    if delivery.last_error:
        words.append(delivery.last_error)
    if delivery.settled_at:
        words.append(_instant(delivery.settled_at))
    elif delivery.due_at:
        words.append(f"due {_instant(delivery.due_at)}")
    return ", ".join(words)


def _instant(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


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
    yield from (f"    {_answered(finding)}" for finding in found.findings)
    for to in found.told:
        at_once, plan = how_told(watchlist, found, to)
        if plan is not None:
            yield f"    {to} hears of it {'at once and ' * at_once}in the digest, {plan.schedule}"
    for route in found.routes:
        severity = f" as {route.severity}" if route.severity is not found.severity else ""
        if route.findings or severity:
            is_told = route.holds and route.destination in found.told
            yield f"    {'tells' if is_told else 'does not tell'} {route.destination}{severity}"
            yield from (f"        {_answered(finding)}" for finding in route.findings)


def _answered(finding: Finding) -> str:
    near = " (near)" if finding.near else ""
    return f"{_ANSWERS[finding.answer]}{near}: {finding.condition}; {finding.because}"


def _verdict(found: Match) -> str:
    if found.raises_alert:
        severity = "" if found.severity is Severity.NORMAL else f", {found.severity} severity"
        return f"alert{severity}" if found.is_certain else f"alert{severity}, not certain"
    return "no alert, a near miss" if found.is_near_miss else "no alert"
