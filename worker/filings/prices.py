"""Whether a notice's prices deserve a second look: filers slip by a factor of ten.

Nothing is corrected: the figures stand as filed, and a sentence stands beside them.
"""

from __future__ import annotations

from decimal import Decimal

from worker.filings.classes import same_class
from worker.filings.notice import Form144Notice, ProposedSale

#: Prices of one class within three months seldom differ by more.
MOST_APART = 3

#: No listed unit has cost less than a cent or more than a million dollars.
LEAST, MOST = Decimal("0.01"), Decimal(1_000_000)


def price_doubt(notice: Form144Notice) -> str | None:
    """A sentence on the first class whose prices look wrong, or None.

    Compared are the prices the class's own rows imply (market value / units) and what past sales of the
    class fetched (proceeds / units); rows without both figures say nothing, and one with a zero beside a
    figure that is none says that one of them is wrong.
    """
    if one := next(filter(zero_beside_a_figure, notice.proposed_sales), None):
        what = "market value" if one.units else "number of units"
        return f"The {what} of {one.class_title or 'the class'} is 0, and the other figure is not."
    for sale in notice.proposed_sales:
        price = _price(sale.market_value, sale.units)
        if price is None:
            continue
        title = sale.class_title or "the class"
        if not LEAST <= price <= MOST:
            return f"The market value of {title} implies {_dollars(price)} a unit."
        prices = [price, *_others(notice, sale)]
        if max(prices) > MOST_APART * min(prices):
            return (
                f"The rows of {title} imply from {_dollars(min(prices))} to {_dollars(max(prices))} a unit, "
                f"more than {MOST_APART} times apart."
            )
    return None


def zero_beside_a_figure(sale: ProposedSale) -> bool:
    """Whether exactly one of the line's units and market value is 0, and the other one stands."""
    return None not in (sale.units, sale.market_value) and (sale.units == 0) != (sale.market_value == 0)


def _others(notice: Form144Notice, sale: ProposedSale) -> list[Decimal]:
    proposed = [
        _price(other.market_value, other.units)
        for other in notice.proposed_sales
        if same_class(sale.class_title, other.class_title)
    ]
    past = [
        _price(other.gross_proceeds, other.units)
        for other in notice.past_sales
        if same_class(sale.class_title, other.class_title)
    ]
    return [price for price in proposed + past if price is not None]


def _price(amount: Decimal | None, units: int | None) -> Decimal | None:
    return amount / units if amount and units else None


def _dollars(price: Decimal) -> str:
    return f"{price:,.2f}" if price >= LEAST else f"{price:.6f}"
