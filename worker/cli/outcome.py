"""What became of filings, as a table for people, and the coverage of a day in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from worker.alerts.delivery import DeliveryState
from worker.filings.rule144 import computed
from worker.ledger.report import Coverage, IndexState, Told, ToldFiling
from worker.messages.words import span
from worker.watchlists.match import Match


def outcome_table(filings: Sequence[ToldFiling]) -> Table:
    """A row for each list a filing is on: what it is, whether it was read, why it is there, who was told.

    Filings on nobody's list share the last row.
    """
    table = Table(header_style="bold", pad_edge=False, box=None, padding=(0, 1, 0, 0))
    # 80 columns in all; an accession number and its form type never break.
    for heading, width in (("Filing", 26), ("Read", 10), ("On list, by", 19), ("Told", 22)):
        table.add_column(heading, width=width, overflow="fold")
    watched = [filing for filing in filings if filing.told]
    for filing in watched:
        head, read = _filing(filing), _read(filing)
        for told in _by_list(filing):
            table.add_row(head, read, _why(told[0].match), Text("\n").join(_delivery(one) for one in told))
            head = read = Text()
        table.add_section()
    others = [filing for filing in filings if not filing.told]
    if others:
        states = ", ".join(f"{number} {state}" for state, number in Counter(f.state for f in others).items())
        table.add_row(f"{len(others)} more", states, "nobody's list", "nobody", style="dim")
    return table


def coverage_line(coverage: Coverage) -> Text:
    """`EDGAR's index for 20 Nov: 142 notices. Seen 142. Matched 3. Unreadable 0. Worst delay 48 s.`"""
    days = f"{coverage.first.day} {coverage.first:%b}"
    if coverage.last != coverage.first:
        days += f" to {coverage.last.day} {coverage.last:%b}"
    index = {
        IndexState.PARSED: f"EDGAR's index for {days}: {coverage.indexed} notices.",
        IndexState.NOT_YET: f"EDGAR's index for {days} is not out yet.",
        IndexState.NONE: f"EDGAR made no index for {days}.",
    }
    parts = [
        index[coverage.index],
        f"Seen {coverage.seen}.",
        f"Matched {coverage.matched}.",
        f"Unreadable {coverage.unreadable}.",
    ]
    if coverage.found_late:
        parts.append(f"Found late {coverage.found_late}.")
    if coverage.waiting:
        parts.append(f"Waiting {coverage.waiting}.")
    if coverage.worst_delay is not None:
        parts.append(f"Worst delay {span(coverage.worst_delay)}.")
    return Text(" ".join(parts), style="bold")


def _filing(filing: ToldFiling) -> Text:
    notice = filing.notice
    names = [party.name for party in filing.filing.parties]
    worth = ""
    if notice is not None and notice.issuer_name and notice.seller_name:
        names = [notice.issuer_name, notice.seller_name]
        figures = computed(notice)
        worth = f"{figures.units:,} units" if figures.units is not None else "units unknown"
        worth += (
            f", {figures.market_value:,.0f} USD" if figures.market_value is not None else ", value unknown"
        )
    lines = [f"{filing.filing.accession} {filing.filing.form_type}", *names, *([worth] if worth else [])]
    return Text("\n".join(lines))


def _read(filing: ToldFiling) -> Text:
    if filing.state == "unreadable":
        return Text("unreadable", style="red")
    if filing.state != "read":
        return Text(filing.state, style="yellow")
    problems = len(filing.notice.problems) if filing.notice else 0
    if problems:
        return Text(f"read,\n{problems} problem" + "s" * (problems != 1), style="yellow")
    return Text("read")


def _by_list(filing: ToldFiling) -> list[list[Told]]:
    grouped: dict[str, list[Told]] = {}
    for told in filing.told:
        grouped.setdefault(told.match.watchlist_id, []).append(told)
    return list(grouped.values())


def _why(match: Match) -> Text:
    doubt = "" if match.is_certain else "\nsomething is unknown"
    return Text(f"{match.watchlist_id}\n{match.identities[0].because}{doubt}")


def _delivery(told: Told) -> Text:
    if told.state is DeliveryState.DELIVERED:
        attempts = f"\n  attempt {told.attempts}" if told.attempts > 1 else ""
        return Text(f"✓ {told.destination}{attempts}", style="green")
    if told.state is DeliveryState.ROLLED_UP:
        return Text(f"together with others: {told.destination}", style="green")
    style = (
        "yellow" if told.state in (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.HELD) else "red"
    )
    return Text(f"{told.state} {told.destination}", style=style)
