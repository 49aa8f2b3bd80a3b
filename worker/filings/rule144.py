"""Derived figures: what Rule 144 (17 CFR 230.144) and plain arithmetic make of a notice.

Nothing here says whether anybody may sell: a notice does not carry what is needed to decide that. The
one-percent test is half of a rule, see ONE_PERCENT_CAVEAT.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from worker.filings.class_figures import class_figures
from worker.filings.double_listing import NOT_COMPARED, listed_twice
from worker.filings.figures import ClassFigures, Figures, PlanFigures
from worker.filings.mentions import looks_like_entity, mentions
from worker.filings.notice import Form144Notice, PastSale
from worker.filings.prices import price_doubt
from worker.filings.sums import at_least, past_total, total

#: Rule 144(e)(1): an affiliate may sell, in three months, the greater of 1 % of the class outstanding and
#: the average weekly trading volume of the four weeks before. A notice says nothing of volume.
ONE_PERCENT_CAVEAT = (
    "Rule 144(e)(1) allows the greater of 1 % of the class and the average weekly trading volume; "
    "the trading-volume alternative is not evaluated."
)

#: Rule 144(h)(1): no notice is needed up to these within any three months.
THRESHOLD_UNITS = 5_000
THRESHOLD_DOLLARS = Decimal(50_000)
NO_DOLLARS = Decimal(0)

#: A notice speaks for about three months; what is unsold then needs a new one.
WINDOW = timedelta(days=90)


#: What the form has room for (eis_Form_144_Ownership.xsd).
MOST_PROPOSED, MOST_PAST = 40, 200


def computed(notice: Form144Notice) -> Figures:
    """Every derived figure of a notice; each is None where what was filed does not suffice.

    Nothing that compares rows with each other is computed for more rows than the form has room for: EDGAR
    takes no such form, and a hostile document would keep us busy for hours.
    """
    fits = len(notice.proposed_sales) <= MOST_PROPOSED and len(notice.past_sales) <= MOST_PAST
    twice = listed_twice(notice) if fits else NOT_COMPARED
    past = [sale for row, sale in enumerate(notice.past_sales) if row not in twice.surely]
    classes = class_figures(notice, past) if fits else ()
    units = total([sale.units for sale in notice.proposed_sales])
    value = total([sale.market_value for sale in notice.proposed_sales])
    past_units = past_total(notice, [sale.units for sale in past], 0) if fits else None
    proceeds = past_total(notice, [sale.gross_proceeds for sale in past], NO_DOLLARS) if fits else None
    first_sale = _earliest(sale.sale_date for sale in notice.proposed_sales)
    return Figures(
        units=units,
        market_value=value,
        implied_price=classes[0].implied_price if len(classes) == 1 else None,
        price_doubt=price_doubt(notice) if fits else None,
        classes=classes,
        percent_of_class=_largest([figures.percent_of_class for figures in classes]),
        past_units=past_units,
        past_units_as_filed=past_total(notice, [sale.units for sale in notice.past_sales], 0),
        past_proceeds=proceeds,
        percent_with_past=_largest([figures.percent_with_past for figures in classes]),
        exceeds_one_percent=_any_exceeds(classes),
        listed_twice=twice.surely,
        maybe_listed_twice=twice.perhaps,
        outside_three_months=_outside_three_months(notice),
        below_threshold=_below_threshold(
            notice, past, is_whole=None not in {units, value, past_units, proceeds}
        ),
        first_sale=first_sale,
        first_sale_is_whole=all(sale.sale_date is not None for sale in notice.proposed_sales),
        days_to_sale=_days(notice.notice_date, first_sale),
        window_ends=notice.notice_date + WINDOW if notice.notice_date else None,
        plans=_plans(notice, first_sale),
        has_gift=_has_gift(notice),
        seller_looks_like_entity=looks_like_entity(notice.seller_name),
        remarks_mention=mentions(notice.remarks),
    )


def _largest(percentages: Sequence[Decimal | None]) -> Decimal | None:
    """The largest percentage, or None where any is unknown: the unknown one might be larger."""
    known = [percentage for percentage in percentages if percentage is not None]
    return max(known) if known and len(known) == len(percentages) else None


def _any_exceeds(classes: Sequence[ClassFigures]) -> bool | None:
    answers = {figures.exceeds_one_percent for figures in classes}
    if True in answers:
        return True
    return None if None in answers or not answers else False


def _below_threshold(notice: Form144Notice, past: Sequence[PastSale], *, is_whole: bool) -> bool | None:
    """Rule 144(h)(1), over the proposed sale and the three months before. What is known may already be
    above, whatever the rest is; only a whole sum can be below.
    """
    proposed = notice.proposed_sales
    units = at_least([sale.units for sale in proposed] + [sale.units for sale in past], 0)
    dollars = at_least(
        [sale.market_value for sale in proposed] + [sale.gross_proceeds for sale in past], NO_DOLLARS
    )
    if units > THRESHOLD_UNITS or dollars > THRESHOLD_DOLLARS:
        return False
    return True if is_whole else None


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _days(start: date | None, end: date | None) -> int | None:
    return (end - start).days if start is not None and end is not None else None


def _plans(notice: Form144Notice, first_sale: date | None) -> tuple[PlanFigures, ...]:
    return tuple(
        PlanFigures(
            adopted=adopted,
            days_to_notice=_days(adopted, notice.notice_date),
            days_to_sale=_days(adopted, first_sale),
        )
        for adopted in sorted(set(notice.plan_adoption_dates))
    )


def _has_gift(notice: Form144Notice) -> bool | None:
    """A donor's date stands only beside a gift, so it counts as one where the flag cannot be read."""
    answers = {True if lot.donor_acquired_date else lot.is_gift for lot in notice.acquired_lots}
    if True in answers:
        return True
    return False if answers == {False} else None


def _outside_three_months(notice: Form144Notice) -> tuple[int, ...]:
    """Rows whose date is after the notice's or more than three calendar months before it."""
    last = notice.notice_date
    if last is None:
        return ()
    first = _three_months_before(last)
    return tuple(
        row
        for row, sale in enumerate(notice.past_sales)
        if sale.sale_date is not None and not first <= sale.sale_date <= last
    )


def _three_months_before(day: date) -> date:
    """The same day of the month three months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - 3, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
