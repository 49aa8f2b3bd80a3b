"""The rows of an alert: one fact each, with its name, in the order every channel keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from worker.alerts.alert import Alert
from worker.filings.figures import Figures, Mention, PlanFigures
from worker.filings.filing import Party, Role
from worker.filings.mentions import words_of
from worker.filings.notice import Form144Notice, ProblemKind, ProposedSale
from worker.messages import words

#: More different brokers or exchanges than this are only counted.
NAMED = 5

#: What the form's box says where no past sale is listed.
NO_PAST_SALES = {
    True: "nothing sold, as filed",
    False: "sales are said to exist, and none is listed",
}

UNREAD = "could not be read"

#: Problems of a field in which nothing is stated: a 1933 date stands for none.
_NOTHING = (ProblemKind.ABSENT, ProblemKind.PLACEHOLDER_DATE)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fact. `unsure` marks what could not be read or computed where a figure was expected. `figure` is
    the value at its shortest, for the few facts a reader wants before all others.
    """

    name: str
    value: str
    unsure: bool = False
    figure: str | None = None


def rows_of(alert: Alert, figures: Figures, issuer: str, seller: str) -> tuple[Row, ...]:
    """Every fact that has a row. Of a document nobody could read, only what EDGAR announced."""
    if alert.unreadable_because is not None:
        return tuple(_parties(alert, issuer, seller))
    notice = alert.notice
    return (
        *_parties(alert, issuer, seller),
        Row(name="Relationship", value=_listed(notice.relationships_as_filed)),
        *_sale(notice, figures),
        _plan(notice, figures),
        *_past(notice, figures),
        *_spoken_of(notice, figures),
        *_amended(notice),
    )


def said_of_units(notice: Form144Notice, figures: Figures) -> str:
    """`1,740,249 units of American Depositary Shares`, or how many classes where there are several."""
    if len(figures.classes) > 1:
        return f"units of {words.counted(len(figures.classes), 'class', 'classes')}"
    title = words.name(next((sale.class_title for sale in notice.proposed_sales), None))
    of = f" of {title}" if title != words.NOT_STATED else ""
    if figures.units is None:
        return f"units{of}, how many could not be read"
    return f"{words.counted(figures.units, 'unit')}{of}"


def line(notice: Form144Notice, number: int) -> str:
    """One line of the proposed sale, whole."""
    sale = notice.proposed_sales[number]
    place = f"proposed_sales[{number}]"
    units = f"units {_missing(notice, f'{place}.units')}"
    count = words.counted(sale.units, "unit") if sale.units is not None else units
    value = f"value {_missing(notice, f'{place}.market_value')}"
    when = f"date {_missing(notice, f'{place}.sale_date')}"
    return ", ".join(
        (
            f"{count} of {words.name(sale.class_title)}",
            words.money(sale.market_value) if sale.market_value is not None else value,
            words.day(sale.sale_date) if sale.sale_date is not None else when,
            f"through {words.name(sale.broker_name)}",
            f"on {words.name(sale.exchange)}",
        )
    )


def _missing(notice: Form144Notice, *fields: str) -> str:
    """What stands for a value that is not known: whether something that nobody could read is stated."""
    filed = any(one.field in fields and one.kind not in _NOTHING for one in notice.problems)
    return UNREAD if filed else words.NOT_STATED


def _missing_of_sales(notice: Form144Notice, field: str) -> str:
    places = range(len(notice.proposed_sales))
    return _missing(notice, *(f"proposed_sales[{number}].{field}" for number in places))


def _parties(alert: Alert, issuer: str, seller: str) -> Iterator[Row]:
    notice, filing = alert.notice, alert.filing
    yield Row(name="Issuer", value=issuer + _cik(notice.issuer_cik, filing.party(Role.ISSUER)))
    filer = notice.filer_ciks[0] if notice.filer_ciks else None
    yield Row(name="Seller", value=seller + _cik(filer, filing.party(Role.SELLER)))


def _sale(notice: Form144Notice, figures: Figures) -> Iterator[Row]:
    sales = notice.proposed_sales
    summed = f" (computed from {len(sales)} lines)" if len(sales) > 1 else ""
    yield Row(
        name="Proposes to sell",
        value=said_of_units(notice, figures) + (summed if len(figures.classes) == 1 else ""),
        unsure=figures.units is None,
    )
    value = figures.market_value
    missing = _missing_of_sales(notice, "market_value")
    figure = words.money(value) if value is not None else missing
    said = figure + summed if value is not None else _no_sum(sales, missing)
    yield Row(name="Market value", value=said, unsure=value is None, figure=figure)
    if figures.implied_price is not None:
        yield Row(name="Implied price", value=f"{words.price(figures.implied_price)} a unit (computed)")
    yield _share(figures)
    days = sorted({sale.sale_date for sale in sales if sale.sale_date})
    figure = dates = words.day(days[0]) if days else _missing_of_sales(notice, "sale_date")
    if len(days) > 1:
        dates = f"{dates} to {words.day(days[-1])}"
    if days and not figures.first_sale_is_whole:
        dates += "; not every line states one that can be read"
    unsure = not days or not figures.first_sale_is_whole
    yield Row(name="Proposed sale date", value=dates, unsure=unsure, figure=figure)
    yield Row(name="Broker", value=_listed(sale.broker_name for sale in sales))
    yield Row(name="Exchange", value=_listed(sale.exchange for sale in sales))


def _no_sum(sales: Sequence[ProposedSale], missing: str) -> str:
    if len(sales) <= 1:
        return missing
    that_can = " that can be read" if missing == UNREAD else ""
    return f"cannot be computed, not every line states one{that_can}"


def _share(figures: Figures) -> Row:
    share = figures.percent_of_class
    if share is None:
        return Row(name="Share of class", value="cannot be computed from what was filed", unsure=True)
    if len(figures.classes) == 1 and figures.classes[0].units_outstanding:
        said = f"{words.percent(share)} of {words.units(figures.classes[0].units_outstanding)} outstanding"
    else:
        said = f"at most {words.percent(share)} of a class"
    return Row(name="Share of class", value=f"{said} (computed)", figure=words.percent(share))


def _plan(notice: Form144Notice, figures: Figures) -> Row:
    unread = [f"stated as “{words.clean(raw)}”, unreadable" for raw in notice.unread_plan_dates]
    said = [*map(_adopted, figures.plans), *unread]
    if not said and Mention.PLAN in figures.remarks_mention:
        said = ["no adoption date stated; the remarks speak of a plan"]
    return Row(name="10b5-1 plan", value="; ".join(said) or "none stated", unsure=bool(unread))


def _adopted(plan: PlanFigures) -> str:
    said = f"adopted {words.day(plan.adopted)}"
    if plan.days_to_notice is not None and plan.days_to_notice >= 0:
        said += f", {words.counted(plan.days_to_notice, 'day')} before the notice (computed)"
    return said


def _past(notice: Form144Notice, figures: Figures) -> Iterator[Row]:
    name = "Past three months"
    rows = len(notice.past_sales)
    if not rows:
        stated = notice.nothing_to_report
        said = _missing(notice, "nothing_to_report") if stated is None else NO_PAST_SALES[stated]
        yield Row(name=name, value=said, unsure=notice.nothing_to_report is not True)
    elif figures.past_units is None:
        yield Row(name=name, value=f"sum of {words.counted(rows, 'sale')} cannot be computed", unsure=True)
    elif len(figures.listed_twice) == rows:
        yield Row(name=name, value="only the proposed sale itself is listed, as if made already")
    else:
        proceeds = figures.past_proceeds
        worth = f" for {words.money(proceeds)}" if proceeds is not None else ""
        of = words.counted(rows - len(figures.listed_twice), "sale")
        doubts = "".join(_doubts(figures))
        said = f"{words.counted(figures.past_units, 'unit')}{worth} (computed from {of}{doubts})"
        yield Row(name=name, value=said)
    yield from _with_past(figures)


def _with_past(figures: Figures) -> Iterator[Row]:
    """How much of the class the sales are together, or that they are too much whatever nobody could read."""
    if figures.percent_with_past is None and figures.exceeds_one_percent:
        of = "the class" if len(figures.classes) == 1 else "a class"
        said = f"more than 1 % of {of} (computed from what could be read)"
        yield Row(name="With past sales", value=said, unsure=True)
    if figures.past_units and figures.percent_with_past is not None:
        over = ", above the 1 % of Rule 144(e)(1); the trading volume test is not evaluated here"
        said_share = words.percent(figures.percent_with_past)
        yield Row(
            name="With past sales",
            value=f"{said_share} of the class (computed{over if figures.exceeds_one_percent else ''})",
        )


def _spoken_of(notice: Form144Notice, figures: Figures) -> Iterator[Row]:
    """What is looked for, and the words that were found, which may mean something else."""
    if figures.remarks_mention:
        found = ", ".join(
            f"{mention} (“{words_of(mention, notice.remarks)}”)" for mention in figures.remarks_mention
        )
        yield Row(name="Remarks may mean", value=found)


def _doubts(figures: Figures) -> Iterator[str]:
    if figures.listed_twice:
        yield f"; {len(figures.listed_twice)} more repeat the proposed sale and are left out"
    if figures.maybe_listed_twice:
        yield f"; {len(figures.maybe_listed_twice)} of them may be the proposed sale itself"
    if figures.outside_three_months:
        yield f"; {len(figures.outside_three_months)} of them dated outside the three months"


def _amended(notice: Form144Notice) -> Iterator[Row]:
    if notice.is_amendment:
        known = notice.previous_accession
        yield Row(name="Amends", value=words.name(known), unsure=known is None)


def _listed(names: Iterable[str | None]) -> str:
    """The different names, in their order; only how many where they are too many for one row."""
    different = list(dict.fromkeys(words.clean(name) for name in names if name and words.clean(name)))
    if len(different) > NAMED:
        return f"{len(different)} different, in the notice"
    counted = f"{len(different)} in the notice, too long to be shown here"
    return words.shown("; ".join(different), counted) or words.NOT_STATED


def _cik(filed: int | None, announced: Party | None) -> str:
    cik = filed or (announced.cik if announced else None)
    return f" (CIK {cik})" if cik else ""
