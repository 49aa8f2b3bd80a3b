from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlists.lists import reading, said
from worker.watchlists.amounts import comparison, day, days, dollars, percent, whole
from worker.watchlists.match import Answer
from worker.watchlists.misread import Misread


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10M", 10_000_000),
        ("$2,500,000", 2_500_000),
        ("2.5 million", 2_500_000),
        ("$ 750k", 750_000),
        ("1bn", 1_000_000_000),
        ("33760830.60", Decimal("33760830.60")),
        ("0", 0),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: Decimal) -> None:
    assert dollars(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "ten million", "10MM", "1,00", "1_000", "NaN", "1e6", "-5", "€5", "10 M dollars", "１０M", "9" * 40],
)
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Misread) as raised:
        dollars(text)
    assert "10M" in raised.value.hint


def test_units_are_whole() -> None:
    assert whole("1.5M") == 1_500_000
    with pytest.raises(Misread, match="whole"):
        whole("1.5")


def test_a_percentage_needs_its_sign_because_a_bare_number_may_mean_either() -> None:
    assert percent("0.5%") == Decimal("0.5")
    with pytest.raises(Misread, match="percentage"):
        percent("0.005")


def test_days_weeks_and_calendar_days() -> None:
    assert days("2 weeks") == 14
    assert day("2026-03-31") == date(2026, 3, 31)
    for text in ("31/03/2026", "2026-02-30", "20260331"):
        with pytest.raises(Misread, match="day"):
            day(text)


def test_days_that_run_off_the_calendar_are_refused_with_what_may_be_written() -> None:
    assert days("3660 days") == 3_660
    for text in ("3661 days", "99999 months", "50000 weeks"):
        with pytest.raises(Misread, match="more than ten years") as raised:
            days(text)
        assert raised.value.hint == "write at most 3,660 days"
    assert (day("1900-01-01").year, day("2099-12-31").year) == (1900, 2099)
    for text in ("9999-12-31", "0001-01-01", "2100-01-01"):
        with pytest.raises(Misread, match="holds a date in the year") as raised:
            day(text)
        assert raised.value.hint == "write a year from 1900 to 2099"


@pytest.mark.parametrize(
    ("text", "met", "missed", "because"),
    [
        ("over 100", "100.01", "100", "100 <= 100"),
        ("> 100", "101", "99", "99 <= 100"),
        ("at least 100", "100", "99", "99 < 100"),
        (">=100", "100", "99", "99 < 100"),
        ("under $100", "99", "100", "100 >= 100"),
        ("at most 100", "100", "101", "101 > 100"),
        ("between 100 and 200", "200", "201", "201 is outside 100 to 200"),
    ],
)
def test_each_way_to_compare_draws_its_line(text: str, met: str, missed: str, because: str) -> None:
    limit = comparison(text, dollars, "over 10M")
    assert limit.answer(Decimal(met)) is Answer.MET
    assert limit.answer(Decimal(missed)) is Answer.NOT_MET
    assert limit.because(Decimal(missed), str) == because


@pytest.mark.parametrize("text", ["10M", "overt 10M", "", "between 5 and 3", "over", "at least", "> "])
def test_a_comparison_that_leaves_something_open_is_refused(text: str) -> None:
    with pytest.raises(Misread):
        comparison(text, dollars, "over 10M")


def test_a_range_whose_lower_end_may_lack_its_unit_is_refused_and_one_that_says_so_is_not() -> None:
    with pytest.raises(Misread, match="may begin at 5 or at 5M") as caught:
        comparison("between 5 and 10M", dollars, "over 10M")
    assert caught.value.hint == "write between 5M and 10M, or between $5 and 10M"
    for plain in ("between $5 and 10M", "between 500000 and 2M", "between 1,000 and 10k", "between 5 and 10"):
        assert comparison(plain, dollars, "over 10M").upper is not None


@given(st.text(max_size=40))
def test_any_text_is_a_comparison_or_a_misread(text: str) -> None:
    with suppress(Misread):
        comparison(text, dollars, "over 10M")


@given(
    st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False),
    st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False),
)
def test_the_reason_given_is_true_as_it_stands(figure: Decimal, limit: Decimal) -> None:
    signs = {">": figure > limit, ">=": figure >= limit, "<": figure < limit, "<=": figure <= limit}
    for word in ("over", "at least", "under", "at most"):
        because = comparison(f"{word} {limit}", dollars, "").because(figure, str)
        assert signs[because.split()[1]]


def test_a_day_off_the_calendar_is_a_mistake_at_its_place_and_no_traceback_later() -> None:
    body = "any_notice: true\nwhen:\n  cluster: 2 sellers in 30000 months\n  sale_date: before 9999-12-31\n"
    assert said(reading(body)) == [
        "6:12 cluster: '30000 months' is more than ten years | write at most 3,660 days",
        "7:14 sale_date: no Form 144 holds a date in the year 9999 | write a year from 1900 to 2099",
    ]
