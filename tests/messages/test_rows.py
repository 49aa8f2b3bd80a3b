"""The rows of an alert: each says what was filed, what was computed, and what could not be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.builders import a_notice, a_proposed_sale
from tests.messages import samples
from worker.filings.notice import Problem, ProblemKind
from worker.filings.rule144 import computed
from worker.messages.rows import Row, rows_of


def row(name: str, **overrides: Any) -> Row:
    """The row of that name, of a notice so changed."""
    notice = a_notice(**overrides)
    found = rows_of(samples.an_alert(notice), computed(notice), "an issuer", "a seller")
    return next(one for one in found if one.name == name)


def test_a_sale_date_that_cannot_be_read_on_one_line_leaves_the_earliest_unsure() -> None:
    sales = (a_proposed_sale(sale_date=date(2026, 12, 1)), a_proposed_sale(sale_date=None))
    found = row("Proposed sale date", proposed_sales=sales)
    assert found.value == "1 December 2026; not every line states one that can be read"
    assert found.unsure
    assert not row("Proposed sale date", proposed_sales=sales[:1]).unsure


def test_a_plan_date_that_cannot_be_read_is_shown_as_filed_and_not_called_none() -> None:
    unread = Problem(
        field="plan_adoption_dates[0]",
        kind=ProblemKind.DATE,
        raw="02/30/2026",
        why="The calendar has no such day.",
    )
    found = row("10b5-1 plan", problems=(unread,))
    assert (found.value, found.unsure) == ("stated as “02/30/2026”, unreadable", True)
    beside = row("10b5-1 plan", problems=(unread,), plan_adoption_dates=(date(2026, 8, 31),))
    assert beside.value == (
        "adopted 31 August 2026, 1 day before the notice (computed); stated as “02/30/2026”, unreadable"
    )
    assert row("10b5-1 plan").value == "none stated"


def test_a_price_below_a_cent_is_not_nothing() -> None:
    sale = a_proposed_sale(units=100_000_000, market_value=Decimal(412_345))
    assert row("Implied price", proposed_sales=(sale,)).value == "$0.0041 a unit (computed)"
    assert row("Implied price").value == "$25.00 a unit (computed)"


def test_what_remarks_may_mean_stands_beside_the_words_that_were_found() -> None:
    found = row("Remarks may mean", remarks="The shares are held by the Example Trust.")
    assert found.value == "beneficial owner (“trust”)"
