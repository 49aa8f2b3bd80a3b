"""The figures of each class of securities that is to be sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from worker.filings.classes import class_key, same_class
from worker.filings.figures import ClassFigures
from worker.filings.notice import Form144Notice, PastSale, ProposedSale
from worker.filings.sums import at_least, past_total, total

#: Of one title of a past sale: whether it is each of the classes to be sold, by their keys.
_Verdicts = Mapping[str, bool | None]


class _Past(NamedTuple):
    """Past units of one class: their total where it is known, and what they come to at least."""

    total: int | None
    at_least: int


def class_figures(notice: Form144Notice, past: Sequence[PastSale]) -> tuple[ClassFigures, ...]:
    """One entry per class, in the order of the form. `past` are the past sales that count.

    Where one class is to be sold, every past sale counts towards it unless its title is surely another
    class. Where there are several, a past sale that might be of more than one of them leaves the past
    units of those classes unknown. Two titles that may or may not name one class (`Class A` and `Class A
    Common`) have no percentages: as one class they would be larger. Where far more units are outstanding of
    one than of the other, they are two.
    """
    groups = _by_class(notice.proposed_sales)
    titles = {key: _title(rows) for key, rows in groups.items()}
    said = {
        title: {key: same_class(own, title) for key, own in titles.items()}
        for title in {sale.class_title for sale in past}
    }
    unsure = {
        key
        for pair in combinations(titles, 2)
        if same_class(titles[pair[0]], titles[pair[1]]) is None
        and not _far_apart(_outstanding(groups[pair[0]]), _outstanding(groups[pair[1]]))
        for key in pair
    }
    return tuple(
        _figures(rows, _past(notice, key, past, said), is_sure=key not in unsure)
        for key, rows in groups.items()
    )


def _by_class(sales: Sequence[ProposedSale]) -> dict[str, list[ProposedSale]]:
    """The rows by the keys of their titles. Where one class is to be sold, a row without a title is of that
    class and no second one.
    """
    groups: dict[str, list[ProposedSale]] = {}
    untitled = []
    for sale in sales:
        if sale.class_title is None:
            untitled.append(sale)
        else:
            groups.setdefault(class_key(sale.class_title), []).append(sale)
    if untitled:
        only = next(iter(groups)) if len(groups) == 1 else ""
        groups.setdefault(only, []).extend(untitled)
    return groups


def _title(rows: Sequence[ProposedSale]) -> str | None:
    return next((row.class_title for row in rows if row.class_title is not None), None)


def _figures(rows: Sequence[ProposedSale], past: _Past, *, is_sure: bool) -> ClassFigures:
    units = total([row.units for row in rows])
    value = total([row.market_value for row in rows])
    outstanding = _outstanding(rows)
    both = units + past.total if units is not None and past.total is not None else None
    known = at_least([row.units for row in rows], 0) + past.at_least
    return ClassFigures(
        class_title=_title(rows),
        units=units,
        market_value=value,
        implied_price=value / units if value is not None and units else None,
        units_outstanding=outstanding,
        percent_of_class=_percent(units, outstanding) if is_sure else None,
        past_units=past.total,
        percent_with_past=_percent(both, outstanding) if is_sure else None,
        exceeds_one_percent=_exceeds_one_percent(both if is_sure else None, known, outstanding),
    )


def _outstanding(rows: Sequence[ProposedSale]) -> int | None:
    """Units of the class outstanding: every row repeats the same number, so it is never summed."""
    said = {row.units_outstanding for row in rows if row.units_outstanding}
    return said.pop() if len(said) == 1 else None


def _far_apart(one: int | None, other: int | None) -> bool:
    """By more than a tenth: two counts of one class, a quarter apart, differ by less."""
    return one is not None and other is not None and 10 * abs(one - other) > max(one, other)


def _percent(units: int | None, outstanding: int | None) -> Decimal | None:
    """100 x units / outstanding."""
    return Decimal(100 * units) / outstanding if units is not None and outstanding else None


def _exceeds_one_percent(both: int | None, known: int, outstanding: int | None) -> bool | None:
    """Whether proposed and past sales together are above 1 % of the class, Rule 144(e)(1)(i).

    What is known of them may be above already, whatever the rest is.
    """
    if not outstanding:
        return None
    if 100 * known > outstanding:
        return True
    return None if both is None else False


def _past(
    notice: Form144Notice, key: str, past: Sequence[PastSale], said: Mapping[str | None, _Verdicts]
) -> _Past:
    counted: list[int | None] = []
    is_whole = True
    for sale in past:
        verdicts = said[sale.class_title]
        same = verdicts[key]
        if same or (same is None and len(verdicts) == 1):
            counted.append(sale.units)
        elif same is None and not any(verdicts[other] for other in verdicts if other != key):
            is_whole = False
    whole = past_total(notice, counted, 0) if is_whole else None
    return _Past(total=whole, at_least=at_least(counted, 0))
