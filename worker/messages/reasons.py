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
_TOO_LONG = "why is too long to be shown here"
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
    if alert.notice.is_live is False and not alert.filing.is_drill:
        found.append("The document calls itself a TEST filing: nothing may be meant by it.")
    if alert.match.identities and alert.match.identities[0].grade is Grade.POSSIBLE:
        because = words.shown(
            words.clean(alert.match.identities[0].because), "the name is too long to be shown here"
        )
        found.append(f"Possible match only: {because}")
    found.extend(
        _short("UNKNOWN whether {}: {}", finding)
        for finding in alert.match.findings
        if finding.answer is Answer.UNKNOWN
    )
    if figures.price_doubt:
        found.append(
            words.shown(words.clean(figures.price_doubt), "The prices of a class deserve a second look.")
        )
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
    entry = words.clean(identity.entry)
    agreed = words.shown(words.clean(identity.because), "its name, which is too long to be shown here")
    return f"{entry}: {agreed}{GRADES[identity.grade]}" if entry else f"{agreed}{GRADES[identity.grade]}"


def _finding(finding: Finding) -> str:
    return _short(f"{{}}: {ANSWERS[finding.answer]}, {{}}", finding)


def _short(sentence: str, finding: Finding) -> str:
    """The sentence with the condition and why, or only as much of it as one reason among others may take."""
    condition, because = words.clean(finding.condition), words.clean(finding.because)
    condition = words.shown(condition, "one of the list's longer conditions")
    return words.shown(sentence.format(condition, because), sentence.format(condition, _TOO_LONG))
