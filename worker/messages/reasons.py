"""Why somebody gets an alert, what of it is not certain, and what is wrong with the document.

Each thing is said once: what could not be checked stands first of all, and not again among the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.alerts.alert import Alert
from worker.filings.figures import Figures
from worker.filings.form_words import TABLES
from worker.filings.notice import Problem, ProblemKind
from worker.messages import answers, words
from worker.watchlists.match import Answer, Finding, Grade, Identity, Side

#: How sure an identity is, in words that follow what agreed.
GRADES = {
    Grade.CIK: "",
    Grade.FILE_NUMBER: "",
    Grade.NAME: "; by name",
    Grade.PAIR: "; by first and last name",
    Grade.POSSIBLE: "; possible, not certain",
}

_SALE = r"proposed_sales\[[0-9]+\]\."
_PLAN = r"plan_adoption_dates(?:\[[0-9]+\])?"

#: The fields that say what a condition asks.
_ASKED = {
    "market_value": rf"{_SALE}market_value",
    "units": rf"{_SALE}units",
    "percent_of_class": rf"{_SALE}units(?:_outstanding)?",
    "one_percent_of_class": rf"{_SALE}units(?:_outstanding)?|past_sales\[[0-9]+\]\.units",
    "sale_date": rf"{_SALE}sale_date|notice_date",
    "plan": _PLAN,
    "plan_age": rf"{_SALE}sale_date|{_PLAN}",
    "relationship": r"relationships_as_filed(?:\[[0-9]+\])?",
    "broker": rf"{_SALE}broker_name",
    "exchange": rf"{_SALE}exchange",
    "acquired_how": r"acquired_lots\[[0-9]+\]\.nature",
    "gift": r"acquired_lots\[[0-9]+\]\.is_gift",
}

_TITLES = {table.field: table.title for table in TABLES}
_PART = re.compile(r"(?P<name>[^\[]*)(?:\[(?P<number>[0-9]+)\])?")
_XML = "The XML is damaged or cut off"


def why(alert: Alert) -> tuple[str, ...]:
    """The list, what put the notice on it, and each condition's answer but those that stand among the
    checks. A confidential list is not named.
    """
    known = alert.list_name
    return (
        f"Watchlist: {words.clean(known)}" if known else "On a confidential watchlist",
        *_found_late(alert),
        *(_identity(identity) for identity in alert.match.identities),
        *(_short(answers.said(one), one) for one in alert.match.findings if one.answer is not Answer.UNKNOWN),
    )


def _found_late(alert: Alert) -> Iterator[str]:
    """That EDGAR's feed did not show the filing, and how much later than it was filed it was found."""
    if alert.filing.was_missed:
        delay = alert.filing.delay(alert.seen_at)
        yield f"Found by reconciliation, {words.span(delay)} late" if delay else "Found by reconciliation"


def checks(alert: Alert, figures: Figures) -> tuple[str, ...]:
    """What the reader should look at before relying on the rest; most alerts have none. Of a document that
    nobody could read, no condition is told apart: none could be checked.
    """
    found = []
    if alert.unreadable_because is not None:
        found.append(f"Nobody could read the document: {unread(alert.unreadable_because)}")
    if alert.notice.is_live is False and not alert.filing.is_drill:
        found.append("The document calls itself a TEST filing: nothing may be meant by it")
    if alert.match.identities and alert.match.identities[0].grade is Grade.POSSIBLE:
        because = words.clean(alert.match.identities[0].because)
        found.append(f"Possible match only: {words.shown(because, 'the name is too long to be shown here')}")
    if alert.unreadable_because is None:
        found.extend(_short(_unchecked(alert, finding), finding) for finding in _unknown(alert))
    if figures.price_doubt:
        doubt = words.clean(figures.price_doubt).removesuffix(".")
        found.append(words.shown(doubt, "The prices of a class deserve a second look"))
    return tuple(dict.fromkeys(found))


def problems(alert: Alert) -> tuple[str, ...]:
    """What in the document is not as it should be, but for what the checks say already."""
    told = [_behind(alert, finding) for finding in _unknown(alert)]
    return tuple(problem(one) for one in alert.notice.problems if one not in told)


def unread(why: str) -> str:
    """Why nobody could read a document, without the words of a parser; those stand in the record."""
    if not why.startswith(_XML):
        return words.clean(why).removesuffix(".")
    line = re.search(r"\bline ([0-9]+), column [0-9]+\.?$", why)
    return f"it is damaged near line {line[1]}" if line is not None else "it is damaged or cut off"


def problem(problem: Problem) -> str:
    """One field that is not as it should be, with what stands there."""
    *around, last = map(_part, problem.field.split("."))
    place = f"{', '.join(around)}: {last}" if around else last
    return f"{_sentence(_capital(place), problem)}{_raw(problem)}"


def _unknown(alert: Alert) -> Iterator[Finding]:
    return (finding for finding in alert.match.findings if finding.answer is Answer.UNKNOWN)


def _unchecked(alert: Alert, finding: Finding) -> str:
    """A condition that could not be checked, with the one field that is to blame where it is one."""
    blamed = _behind(alert, finding)
    if blamed is None:
        return answers.said(finding)
    last = _part(blamed.field.rpartition(".")[2])
    return answers.unknown(f"{_sentence(last, blamed)}{_raw(blamed)}", finding)


def _short(said: str, finding: Finding) -> str:
    """It, or only as much of it as one reason among others may take."""
    return words.shown(said, answers.briefly(finding))


def _behind(alert: Alert, finding: Finding) -> Problem | None:
    asked = _ASKED.get(finding.condition.partition(" ")[0])
    if asked is None:
        return None
    found = [one for one in alert.notice.problems if re.fullmatch(asked, one.field)]
    return found[0] if len(found) == 1 else None


def _sentence(place: str, problem: Problem) -> str:
    """`Market value is missing`, `Date of notice is not a date written MM/DD/YYYY`."""
    why = words.clean(problem.why).removesuffix(".")
    if not place:
        return why
    if problem.kind is ProblemKind.ABSENT and why.startswith("The form demands this"):
        return f"{place} is missing"
    why = re.sub(r"^This is (not|neither)\b", r"is \1", why)
    return f"{place} {why}" if why.startswith("is ") else f"{place}: {why}"


def _raw(problem: Problem) -> str:
    return f" (as filed: {words.clean(problem.raw)})" if problem.raw.strip() else ""


def _part(part: str) -> str:
    """`proposed_sales[0]` for people: `Securities to be sold, row 1`; `market_value`: `market value`."""
    found = _PART.fullmatch(part)
    if found is None:
        return words.clean(part)
    title = _TITLES.get(found["name"])
    name = title or words.clean(found["name"].replace("_", " "))
    if found["number"] is None:
        return name
    return f"{name}, row {int(found['number']) + 1}" if title else f"{name} {int(found['number']) + 1}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _identity(identity: Identity) -> str:
    if identity.side is Side.ANY:
        return "The list watches every issuer"
    entry = words.clean(identity.entry)
    agreed = words.shown(words.clean(identity.because), "its name, which is too long to be shown here")
    return f"{entry}: {agreed}{GRADES[identity.grade]}" if entry else f"{agreed}{GRADES[identity.grade]}"
