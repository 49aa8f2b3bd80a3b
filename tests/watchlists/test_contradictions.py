"""A list whose conditions no notice can meet is found before it stays silent for years."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.contradictions import contradictions
from worker.watchlists.loading import load_watchlists

NOW = datetime(2026, 9, 1, 15, tzinfo=UTC)


def warnings(when: str, tell: str = "[console:]") -> list[str]:
    source = f"name: Ours\nowner: Jane Doe\nissuers: [1999500]\nwhen:\n{when}\ntell: {tell}\n"
    (watchlist,) = load_watchlists({"ours.yaml": source.encode()}, None)
    return [str(one) for one in contradictions(watchlist, NOW)]


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_a_condition_on_its_own_can_be_met(question: str) -> None:
    assert warnings(f"  {question}: {QUESTIONS[question].example}") == []


@pytest.mark.parametrize(
    "when",
    [
        "  all: [{market_value: over 10M}, {market_value: under 5M}]",
        "  plan: absent\n  plan_age: over 30 days\n  not: {plan: absent}",
        "  form: amendment\n  not: {form: amendment}",
        "  units: over 1M\n  all: [{units: under 1000}]",
    ],
)
def test_conditions_that_exclude_each_other_are_named(when: str) -> None:
    (said,) = warnings(when)
    assert said.startswith("ours.yaml:1:1: nobody is ever told: what meets the rest misses ")


@pytest.mark.parametrize(
    "when",
    [
        "  sale_date: before 2099-12-31",
        "  sale_date: after 1900-01-01",
        "  sale_date: within 3660 days",
        "  plan_age: under 3660 days",
        "  plan_age: over 3660 days",
        "  cluster: 2 sellers in 3660 days",
    ],
)
def test_the_furthest_days_that_may_be_written_are_looked_at_like_any_other(when: str) -> None:
    assert warnings(when) == []


def test_a_destination_whose_conditions_exclude_the_lists_is_named_at_its_line() -> None:
    tell = "[slack:#desk, {to: email:cfo@example.com, when: {market_value: under 1M}}]"
    (said,) = warnings("  market_value: over 10M", tell)
    assert said.startswith("ours.yaml:6:")
    assert "tell: email:cfo@example.com is never told: what meets the rest misses market_value" in said


def test_a_digest_is_told_by_its_own_conditions() -> None:
    line = "{to: email:cfo@example.com, digest: daily 07:30 America/New_York, when: {market_value: %s}}"
    assert warnings("  market_value: over 10M", f"[{line % 'over 50M'}]") == []
    assert len(warnings("  market_value: over 10M", f"[{line % 'under 5M'}]")) == 1


def test_a_list_without_conditions_contradicts_nothing() -> None:
    source = b"name: Ours\nowner: Jane Doe\nissuers: [1999500]\ntell: [console:]\n"
    (watchlist,) = load_watchlists({"ours.yaml": source}, None)
    assert list(contradictions(watchlist, NOW)) == []
