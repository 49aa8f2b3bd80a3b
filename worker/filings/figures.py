"""Figures: what can be computed from a notice and is not written in it. `rule144.computed` makes them.

Wherever a figure is shown it is called computed. None always means "cannot be computed from what was
filed", never zero. Percentages and prices are unrounded Decimals: rounding is for whoever prints them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec


class Mention(StrEnum):
    """What the remarks speak of, found by their words; the words themselves stand in `remarks`."""

    PLAN = "10b5-1 plan"
    FORWARD = "forward contract"
    HEDGE = "hedge"
    PLEDGE = "pledge"
    BENEFICIAL_OWNER = "beneficial owner"  #: a trust's or company's owner is named


class ClassFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One class of securities to be sold; rows are grouped by title, spelling aside. Where another class of
    the notice may be the same one, the percentages are None, and `exceeds_one_percent` is True or None.
    """

    class_title: str | None  #: as the first row of the class that has a title spells it
    units: int | None  #: proposed units, summed over the rows of the class
    market_value: Decimal | None  #: US dollars, summed over the rows of the class
    implied_price: Decimal | None  #: market value / units
    units_outstanding: int | None  #: as filed, never summed; None where the rows disagree, or say 0
    percent_of_class: Decimal | None  #: 100 x units / outstanding
    past_units: int | None  #: sold in the past three months, twice-listed sales left out
    percent_with_past: Decimal | None  #: 100 x (units + past units) / outstanding
    exceeds_one_percent: bool | None  #: whether that is above 1, Rule 144(e)(1)(i)


class PlanFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One Rule 10b5-1 plan adoption date and its age."""

    adopted: date
    days_to_notice: int | None  #: adoption to the date of the notice
    days_to_sale: int | None  #: adoption to the earliest proposed sale


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything computed from one notice."""

    units: int | None  #: proposed units over all rows; None where any row's is
    market_value: Decimal | None  #: US dollars over all rows; None where any row's is
    implied_price: Decimal | None  #: market value / units, where one class is to be sold
    price_doubt: str | None  #: why the implied price deserves a second look, a sentence, or None
    classes: tuple[ClassFigures, ...]  #: in the order of the form
    percent_of_class: Decimal | None  #: the largest of the classes'; None where any class's is
    past_units: int | None  #: sold in the past three months, twice-listed sales left out
    past_units_as_filed: int | None  #: the table's plain sum
    past_proceeds: Decimal | None  #: US dollars, twice-listed sales left out
    percent_with_past: Decimal | None  #: the largest of the classes'; None where any class's is
    exceeds_one_percent: bool | None  #: True where any class does; None where none does and one is unknown
    listed_twice: tuple[int, ...]  #: rows of `past_sales` that are the proposed sale itself
    maybe_listed_twice: tuple[int, ...]  #: rows that may be; they are counted
    outside_three_months: tuple[int, ...]  #: rows dated outside the three months before; they are counted
    below_threshold: bool | None  #: at most 5,000 units and 50,000 dollars in three months, Rule 144(h)(1)
    first_sale: date | None  #: the earliest proposed sale date that could be read
    first_sale_is_whole: bool  #: False where a row's date is missing or unreadable: it may be earlier
    days_to_sale: int | None  #: notice to that date; negative where the sale is dated first
    window_ends: date | None  #: the notice's date and 90 days
    plans: tuple[PlanFigures, ...]  #: distinct dates, oldest first
    has_gift: bool | None  #: whether any lot was a gift
    seller_looks_like_entity: bool | None  #: a trust, company, fund or foundation, by its name
    remarks_mention: tuple[Mention, ...]
