"""What became of filings, as a table for people, and the coverage of a day in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from worker.alerts.coverage import Coverage
from worker.alerts.delivery import DeliveryState
from worker.filings.rule144 import computed
from worker.ledger.report import Told, ToldFiling
from worker.messages import coverage_line as in_words
from worker.watchlists.match import Match

#: Under way, or dealt with: nothing that anybody has to look at.
_NO_TROUBLE = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.CLOSED)


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
    """The day's coverage, for a terminal."""
    return Text(in_words.coverage_line(coverage), style="bold")


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
    style = "yellow" if told.state in _NO_TROUBLE else "red"
    return Text(f"{told.state} {told.destination}", style=style)
