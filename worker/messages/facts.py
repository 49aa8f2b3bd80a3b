"""Facts: everything an alert says, in finished words and in the order every channel says it.

Each channel decides how this looks; none decides what it says. Text from the filing is cleaned of invisible
characters here and escaped by the channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from worker.alerts.alert import Alert
from worker.alerts.message import Summary
from worker.filings.figures import Figures
from worker.filings.filing import Role
from worker.messages import amended, reasons, words
from worker.messages.rows import Row, line, rows_of, said_of_units
from worker.watchlists.match import Severity


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what can be long is shown. Nothing is cut: an item is shown whole or counted."""

    lines: int  #: lines of the proposed sale
    changes: int  #: what an amendment changes
    problems: int
    reasons: int
    remarks: bool


#: What is left out first, next and last where a channel has too little room for everything.
DEGRADATION = (
    Room(lines=40, changes=60, problems=40, reasons=40, remarks=True),
    Room(lines=12, changes=20, problems=8, reasons=12, remarks=True),
    Room(lines=12, changes=12, problems=8, reasons=12, remarks=False),
    Room(lines=3, changes=5, problems=3, reasons=5, remarks=False),
    Room(lines=0, changes=0, problems=0, reasons=3, remarks=False),
)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says. `checks` are what the reader should not take for certain, `left_out` what is
    only in the notice at `url`; both may be empty. `accepted_at` is None where EDGAR gave no time.
    """

    form: str  #: `Form 144`, or `Form 144/A` for an amendment
    issuer: str
    seller: str
    headline: str  #: one sentence: who proposes to sell what
    value: str | None  #: the market value, None where it is not known
    checks: tuple[str, ...]
    changed: tuple[
        str, ...
    ]  #: what a reader of an amendment wants first: what became of the notice it amends
    rows: tuple[Row, ...]
    lines: tuple[str, ...]  #: the lines of the proposed sale, where it has more than one
    remarks: str | None
    reasons: tuple[str, ...]  #: why the reader gets this
    problems: tuple[str, ...]  #: what in the document is not as it should be
    left_out: tuple[str, ...]
    accepted_at: datetime | None
    seen_at: datetime
    delay: str | None  #: from acceptance to seen, None where that is not known
    accession: str
    url: str
    severity: str = ""  #: `High` or `Low`, empty where it is neither
    figures: str = ""  #: what a reader wants before all else, in one line; empty where none of it is known


def facts_of(alert: Alert, figures: Figures, room: Room) -> Facts:
    """Say as much of the alert as there is room for."""
    notice = alert.notice
    issuer = words.name(notice.issuer_name or _announced(alert, Role.ISSUER))
    seller = words.name(notice.seller_name or _announced(alert, Role.SELLER))
    several = len(notice.proposed_sales) > 1
    sales = tuple(line(notice, number) for number in range(len(notice.proposed_sales))) if several else ()
    problems = reasons.problems(alert)
    changes = amended.changes(alert)
    why = reasons.why(alert)
    remarks = words.clean(notice.remarks or "") or None
    accepted = alert.filing.accepted_at
    rows = rows_of(alert, figures, issuer, seller)
    return Facts(
        form=f"Form {words.clean(alert.filing.form_type)}",
        issuer=issuer,
        seller=seller,
        headline=_headline(alert, figures, issuer, seller),
        value=words.money(figures.market_value) if figures.market_value is not None else None,
        checks=reasons.checks(alert, figures),
        changed=(*amended.standing(alert), *changes[: room.changes]),
        rows=rows,
        lines=sales[: room.lines],
        remarks=remarks if room.remarks else None,
        reasons=why[: room.reasons],
        problems=problems[: room.problems],
        left_out=tuple(
            words.counted(number, one, many)
            for number, one, many in (
                (len(changes) - room.changes, "change", "changes"),
                (len(sales) - room.lines, "line of the sale", "lines of the sale"),
                (len(problems) - room.problems, "problem of the document", "problems of the document"),
                (len(why) - room.reasons, "reason", "reasons"),
            )
            if number > 0
        )
        + (("the remarks",) if remarks and not room.remarks else ()),
        accepted_at=accepted,
        seen_at=alert.seen_at,
        delay=words.span(alert.seen_at - accepted) if accepted and alert.seen_at >= accepted else None,
        accession=alert.filing.accession,
        url=alert.document_url,
        severity=severity_word(alert.match.severity),
        figures=_figures(rows),
    )


def severity_word(severity: Severity) -> str:
    """`High`, `Low`, or nothing where it is as it mostly is."""
    return "" if severity is Severity.NORMAL else severity.capitalize()


def summary_of(facts: Facts) -> Summary:
    """The same in a line, for a message that tells of several."""
    return Summary(
        issuer=facts.issuer,
        form=facts.form,
        line=facts.headline,
        figures=facts.figures,
        check=bool(facts.checks),
        url=facts.url,
        severity=Severity(facts.severity.lower() or Severity.NORMAL),
    )


def _headline(alert: Alert, figures: Figures, issuer: str, seller: str) -> str:
    if alert.unreadable_because is not None:
        return f"A Form {words.clean(alert.filing.form_type)} about {issuer} could not be read"
    return f"{seller} proposes to sell {said_of_units(alert.notice, figures)}"


def _figures(rows: Sequence[Row]) -> str:
    return ", ".join(
        f"{row.name.lower()} {row.figure}{' (computed)' if '(computed' in row.value else ''}"
        for row in rows
        if row.figure
    )


def _announced(alert: Alert, role: Role) -> str | None:
    party = alert.filing.party(role)
    return party.name if party else None
