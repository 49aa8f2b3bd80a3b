"""The same sale listed twice: as proposed, and again among the sales of the past three months.

Some filers list the sale they give notice of in both tables. Adding the tables up then counts it twice:
the 360 DigiTech notice of March 2023 would come to 1.09 % of the class, where it is 0.55 %.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from worker.filings.classes import same_class
from worker.filings.notice import Form144Notice, PastSale


class Twice(NamedTuple):
    """Rows of `past_sales`, by number, that are the proposed sale itself."""

    surely: tuple[int, ...]
    perhaps: tuple[int, ...]


#: For a notice whose rows were not held against each other.
NOT_COMPARED = Twice((), ())


class _Proposed(NamedTuple):
    class_title: str | None
    day: date
    units: int
    value: Decimal | None


def listed_twice(notice: Form144Notice) -> Twice:
    """Find rows with the units and the day of a proposed sale, and no other class.

    It is surely the same sale where the proceeds are 0.00 or the proposed sale's market value to the
    cent; it may be where the seller is the notice's own. Each proposed sale explains one row at most.
    """
    proposed = _proposed(notice)
    surely: list[int] = []
    perhaps: list[int] = []
    for row, sale in enumerate(notice.past_sales):
        alike = [candidate for candidate in proposed if _is_same(candidate, sale)]
        if not alike:
            continue
        same = next((one for one in alike if one.value == sale.gross_proceeds), alike[0])
        if sale.gross_proceeds is not None and sale.gross_proceeds in {Decimal(0), same.value}:
            surely.append(row)
        elif _words(sale.seller_name) == _words(notice.seller_name) or sale.seller_name is None:
            perhaps.append(row)
        else:
            continue
        proposed.remove(same)
    return Twice(tuple(surely), tuple(perhaps))


def _is_same(proposed: _Proposed, sale: PastSale) -> bool:
    return (
        sale.units == proposed.units
        and sale.sale_date == proposed.day
        and same_class(proposed.class_title, sale.class_title) is not False
    )


def _proposed(notice: Form144Notice) -> list[_Proposed]:
    """Each proposed row, and each day's rows together where a day has several."""
    rows = [
        _Proposed(sale.class_title, sale.sale_date, sale.units, sale.market_value)
        for sale in notice.proposed_sales
        if sale.sale_date is not None and sale.units
    ]
    by_day: defaultdict[date, list[_Proposed]] = defaultdict(list)
    for row in rows:
        by_day[row.day].append(row)
    together = [
        _Proposed(
            of_day[0].class_title,
            day,
            sum(row.units for row in of_day),
            sum((row.value or Decimal(0) for row in of_day), Decimal(0)),
        )
        for day, of_day in by_day.items()
        if len(of_day) > 1
    ]
    return rows + together


def _words(name: str | None) -> Counter[str]:
    """A name without its order: `Lipesky Scott D.` and `Scott D. Lipesky` are one."""
    return Counter((name or "").casefold().replace(".", "").replace(",", "").split())
