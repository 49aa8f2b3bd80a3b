"""The rows of an alert: each says what was filed, what was computed, and what could not be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import a_notice, a_past_sale, a_proposed_sale
from tests.messages import samples
from worker.filings.notice import Problem, ProblemKind
from worker.filings.rule144 import computed
from worker.messages.rows import Row, line, rows_of


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


def unread(field: str, raw: str, kind: ProblemKind) -> Problem:
    return Problem(field=field, kind=kind, raw=raw, why="It cannot be read.")


@pytest.mark.parametrize(
    ("name", "field", "raw", "kind"),
    [
        ("Proposed sale date", "sale_date", "13/45/2026", ProblemKind.DATE),
        ("Market value", "market_value", "1e9", ProblemKind.NUMBER),
    ],
)
def test_what_is_stated_and_cannot_be_read_is_not_called_not_stated(
    name: str, field: str, raw: str, kind: ProblemKind
) -> None:
    sales = (a_proposed_sale(**{field: None}),)
    filed = unread(f"proposed_sales[0].{field}", raw, kind)
    found = row(name, proposed_sales=sales, problems=(filed,))
    assert (found.value, found.figure) == ("could not be read", "could not be read")
    for empty in (ProblemKind.ABSENT, ProblemKind.PLACEHOLDER_DATE):
        nothing = unread(f"proposed_sales[0].{field}", "", empty)
        found = row(name, proposed_sales=sales, problems=(nothing,))
        assert (found.value, found.figure) == ("not stated", "not stated")


def test_of_several_lines_each_says_whether_it_states_what_nobody_could_read() -> None:
    nothing = a_proposed_sale(units=None, market_value=None, sale_date=None)
    notice = a_notice(
        proposed_sales=(a_proposed_sale(units=1), nothing, nothing),
        problems=(
            unread("proposed_sales[1].units", "ten", ProblemKind.NUMBER),
            unread("proposed_sales[1].market_value", "1e9", ProblemKind.NUMBER),
            unread("proposed_sales[1].sale_date", "13/45/2026", ProblemKind.DATE),
        ),
    )
    assert line(notice, 0).startswith("1 unit of ")
    assert line(notice, 1).startswith("units could not be read of Common")
    assert "value could not be read, date could not be read" in line(notice, 1)
    assert "value not stated, date not stated" in line(notice, 2)
    found = row("Market value", proposed_sales=notice.proposed_sales, problems=notice.problems)
    assert found.value == "cannot be computed, not every line states one that can be read"


def test_a_box_of_past_sales_that_cannot_be_read_is_not_called_not_stated() -> None:
    flag = unread("nothing_to_report", "maybe", ProblemKind.FLAG)
    assert row("Past three months", nothing_to_report=None, problems=(flag,)).value == "could not be read"
    assert row("Past three months", nothing_to_report=None).value == "not stated"


def test_that_one_percent_is_passed_is_said_though_not_every_past_sale_could_be_read() -> None:
    sale = a_proposed_sale(units=20_000, units_outstanding=1_000_000)
    past = a_past_sale(units=None)
    changed = {"proposed_sales": (sale,), "past_sales": (past,), "nothing_to_report": False}
    found = row("With past sales", **changed)
    assert found.value == "more than 1 % of the class (computed from what could be read)"
    assert found.unsure
    assert row("Past three months", **changed).value == "sum of 1 sale cannot be computed"
