"""A condition's answer in a reader's words: `Market value $41,360,000, at least $10M`.

The decision itself keeps the file's words and the figures (`market_value at least 10M`, `41,360,000 >=
10,000,000`); `form144 explain` and the record show those.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from worker.messages import words
from worker.watchlists.match import Answer, Finding

#: What a condition is called where the figure it asks for stands beside it.
_NAMES = {
    "market_value": "Market value",
    "units": "Units",
    "percent_of_class": "Share of class",
    "one_percent_of_class": "With past sales",
    "sale_date": "Sale date",
    "plan_age": "Plan age",
    "relationship": "Relationship",
}
_ANSWERS = {Answer.MET: "met", Answer.NOT_MET: "not met", Answer.UNKNOWN: "unknown"}
_IN_WORDS = {word: answer for answer, word in _ANSWERS.items()}
_OPPOSITE = {Answer.MET: Answer.NOT_MET, Answer.NOT_MET: Answer.MET, Answer.UNKNOWN: Answer.UNKNOWN}

#: How the file may write a comparison, beside the words for it.
_SIGNS = {">=": "at least", "≥": "at least", "<=": "at most", "≤": "at most", ">": "over", "<": "under"}

_COMPOSED = re.compile(r"(?P<how>all of|any of|not) \((?P<parts>.+)\)")
_SIGNED = re.compile(r"(?P<sign>>=|<=|[≥≤<>])\s*(?P<limit>.+)")
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_PART = re.compile(r"[a-z_]+ [^:;]+: (?:met|not met|unknown), ")
_HELD = re.compile(
    r"(?P<figure>.+?) (?:[<>]=?|is (?:within|outside)) .+?(?P<missed>, missed by [^,;]+)?(?:; .+)?"
)
_ANYWAY = re.compile(r".+ (?:[<>]=?|is (?:within|outside)) .+?, but ")
_SELLERS = re.compile(r"(?P<found>[0-9]+) (?:>=|<) (?P<asked>[0-9]+) sellers since (?P<since>\S+)")
_FILED = re.compile(r"(?P<classes>.*?)(?:, )?filed as (?P<filed>.+)")
_NUMBER = re.compile(r"(?<![\w$.,])(?=[0-9])")
_JOINED = re.compile(
    r"\b(?:market_value|one_percent_of_class|percent_of_class|sale_date|plan_age|acquired_how)\b"
)


def said(finding: Finding) -> str:
    """The answer as a sentence without its full stop."""
    name, _, asked = finding.condition.partition(" ")
    if composed := _COMPOSED.fullmatch(finding.condition):
        return _decided(composed["how"], composed["parts"], finding) or _as_stated(finding)
    if _PART.match(finding.because):  # several lines under one dash
        return _as_stated(finding)
    if finding.answer is Answer.UNKNOWN:
        return unknown(_ANYWAY.sub("", words.clean(finding.because)), finding)
    told = _TOLD.get(name)
    shown = told(name, words.clean(asked), finding) if told is not None else None
    return shown if shown is not None else _as_stated(finding)


def unknown(because: str, finding: Finding) -> str:
    """That the condition could not be checked, and why."""
    name, _, asked = (words.clean(part) for part in finding.condition.partition(" "))
    named = because.removeprefix("the ")
    if asked and named.casefold().startswith(name.replace("_", " ")):
        return f"{_capital(named)}, so “{_readable(asked)}” could not be checked"
    return f"{_capital(because)}, so “{_readable(finding.condition)}” could not be checked"


def briefly(finding: Finding) -> str:
    """The answer alone, where there is no room for why."""
    condition = words.shown(_readable(finding.condition), "one of the list's longer conditions")
    return f"{condition}: {_ANSWERS[finding.answer]}, why is too long to be shown here"


def _as_stated(finding: Finding) -> str:
    """What can be said of any condition."""
    return f"{_readable(finding.condition)}: {_ANSWERS[finding.answer]}, {_readable(finding.because)}"


def _decided(how: str, stated: str, finding: Finding) -> str | None:
    """Of a condition made of others, the answers that decided it; None where they cannot be told apart."""
    decisive = _OPPOSITE[finding.answer] if how == "not" else finding.answer
    parts = _parts(_split(stated), finding.because)
    if how == "not" and finding.answer is Answer.UNKNOWN:
        return _undenied(parts, finding)
    told = "; ".join(said(part) for part in parts if part.answer is decisive)
    is_denied = how == "not" and finding.answer is Answer.NOT_MET
    return f"{told}, so “{_readable(finding.condition)}” is not met" if told and is_denied else told or None


def _undenied(parts: Sequence[Finding], finding: Finding) -> str | None:
    """That it could not be checked whether a list's `not` holds, and why; named as the list asks it."""
    if len(parts) == 1 and not _COMPOSED.fullmatch(parts[0].condition):
        name, _, asked = parts[0].condition.partition(" ")
        denied = Finding(condition=f"{name} not {asked}", answer=finding.answer, because=parts[0].because)
        return said(denied)
    why = dict.fromkeys(map(_capital, _open(parts)))
    asked = _readable(finding.condition)
    return f"{'; '.join(why)}, so “{asked}” could not be checked" if why else None


def _open(parts: Sequence[Finding]) -> Iterator[str]:
    """Why each that could not be checked could not, however deep it stands."""
    for part in parts:
        if part.answer is not Answer.UNKNOWN:
            continue
        if composed := _COMPOSED.fullmatch(part.condition):
            yield from _open(_parts(_split(composed["parts"]), part.because))
        elif not _PART.match(part.because):
            yield _ANYWAY.sub("", words.clean(part.because))


def _split(stated: str) -> list[str]:
    """The conditions of `gift true; all of (units over 1; plan absent)`; what stands in brackets is one."""
    found = [""]
    for part in stated.split("; "):
        whole = found[-1].count("(") == found[-1].count(")")
        found[-1:] = [found[-1], part] if whole else [f"{found[-1]}; {part}"]
    return found[1:]


def _parts(conditions: Sequence[str], because: str) -> list[Finding]:
    """The answer of each, as `because` lists them; none where it lists others."""
    starts = [0]
    for before, condition in pairwise(conditions):
        within = _innermost(before, because, starts[-1])
        starts.append(because.find(f"; {condition}: ", within) + 2)
    ends = [start - 2 for start in starts[1:]] + [len(because)]
    found: list[Finding] = []
    for condition, start, end in zip(conditions, starts, ends, strict=True):
        answer, _, why = because[start:end].removeprefix(f"{condition}: ").partition(", ")
        if not because.startswith(f"{condition}: ", start) or answer not in _IN_WORDS:
            return []
        found.append(Finding(condition=condition, answer=_IN_WORDS[answer], because=why))
    return found


def _innermost(condition: str, because: str, start: int) -> int:
    """Where the last of the conditions that it is made of stands, its own place where it is made of none."""
    composed = _COMPOSED.fullmatch(condition)
    for inner in _split(composed["parts"]) if composed else ():
        start = _innermost(inner, because, max(start, because.find(f"{inner}: ", start + 1)))
    return start


def _figure(name: str, asked: str, finding: Finding) -> str:
    """A figure that was held against a limit."""
    held = _HELD.fullmatch(words.clean(finding.because))
    if held is None:
        return _dated_plain(name, asked, finding)
    if signed := _SIGNED.fullmatch(asked):
        asked = f"{_SIGNS[signed['sign']]} {signed['limit']}"
    figure = held["figure"]
    if name == "market_value":
        figure, asked = (_NUMBER.sub("$", text) for text in (figure, asked))
    asked = re.sub(r"(?<=[0-9])%", " %", asked)
    if name == "sale_date" and figure.endswith(("day", "days")):
        figure = f"{figure.removeprefix('-')} {'before' if figure.startswith('-') else 'after'} the notice"
    no = "not " if finding.answer is Answer.NOT_MET else ""
    return _dated(f"{_NAMES[name]} {figure}, {no}{asked}{held['missed'] or ''}")


def _one_percent(name: str, _asked: str, finding: Finding) -> str:
    because = words.clean(finding.because)
    figure = because.partition(" % ")[0]
    if because.startswith("more than"):
        return f"{_NAMES[name]} more than 1 % of the class"
    more = "more" if " > " in because else "no more"
    return f"{_NAMES[name]} {figure} % of the class, {more} than 1 %"


def _relationship(name: str, asked: str, finding: Finding) -> str:
    because = words.clean(finding.because)
    found = _FILED.fullmatch(because)
    classes = found["classes"] if found is not None else because
    filed = f" (filed as {_quoted(found['filed'])})" if found is not None else ""
    no = f", not {_class(asked)}" if finding.answer is Answer.NOT_MET else ""
    return f"{_NAMES[name]}: {_class(classes)}{filed}{no}"


def _sellers(_name: str, _asked: str, finding: Finding) -> str | None:
    found = _SELLERS.fullmatch(words.clean(finding.because))
    if found is None:
        return None
    sellers = words.counted(int(found["found"]), "seller")
    than = "at least" if finding.answer is Answer.MET else "fewer than"
    return _dated(f"{sellers} since {found['since']}, {than} {found['asked']}")


def _plain(_name: str, _asked: str, finding: Finding) -> str:
    """What is a sentence as it stands: `a lot was acquired as a gift`, `broker Morgan Stanley`."""
    because = _capital(words.clean(finding.because))
    if finding.answer is Answer.MET:
        return because
    return f"{because}, so “{_readable(finding.condition)}” is not met"


def _dated_plain(name: str, asked: str, finding: Finding) -> str:
    return _dated(_plain(name, asked, finding))


_TOLD: dict[str, Callable[[str, str, Finding], str | None]] = {
    **dict.fromkeys(("market_value", "units", "percent_of_class", "sale_date", "plan_age"), _figure),
    **dict.fromkeys(("form", "seller", "gift", "broker", "exchange", "acquired_how"), _plain),
    "one_percent_of_class": _one_percent,
    "relationship": _relationship,
    "cluster": _sellers,
    "plan": _dated_plain,
}


def _class(text: str) -> str:
    return _readable(text).replace("_", " ")


def _readable(text: str) -> str:
    """The file's words for conditions and classes as people say them."""
    spaced = _JOINED.sub(lambda found: found[0].replace("_", " "), words.clean(text))
    return spaced.replace("ten_percent_holder", "10 % holder")


def _quoted(filed: str) -> str:
    """`'Director' and "Officer's spouse"` in the quotes that people use."""
    return " and ".join(f"“{words.clean(literal_eval(text))}”" for text in _LITERAL.findall(filed))


def _dated(text: str) -> str:
    return re.sub(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", _day, text)


def _day(found: re.Match[str]) -> str:
    year, month, day = map(int, found[0].split("-"))
    return f"{day} {words.MONTHS[month - 1]} {year}" if 1 <= month <= len(words.MONTHS) else found[0]


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
