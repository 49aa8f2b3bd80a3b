"""What else a made-up notice might say, for the sake of one condition: figures near the limit it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from worker.watchlists.amounts import Comparison
from worker.watchlists.conditions import Condition
from worker.watchlists.conditions.timing import SaleWindow
from worker.watchlists.made_up import WORDS, MadeUp

#: The schema's limit for a number of units (`filings/notice.py`).
_MOST_UNITS = 999_999_999_999
_CENT, _ONE = Decimal("0.01"), Decimal(1)


def asked_of(conditions: Iterable[Condition]) -> Iterator[tuple[str, Any]]:
    """Every question in the conditions with its argument, those inside others too."""
    for condition in conditions:
        if condition.question.name in ("all", "any", "not"):
            yield from asked_of(condition.argument)
        else:
            yield condition.question.name, condition.argument


def tries(made: MadeUp, question: str, argument: Any, day: date) -> Iterator[MadeUp]:
    """What the notice might say instead, for that question; nothing for one that is not known here."""
    if question in _OTHERS:
        for fields in _OTHERS[question](made, argument, day):
            yield msgspec.structs.replace(made, **fields)


def _units(made: MadeUp, limit: Comparison[Decimal], _day: date) -> Iterator[Fields]:
    """The units alone, and with the class grown as they grow: a percentage asked for may be met already."""
    for units in map(int, _near(limit, _ONE)):
        yield {"units": units}
        grown = made.outstanding * units // made.units if made.units else made.outstanding
        yield {"units": units, "outstanding": min(max(grown, 1), _MOST_UNITS)}


def _percents(made: MadeUp, limit: Comparison[Decimal], _day: date) -> Iterator[Fields]:
    for percent in filter(None, _near(limit, Decimal("0.001"))):
        yield {"outstanding": min(int(made.units * 100 / percent) or 1, _MOST_UNITS)}
        yield {"units": int(made.outstanding * percent / 100)}


def _one_percent(made: MadeUp, _exceeded: bool, _day: date) -> Iterator[Fields]:
    yield {"outstanding": made.units * 50 or 1}
    yield {"past_units": made.outstanding // 50}
    yield {"outstanding": min(made.units * 10_000 or 1, _MOST_UNITS), "past_units": 0}


def _sale_dates(made: MadeUp, window: SaleWindow, day: date) -> Iterator[Fields]:
    """Another day, and the plan as old on it as before."""
    edges = window.days and filter(None, (window.days.limit, window.days.upper))
    found = [edge + timedelta(days=more) for edge in edges or () for more in (0, 1, -1)]
    if window.wait is not None:
        found += [day + timedelta(days=int(wait)) for wait in _near(window.wait, _ONE)]
    for when in found:
        yield {"sale_date": when, "plan": made.plan and made.plan + (when - made.sale_date)}


def _plan_ages(made: MadeUp, limit: Comparison[Decimal], _day: date) -> Iterator[Fields]:
    for age in _near(limit, _ONE):
        yield {"plan": made.sale_date - timedelta(days=int(age))}


def _each(field: str, values: Iterable[Any]) -> Callable[[MadeUp, Any, date], Iterator[Fields]]:
    """The same few values, whatever is asked."""
    kept = tuple(values)
    return lambda _made, _argument, _day: ({field: value} for value in kept)


def _texts(field: str) -> Callable[[MadeUp, Any, date], Iterator[Fields]]:
    """Each text that is asked for, and one that nobody asks for."""
    return lambda _made, argument, _day: ({field: text} for text in (*argument, "DRILL"))


Fields: TypeAlias = dict[str, Any]

_OTHERS: dict[str, Callable[[MadeUp, Any, date], Iterator[Fields]]] = {
    "market_value": lambda _made, limit, _day: (
        {"value": one.quantize(_CENT)} for one in _near(limit, _CENT)
    ),
    "units": _units,
    "percent_of_class": _percents,
    "one_percent_of_class": _one_percent,
    "relationship": _each("relationship", WORDS.values()),
    "form": _each("form", ("144", "144/A")),
    "seller": _each("is_entity", (True, False)),
    "gift": _each("is_gift", (True, False)),
    "broker": _texts("broker"),
    "exchange": _texts("exchange"),
    "acquired_how": _texts("nature"),
    "sale_date": _sale_dates,
    "plan": lambda made, _argument, _day: (
        {"plan": plan} for plan in (None, made.sale_date - timedelta(days=120))
    ),
    "plan_age": _plan_ages,
}


def _near(limit: Comparison[Decimal], step: Decimal) -> Iterator[Decimal]:
    """Figures on the limit, a little and a lot to either side of it, and between two."""
    upper = limit.upper if limit.upper is not None else limit.limit
    middle = (limit.limit + upper) / 2
    yield from (limit.limit + (limit.limit / 10).quantize(step), middle, upper * Decimal("0.9"))
    for edge in dict.fromkeys((limit.limit, upper)):
        yield from (edge, edge + step, max(edge - step, Decimal(0)), edge * 2, edge / 2)
