"""Amounts, percentages, days and how they are compared, as people write them.

`$2,500,000`, `2.5M`, `10 million`, `0.5%`, `90 days`, `2026-03-31`; and before them `over`, `at least`,
`under`, `at most` (or `>`, `>=`, `<`, `<=`, which YAML wants in quotes), or `between A and B`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from worker.filings.fields import FIRST_YEAR, LAST_YEAR
from worker.watchlists.match import Answer
from worker.watchlists.misread import Misread

_NUMBER = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(\.[0-9]{1,6})?\s*([a-z]*)", re.IGNORECASE)
_TIMES = {"": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6}
_TIMES |= {"b": 10**9, "bn": 10**9, "billion": 10**9}
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(?:%|percent)", re.IGNORECASE)
_DAYS = re.compile(r"([0-9]{1,5})\s*(days?|weeks?|months?)", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: No condition looks further than ten years: one that does is a slip, and runs off the calendar's end.
MOST_DAYS = 3_660


class Sense(StrEnum):
    """Which way a figure is held against a limit."""

    OVER = "over"
    AT_LEAST = "at least"
    UNDER = "under"
    AT_MOST = "at most"
    BETWEEN = "between"  #: both ends count


_WORDS = {
    Sense.AT_LEAST: ("at least", "from", "on or after", ">=", "≥"),
    Sense.AT_MOST: ("at most", "up to", "on or before", "<=", "≤"),
    Sense.OVER: ("over", "above", "more than", "after", ">"),
    Sense.UNDER: ("under", "below", "less than", "before", "<"),
}
_SIGNS = {
    Sense.OVER: (">", "<="),
    Sense.AT_LEAST: (">=", "<"),
    Sense.UNDER: ("<", ">="),
    Sense.AT_MOST: ("<=", ">"),
}

T = TypeVar("T", Decimal, date)


class Comparison(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A limit and its sense, with the text it was read from. `upper` is None except for BETWEEN."""

    text: str
    sense: Sense
    limit: T
    upper: T | None = None

    def holds(self, figure: T) -> bool:
        match self.sense:
            case Sense.OVER:
                return figure > self.limit
            case Sense.AT_LEAST:
                return figure >= self.limit
            case Sense.UNDER:
                return figure < self.limit
            case Sense.AT_MOST:
                return figure <= self.limit
            case Sense.BETWEEN:
                return self.upper is not None and self.limit <= figure <= self.upper

    def answer(self, figure: T) -> Answer:
        return Answer.MET if self.holds(figure) else Answer.NOT_MET

    def because(self, figure: T, show: Callable[[T], str]) -> str:
        """The comparison in figures, true as it stands: `940,000.00 < 1,000,000.00`."""
        if self.upper is not None:
            where = "within" if self.holds(figure) else "outside"
            return f"{show(figure)} is {where} {show(self.limit)} to {show(self.upper)}"
        met, missed = _SIGNS[self.sense]
        return f"{show(figure)} {met if self.holds(figure) else missed} {show(self.limit)}"

    def nearest(self, figure: T) -> T:
        """The limit the figure is held against; of two, the one it lies closer to."""
        if self.upper is None or figure <= self.limit:
            return self.limit
        return self.upper


def dollars(text: str) -> Decimal:
    """`$2,500,000`, `2.5M`, `10 million`. Raises Misread."""
    return _number(text, "an amount", "write it as 10M, 2.5 million or $2,500,000")


def whole(text: str) -> Decimal:
    """A whole number of units: `50,000`, `1.5M`. Raises Misread."""
    number = _number(text, "a number of units", "write it as 50,000 or 1.5M")
    if number != number.to_integral_value():
        raise Misread(f"{text!r} is not a whole number of units", "write it as 50,000 or 1.5M")
    return number


def percent(text: str) -> Decimal:
    """`0.5%` as Decimal("0.5"). Raises Misread, also for a bare number, which might mean either."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        raise Misread(f"{text!r} is not a percentage", "write it with its sign, as 0.5%")
    return Decimal(found[1])


def days(text: str) -> Decimal:
    """`90 days`, `2 weeks`; a month counts 30 days. Raises Misread, also for more than ten years."""
    found = _DAYS.fullmatch(text.strip())
    if found is None:
        raise Misread(f"{text!r} is not a number of days", "write it as 90 days or 2 weeks")
    per = {"d": 1, "w": 7, "m": 30}[found[2][0].lower()]
    number = int(found[1]) * per
    if number > MOST_DAYS:
        raise Misread(f"{text.strip()!r} is more than ten years", f"write at most {MOST_DAYS:,} days")
    return Decimal(number)


def day(text: str) -> date:
    """`2026-03-31`, in a year that a Form 144 may name. Raises Misread."""
    try:
        if _DAY.fullmatch(text.strip()) is None:
            raise ValueError(text)
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise Misread(f"{text!r} is not a day", "write it as 2026-03-31: year, month, day") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Misread(
            f"no Form 144 holds a date in the year {found.year}",
            f"write a year from {FIRST_YEAR} to {LAST_YEAR}",
        )
    return found


def comparison(
    text: str, read: Callable[[str], T], example: str, others: str = "at least, under, at most, between"
) -> Comparison[T]:
    """Read `over 10M` and its kin, each amount by `read`. Raises Misread."""
    said = " ".join(text.split())
    between = re.fullmatch(r"between (.+) and (.+)", said, re.IGNORECASE)
    if between is not None:
        low, high = read(between[1]), read(between[2])
        _insist_on_unit(said, between[1], between[2])
        if low > high:
            raise Misread(f"{said!r} is empty: {between[1]} is more than {between[2]}", "swap the two")
        return Comparison(text=said, sense=Sense.BETWEEN, limit=low, upper=high)
    for sense, words in _WORDS.items():
        for word in words:
            if said.lower().startswith(word) and not _runs_on(said, word):
                return Comparison(text=said, sense=sense, limit=read(said[len(word) :].strip()))
    raise Misread(f"{said!r} does not say how to compare", f"write {example}; also {others}")


def _insist_on_unit(said: str, low: str, high: str) -> None:
    """Raises Misread for `between 5 and 10M`, by which 5M is as likely to be meant as 5."""
    first, last = (_NUMBER.fullmatch(one.strip()) for one in (low, high))
    if first is None or last is None or first[3] or not last[3] or "$" in low or "," in low:
        return
    if Decimal(first[1]) * _TIMES[last[3].lower()] < _number(high, "", ""):
        raise Misread(
            f"{said!r} may begin at {low} or at {low}{last[3]}",
            f"write between {low}{last[3]} and {high}, or between ${low} and {high}",
        )


def _runs_on(said: str, word: str) -> bool:
    """True for `overt 5`, where the word only begins another one."""
    return word[-1].isalpha() and not said[len(word) :].startswith((" ", "$"))


def _number(text: str, kind: str, hint: str) -> Decimal:
    found = _NUMBER.fullmatch(text.strip())
    times = _TIMES.get(found[3].lower()) if found is not None else None
    if found is None or times is None:
        raise Misread(f"{text!r} is not {kind}", hint)
    return Decimal(found[1].replace(",", "") + (found[2] or "")) * times
