"""Why somebody gets an alert, what of it is not certain, and what is wrong with the document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.alerts.alert import Alert
from worker.filings.figures import Figures
from worker.filings.notice import Problem
from worker.messages import words
from worker.watchlists.match import Answer, Finding, Grade, Identity

#: How sure an identity is, in words that follow what agreed.
GRADES = {
    Grade.CIK: "",
    Grade.FILE_NUMBER: "",
    Grade.NAME: "; by name",
    Grade.PAIR: "; by first and last name",
    Grade.POSSIBLE: "; possible, not certain",
}
ANSWERS = {Answer.MET: "met", Answer.NOT_MET: "not met", Answer.UNKNOWN: "UNKNOWN"}


def why(alert: Alert) -> tuple[str, ...]:
    """The list, what put the notice on it, and each condition's answer. A confidential list is not named."""
    known = alert.list_name
    return (
        f"Watchlist: {words.clean(known)}" if known else "On a confidential watchlist",
        *_found_late(alert),
        *(_identity(identity) for identity in alert.match.identities),
        *(_finding(finding) for finding in alert.match.findings),
    )


def _found_late(alert: Alert) -> Iterator[str]:
    """That EDGAR's feed did not show the filing, and how much later than it was filed it was found."""
    if alert.filing.was_missed:
        delay = alert.filing.delay(alert.seen_at)
        yield f"Found by reconciliation, {words.span(delay)} late" if delay else "Found by reconciliation"


def checks(alert: Alert, figures: Figures) -> tuple[str, ...]:
    """What the reader should look at before relying on the rest; most alerts have none."""
    found = []
    if alert.unreadable_because is not None:
        found.append(f"Nobody could read the document: {words.clean(alert.unreadable_because)}")
    if alert.match.identities and alert.match.identities[0].grade is Grade.POSSIBLE:
        found.append(f"Possible match only: {words.clean(alert.match.identities[0].because)}")
    found.extend(
        f"UNKNOWN whether {words.clean(finding.condition)}: {words.clean(finding.because)}"
        for finding in alert.match.findings
        if finding.answer is Answer.UNKNOWN
    )
    if figures.price_doubt:
        found.append(words.clean(figures.price_doubt))
    return tuple(found)


def problem(problem: Problem) -> str:
    """One field that is not as it should be, with what stands there."""
    raw = f" (as filed: {words.clean(problem.raw)})" if problem.raw.strip() else ""
    return f"{_place(problem.field)}: {words.clean(problem.why)}{raw}"


def _place(field: str) -> str:
    """`proposed_sales[0].market_value` for people: `proposed sales 1, market value`."""
    counted = re.sub(r"\[([0-9]+)\]", lambda index: f" {int(index[1]) + 1}", field)
    return words.clean(counted.replace("_", " ").replace(".", ", "))


def _identity(identity: Identity) -> str:
    entry, agreed = words.clean(identity.entry), words.clean(identity.because)
    return f"{entry}: {agreed}{GRADES[identity.grade]}" if entry else f"{agreed}{GRADES[identity.grade]}"


def _finding(finding: Finding) -> str:
    condition, because = words.clean(finding.condition), words.clean(finding.because)
    return f"{condition}: {ANSWERS[finding.answer]}, {because}"
