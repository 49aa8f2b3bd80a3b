"""Derived figures: each from a notice whose answer a person can work out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import a_lot, a_notice, a_past_sale, a_proposed_sale, the_seed_notice
from worker.filings.figures import Figures, Mention
from worker.filings.rule144 import ONE_PERCENT_CAVEAT, computed


def _with_past(*past: Any, **overrides: Any) -> Figures:
    return computed(a_notice(nothing_to_report=False, past_sales=past, **overrides))


def test_the_seeds_sale_stands_in_both_tables_and_is_counted_once() -> None:
    figures = computed(the_seed_notice())
    assert figures.listed_twice == (0,)
    assert (figures.past_units, figures.past_units_as_filed) == (0, 1_740_249)
    assert figures.percent_with_past is not None
    assert round(figures.percent_with_past, 2) == Decimal("0.55")
    assert figures.exceeds_one_percent is False
    naive = Decimal(100 * 2 * 1_740_249) / 318_892_703
    assert round(naive, 2) == Decimal("1.09")


def test_the_seeds_other_figures() -> None:
    figures = computed(the_seed_notice())
    assert (figures.units, figures.market_value) == (1_740_249, Decimal("33760830.60"))
    assert figures.implied_price is not None
    assert round(figures.implied_price, 2) == Decimal("19.40")
    assert figures.seller_looks_like_entity is True
    assert figures.remarks_mention == (Mention.FORWARD, Mention.HEDGE, Mention.PLEDGE)
    assert (figures.first_sale, figures.days_to_sale) == (date(2023, 3, 31), 0)
    assert figures.window_ends == date(2023, 6, 29)
    assert figures.below_threshold is False
    assert figures.has_gift is False
    assert figures.plans == ()


def test_units_and_value_are_summed_and_outstanding_never_is() -> None:
    sales = tuple(
        a_proposed_sale(units=units, market_value=Decimal(value), units_outstanding=62_520_000)
        for units, value in ((1_000, "115000.10"), (500, "57550.20"), (500, "57600"))
    )
    figures = computed(a_notice(proposed_sales=sales))
    assert (figures.units, figures.market_value) == (2_000, Decimal("230150.30"))
    (only,) = figures.classes
    assert only.units_outstanding == 62_520_000
    assert only.percent_of_class == Decimal(200_000) / 62_520_000


def test_a_b_class_has_its_own_percentage() -> None:
    sales = (
        a_proposed_sale(class_title="Class A", units=1_000, units_outstanding=1_000_000),
        a_proposed_sale(class_title="Class B", units=18_000, units_outstanding=36_000),
    )
    figures = computed(a_notice(proposed_sales=sales))
    assert [one.percent_of_class for one in figures.classes] == [Decimal("0.1"), Decimal(50)]
    assert figures.percent_of_class == 50
    assert figures.implied_price is None


def _titled(*titles: str | None, units: int = 300_000) -> Figures:
    return computed(
        a_notice(proposed_sales=tuple(a_proposed_sale(class_title=t, units=units) for t in titles))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Class A Common Stock", "Common Stock, Class A"),
        ("Cl. B Common", "Class B Common Stock, par value $0.01"),
        ("Series C Preferred", "Preferred Stock Series C"),
        ("Common", None),
        (None, "Common"),
    ],
)
def test_two_spellings_of_one_class_are_one_and_no_title_is_no_class(
    one: str | None, other: str | None
) -> None:
    figures = _titled(one, other)
    assert [entry.class_title for entry in figures.classes] == [one or other]
    assert (figures.percent_of_class, figures.exceeds_one_percent) == (Decimal("1.2"), True)


def test_a_class_of_one_series_is_not_the_class_of_another_with_the_letters_exchanged() -> None:
    assert len(_titled("Class A, Series B", "Class B, Series A").classes) == 2


@pytest.mark.parametrize("titles", [("Class A", "Class A Common"), (None, "Class A", "Class B")])
def test_where_two_titles_may_be_one_class_no_percentage_is_computed(titles: tuple[str | None, ...]) -> None:
    figures = _titled(*titles)
    assert (figures.percent_of_class, figures.percent_with_past, figures.exceeds_one_percent) == (None,) * 3
    assert _titled(*titles, units=500_001).exceeds_one_percent is True


def test_titles_that_may_be_one_class_are_two_where_far_more_units_of_one_are_outstanding() -> None:
    sales = (a_proposed_sale(units=1_000), a_proposed_sale(class_title="Class B", units_outstanding=400_000))
    assert computed(a_notice(proposed_sales=sales)).percent_of_class == Decimal("2.5")
    near = (a_proposed_sale(), a_proposed_sale(class_title="Class B", units_outstanding=49_000_000))
    assert computed(a_notice(proposed_sales=near)).percent_of_class is None


def test_an_unreadable_part_makes_the_whole_unknown_never_smaller() -> None:
    sales = (a_proposed_sale(), a_proposed_sale(units=None, market_value=None))
    figures = computed(a_notice(proposed_sales=sales))
    assert (figures.units, figures.market_value, figures.percent_of_class) == (None, None, None)
    assert figures.implied_price is None


def test_outstanding_of_zero_or_in_disagreement_gives_no_percentage() -> None:
    for outstanding in ((0,), (None,), (1_000_000, 2_000_000)):
        sales = tuple(a_proposed_sale(units_outstanding=number) for number in outstanding)
        figures = computed(a_notice(proposed_sales=sales))
        assert (figures.percent_of_class, figures.exceeds_one_percent) == (None, None)


def test_a_notice_with_no_proposed_sale_has_no_figures() -> None:
    figures = computed(a_notice(proposed_sales=()))
    assert (figures.units, figures.market_value, figures.percent_of_class) == (None, None, None)
    assert (figures.exceeds_one_percent, figures.first_sale, figures.days_to_sale) == (None, None, None)


def test_nothing_to_report_is_zero_and_an_unread_table_is_unknown() -> None:
    assert computed(a_notice(nothing_to_report=True)).past_units == 0
    assert computed(a_notice(nothing_to_report=None)).past_units is None
    assert computed(a_notice(nothing_to_report=False)).past_units is None
    assert computed(a_notice(nothing_to_report=None)).percent_with_past is None


def test_past_sales_of_every_seller_count_towards_the_one_percent() -> None:
    figures = _with_past(
        a_past_sale(units=450_000, seller_name="A"), a_past_sale(units=40_001, seller_name="B")
    )
    assert (figures.past_units, figures.exceeds_one_percent) == (490_001, True)
    assert _with_past(a_past_sale(units=490_000)).exceeds_one_percent is False


def test_one_percent_may_be_exceeded_whatever_is_unknown() -> None:
    assert _with_past(a_past_sale(units=500_001), a_past_sale(units=None)).exceeds_one_percent is True
    assert _with_past(a_past_sale(units=1), a_past_sale(units=None)).exceeds_one_percent is None


def test_the_volume_alternative_is_said_not_to_be_evaluated() -> None:
    assert "trading-volume alternative is not evaluated" in ONE_PERCENT_CAVEAT


def test_a_past_sale_of_another_class_does_not_count() -> None:
    figures = _with_past(
        a_past_sale(class_title="Series B Preferred", units=900_000),
        a_past_sale(class_title="Example Industries", units=7),
    )
    assert figures.classes[0].past_units == 7


def test_a_past_sale_of_one_of_two_classes_counts_for_that_one() -> None:
    sales = (a_proposed_sale(class_title="Class A Common"), a_proposed_sale(class_title="Class B Common"))
    figures = _with_past(a_past_sale(class_title="Class B", units=9), proposed_sales=sales)
    assert [one.past_units for one in figures.classes] == [0, None]
    figures = _with_past(a_past_sale(class_title="CLASS B COMMON", units=9), proposed_sales=sales)
    assert [one.past_units for one in figures.classes] == [0, 9]


def test_the_same_sale_is_found_by_its_proceeds_and_doubted_without_them() -> None:
    sale = a_proposed_sale()
    same_day: dict[str, Any] = {"sale_date": sale.sale_date, "units": sale.units}
    assert _with_past(a_past_sale(**same_day, gross_proceeds=sale.market_value)).listed_twice == (0,)
    doubted = _with_past(a_past_sale(**same_day, gross_proceeds=Decimal("249000.00")))
    assert (doubted.listed_twice, doubted.maybe_listed_twice) == ((), (0,))
    assert doubted.past_units == sale.units
    other = _with_past(a_past_sale(**same_day, gross_proceeds=Decimal(249_000), seller_name="Another Fund"))
    assert (other.listed_twice, other.maybe_listed_twice) == ((), ())


@pytest.mark.parametrize(
    "changed", [{"units": 9_999}, {"sale_date": date(2026, 8, 31)}, {"class_title": "Warrants"}]
)
def test_another_day_number_or_class_is_another_sale(changed: dict[str, Any]) -> None:
    sale = a_proposed_sale()
    same: dict[str, Any] = {"sale_date": sale.sale_date, "units": sale.units, "gross_proceeds": Decimal(0)}
    assert _with_past(a_past_sale(**same)).listed_twice == (0,)
    assert _with_past(a_past_sale(**(same | changed))).listed_twice == ()


def test_one_proposed_sale_explains_one_past_sale() -> None:
    sale = a_proposed_sale()
    twin = a_past_sale(sale_date=sale.sale_date, units=sale.units, gross_proceeds=Decimal("0.00"))
    assert _with_past(twin, twin).listed_twice == (0,)


def test_of_two_sales_of_one_day_and_size_the_one_with_the_same_value_is_the_same() -> None:
    sales = tuple(a_proposed_sale(market_value=Decimal(value)) for value in (100, 101))
    past = tuple(
        a_past_sale(sale_date=sale.sale_date, units=sale.units, gross_proceeds=sale.market_value)
        for sale in reversed(sales)
    )
    figures = _with_past(*past, proposed_sales=sales)
    assert (figures.listed_twice, figures.maybe_listed_twice) == ((0, 1), ())


def test_executions_listed_as_one_past_sale_are_found_together() -> None:
    sales = (a_proposed_sale(units=1_000), a_proposed_sale(units=500))
    past = a_past_sale(sale_date=sales[0].sale_date, units=1_500, gross_proceeds=Decimal("0.00"))
    assert _with_past(past, proposed_sales=sales).listed_twice == (0,)


def test_rows_outside_the_three_months_are_named_and_counted() -> None:
    figures = _with_past(
        a_past_sale(sale_date=date(2026, 6, 1)),
        a_past_sale(sale_date=date(2026, 5, 31)),
        a_past_sale(sale_date=date(2026, 9, 2)),
        a_past_sale(sale_date=None),
    )
    assert figures.outside_three_months == (1, 2)
    assert figures.past_units == 20_000


def test_three_months_before_the_end_of_may_is_the_end_of_february() -> None:
    may = date(2026, 5, 31)
    figures = _with_past(
        a_past_sale(sale_date=date(2026, 2, 28)), a_past_sale(sale_date=date(2026, 2, 27)), notice_date=may
    )
    assert figures.outside_three_months == (1,)


def test_a_price_ten_times_off_the_past_sales_is_doubted() -> None:
    figures = _with_past(a_past_sale(units=100, gross_proceeds=Decimal(25_000)))
    assert figures.price_doubt is not None
    assert "25.00 to 250.00" in figures.price_doubt
    assert _with_past(a_past_sale(units=100, gross_proceeds=Decimal(7_500))).price_doubt is None


@pytest.mark.parametrize(("units", "value"), [(10_000_000, "1.00"), (1, "250000000.00")])
def test_an_absurd_price_is_doubted(units: int, value: str) -> None:
    sale = a_proposed_sale(units=units, market_value=Decimal(value))
    assert computed(a_notice(proposed_sales=(sale,))).price_doubt is not None


def test_zero_units_give_no_price_and_no_error() -> None:
    figures = computed(a_notice(proposed_sales=(a_proposed_sale(units=0, market_value=Decimal(0)),)))
    assert (figures.units, figures.implied_price, figures.percent_of_class) == (0, None, Decimal(0))


@pytest.mark.parametrize(
    ("units", "value", "past", "below"),
    [
        (102, "31972.00", (), True),
        (5_000, "50000.00", (), True),
        (5_001, "10.00", (), False),
        (10, "50000.01", (), False),
        (3_000, "100.00", (2_001,), False),
        (3_000, "100.00", (None,), None),
        (5_001, "100.00", (None,), False),
        (None, "100.00", (), None),
        (None, "60000.00", (), False),
    ],
)
def test_the_threshold_is_over_three_months(
    units: int | None, value: str, past: tuple[int | None, ...], below: bool | None
) -> None:
    sale = a_proposed_sale(units=units, market_value=Decimal(value))
    sales = tuple(a_past_sale(units=number, gross_proceeds=Decimal(1)) for number in past)
    notice = a_notice(proposed_sales=(sale,), nothing_to_report=not past, past_sales=sales)
    assert computed(notice).below_threshold is below


def test_every_plan_has_its_own_age_and_doubles_are_one() -> None:
    dates = (date(2026, 6, 3), date(2025, 11, 14), date(2026, 6, 3))
    figures = computed(a_notice(plan_adoption_dates=dates))
    assert [(plan.adopted, plan.days_to_sale) for plan in figures.plans] == [
        (date(2025, 11, 14), 291),
        (date(2026, 6, 3), 90),
    ]


def test_days_run_from_the_notice_to_the_earliest_sale() -> None:
    sales = (a_proposed_sale(sale_date=date(2026, 9, 20)), a_proposed_sale(sale_date=date(2026, 9, 4)))
    figures = computed(a_notice(proposed_sales=sales))
    assert (figures.first_sale, figures.days_to_sale) == (date(2026, 9, 4), 3)
    assert computed(a_notice(notice_date=None)).days_to_sale is None
    assert computed(a_notice(notice_date=None)).window_ends is None


@pytest.mark.parametrize(
    ("lots", "gift"),
    [
        ((a_lot(),), False),
        ((a_lot(), a_lot(is_gift=True)), True),
        ((a_lot(is_gift=None),), None),
        ((a_lot(is_gift=None, donor_acquired_date=date(2020, 1, 1)),), True),
        ((), None),
    ],
)
def test_a_gift_is_known_or_not_known(lots: tuple[Any, ...], gift: bool | None) -> None:
    assert computed(a_notice(acquired_lots=lots)).has_gift is gift


def test_more_rows_than_the_form_has_room_for_are_added_up_but_not_compared() -> None:
    notice = a_notice(proposed_sales=(a_proposed_sale(),) * 41)
    figures = computed(notice)
    assert figures.units == 41 * 10_000
    assert (figures.classes, figures.percent_of_class, figures.past_units) == ((), None, None)
    assert figures.exceeds_one_percent is None
