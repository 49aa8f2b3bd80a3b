from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from worker.filings.reader import read_notice
from worker.standins.forms import as_xml
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.destination import Destination
from worker.watchlists.fitting import Fitted, fitted
from worker.watchlists.index import WatchlistIndex
from worker.watchlists.loading import load_watchlists
from worker.watchlists.matching import match
from worker.watchlists.watchlist import Watchlist

NOW = datetime(2026, 9, 1, 20, 6, tzinfo=UTC)
SLACK, JANE = Destination("slack", "#ir"), Destination("email", "jane@example.com")


def a_list(*, who: str = "issuers: [1999500]", when: str = "", tell: str = "[slack:#ir]") -> Watchlist:
    text = f"name: Example\nowner: Jane Doe\n{who}\n{when and f'when: {when}'}\ntell: {tell}\n"
    (watchlist,) = load_watchlists({"example.yaml": text.encode()}, None)
    return watchlist


def fit(watchlist: Watchlist) -> Fitted:
    return fitted(watchlist, watchlist.destinations, accession="0000000000-26-000001", now=NOW)


def quoted(name: str) -> str:
    example = QUESTIONS[name].example
    return f"{{{name}: {example}}}" if example.startswith(("[", "{")) else f"{{{name}: '{example}'}}"


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_every_question_can_be_met_and_the_document_says_so_too(name: str) -> None:
    watchlist = a_list(when=quoted(name))
    made = fit(watchlist)
    assert (made.told, made.missed) == ((SLACK,), ())
    read = read_notice(as_xml(made.notice))
    (found,) = match(read, made.filing, WatchlistIndex([watchlist]))
    assert found.told == (SLACK,)


@pytest.mark.parametrize(
    "when",
    [
        "{units: over 5M, percent_of_class: at most 0.1%, market_value: between 3M and 3.1M}",
        "{plan_age: under 90 days, sale_date: after 2027-01-01, units: between 17 and 18}",
        "{relationship: former_director, one_percent_of_class: exceeded, percent_of_class: under 0.5%}",
        "{not: {form: original}, any: [{gift: true}, {units: under 5}], all: [{seller: entity}]}",
        "{one_percent_of_class: not exceeded, units: over 100M}",
    ],
)
def test_conditions_that_pull_at_each_other_are_met_together(when: str) -> None:
    assert fit(a_list(when=when)).told == (SLACK,)


def test_what_cannot_be_met_is_said_with_its_figures() -> None:
    made = fit(a_list(when="{units: over 5M, not: {units: over 4M}, gift: true}"))
    assert made.told == ()
    (missed,) = made.missed
    assert missed.condition == "units over 5M"
    assert missed.because == "10,000 <= 5,000,000"


def test_the_conditions_of_a_destination_count_and_only_that_one_goes_without() -> None:
    tell = "[slack:#ir, {to: email:jane@example.com, when: {all: [{gift: true}, {not: {gift: true}}]}}]"
    made = fit(a_list(tell=tell))
    assert made.told == (SLACK,)
    assert [one.condition for one in made.missed] == ["all of (gift true; not (gift true))"]
    assert set(fit(a_list(tell="[slack:#ir, {to: email:jane@example.com, when: {gift: true}}]")).told) == {
        SLACK,
        JANE,
    }


@pytest.mark.parametrize(
    "who",
    [
        "issuers: [1999500]",
        "issuers: [{name: Example Industries}]",
        "issuers: [{file_number: 001-99999}]",
        "holders: [{cik: 1999001}]",
        "holders: [{name: Jane Q. Example}]",
        "any_notice: true",
    ],
)
def test_whoever_the_list_asks_for_somebody_in_the_notice_is_called_drill(who: str) -> None:
    made = fit(a_list(who=who))
    assert made.told == (SLACK,)
    assert "DRILL" in f"{made.notice.issuer_name} {made.notice.seller_name}"
    assert made.filing.is_drill
    assert {party.name for party in made.filing.parties} == {
        made.notice.issuer_name,
        made.notice.seller_name,
    }


def test_the_document_has_no_problem_that_a_filing_would_not_have() -> None:
    read = read_notice(as_xml(fit(a_list()).notice))
    assert read.problems == ()
    assert read.is_live is False


def test_a_notice_made_in_the_evening_bears_washingtons_day() -> None:
    evening = datetime(2026, 9, 2, 1, 30, tzinfo=UTC)
    made = fitted(a_list(), (SLACK,), accession="0000000000-26-000001", now=evening)
    assert made.notice.notice_date == made.filing.day == date(2026, 9, 1)
