"""How figures, days, times and names are written."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.messages import words
from worker.messages.templates import shipped


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (Decimal("12.3456"), "12.35 %"),
        (Decimal(1), "1.00 %"),
        (Decimal("0.5457"), "0.55 %"),
        (Decimal("0.0028"), "0.0028 %"),
        (Decimal("0.00284"), "0.0028 %"),
        (Decimal("0.000000000001"), "0.00000000 %"),
        (Decimal(0), "0.00 %"),
        (Decimal(250), "250.00 %"),
        (None, "cannot be computed"),
    ],
)
def test_a_share_is_written_with_the_digits_that_mean_something(share: Decimal | None, written: str) -> None:
    assert words.percent(share) == written


def test_money_units_and_days_say_when_they_are_not_stated_and_never_zero() -> None:
    assert words.money(None) == words.units(None) == words.day(None) == words.name(None) == "not stated"
    assert words.money(Decimal(0)) == "$0.00"
    assert words.money(Decimal("33760830.6")) == "$33,760,830.60"
    assert words.units(0) == "0"
    assert words.day(date(2023, 3, 31)) == "31 March 2023"


@pytest.mark.parametrize(
    ("when", "written"),
    [
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "8 March 2026, 01:59 ET"),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "8 March 2026, 03:00 ET"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "1 November 2026, 01:30 ET"),
        (datetime(2026, 1, 1, 3, 0, tzinfo=UTC), "31 December 2025, 22:00 ET"),
        (None, "not stated"),
    ],
)
def test_an_instant_is_told_in_new_yorks_time_summer_and_winter(when: datetime | None, written: str) -> None:
    assert words.instant(when) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (41, "41 s"), (119, "119 s"), (200, "3 min 20 s"), (3600, "1 h"), (21_720, "6 h 2 min"),
     (259_200, "3 days")],
)  # fmt: skip
def test_a_delay_is_told_in_the_two_units_that_matter(seconds: int, written: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == written


def test_slacks_date_carries_new_yorks_time_for_where_slack_cannot_show_the_readers() -> None:
    when = datetime(2026, 9, 1, 20, 5, tzinfo=UTC)
    expected = "<!date^1788293100^{date_short_pretty} at {time}|1 September 2026, 16:05 ET>"
    assert words.slack_instant(when) == expected


@given(st.text())
def test_a_cleaned_text_is_one_line_of_visible_characters(text: str) -> None:
    cleaned = words.clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert {unicodedata.category(c) for c in cleaned}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert words.clean(cleaned) == cleaned
    cleaned.encode()


@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126) | st.just(" ")), st.integers(0, 30)
)
def test_wrapping_loses_no_word_and_no_line_is_longer_than_it_may_be(text: str, indent: int) -> None:
    wrapped = words.wrap(text, indent=indent)
    assert wrapped.split() == text.split()
    for number, line in enumerate(wrapped.split("\n")):
        width = len(line) + (indent if number == 0 else 0)
        assert width <= 72 or len(line.split()) <= 1
        assert number == 0 or line.startswith(" " * indent)


@given(st.text())
def test_escaping_for_slack_leaves_no_control_character_and_can_be_undone(text: str) -> None:
    escaped = words.slack_escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(st.text(alphabet=st.sampled_from("*_~`:a1 &<>!@#|")) | st.text())
def test_literal_text_has_nothing_left_that_slack_would_read(text: str) -> None:
    literal = words.slack_literal(text)
    assert not set(literal) & set("*_~`<>")
    assert not re.search(r":[a-z0-9_+'-]+:", literal, re.IGNORECASE)
    assert len(words.slack_literal("Common Stock, par value $0.01")) == len("Common Stock, par value $0.01")


def test_the_templates_are_found_in_a_checkout() -> None:
    assert shipped() == Path(__file__).parents[2] / "templates"
    assert (shipped() / "alert" / "email.html.j2").is_file()
