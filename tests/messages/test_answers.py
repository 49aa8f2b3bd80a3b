"""What a reader is told of each condition, and of what is wrong with a document: words, no notation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.builders import a_notice, a_proposed_sale
from tests.messages import samples
from tests.watchlists.test_conditions import CASES, ask
from worker.filings.notice import Form144Notice, Problem, ProblemKind, Relationship
from worker.filings.rule144 import computed
from worker.messages import reasons
from worker.messages.answers import said
from worker.messages.facts import DEGRADATION, Facts, facts_of
from worker.messages.words import notes
from worker.watchlists.match import Answer, Finding, Grade, Identity, Side

OF_TWO = a_notice(relationships=(Relationship.DIRECTOR,), relationships_as_filed=("Director", "Chair"))
SPOUSE = a_notice(
    relationships=(Relationship.DIRECTOR,),
    relationships_as_filed=("Director", "Officer's spouse", 'Say "it\'s"'),
)
EARLY = a_notice(proposed_sales=(a_proposed_sale(sale_date=date(2026, 8, 29)),))
UNSTATED = a_notice(proposed_sales=(a_proposed_sale(units=None, market_value=None),))


@pytest.mark.parametrize(
    ("condition", "notice", "expected"),
    [
        ("market_value: at least 100k", a_notice(), "Market value $250,000, at least $100k"),
        ("market_value: '>= $100k'", a_notice(), "Market value $250,000, at least $100k"),
        ("market_value: over 275k", a_notice(), "Market value $250,000, not over $275k, missed by 9.1 %"),
        ("market_value: between $1 and 1M", a_notice(), "Market value $250,000, between $1 and $1M"),
        (
            "market_value: at least 10M",
            UNSTATED,
            "Market value is missing or unreadable, so “at least 10M” could not be checked",
        ),
        (
            "units: over 1",
            UNSTATED,
            "The number of units is missing or unreadable, so “units over 1” could not be checked",
        ),
        ("percent_of_class: over 0.01%", a_notice(), "Share of class 0.02 %, over 0.01 %"),
        ("one_percent_of_class: exceeded", a_notice(),
         "With past sales 0.02 % of the class, no more than 1 %"),
        ("sale_date: before 2026-10-01", a_notice(), "Sale date 1 September 2026, before 1 October 2026"),
        ("market_value: '>100k'", a_notice(), "Market value $250,000, over $100k"),
        ("market_value: '<=$100k'", a_notice(), "Market value $250,000, not at most $100k"),
        ("sale_date: within 9 days", EARLY, "Sale date 3 days before the notice, within 9 days"),
        ("relationship: director", SPOUSE,
         "Relationship: director (filed as “Director” and “Officer's spouse” and “Say \"it's\"”)"),
        ("sale_date: within 10 days", a_notice(), "Sale date 0 days after the notice, within 10 days"),
        ("relationship: director", OF_TWO, "Relationship: director (filed as “Director” and “Chair”)"),
        (
            "relationship: 10% holder",
            OF_TWO,
            "Relationship: director (filed as “Director” and “Chair”), not 10% holder",
        ),
        ("plan: absent", a_notice(), "No plan adoption date is given"),
        ("plan_age: under 90 days", a_notice(),
         "No plan adoption date is given, so “plan age under 90 days” is not met"),
        ("gift: true", a_notice(), "No lot was acquired as a gift, so “gift true” is not met"),
        ("any: [{gift: true}, {units: over 1}]", a_notice(), "Units 10,000, over 1"),
        (
            "all: [{gift: false}, {units: over 1}]",
            a_notice(),
            "No lot was acquired as a gift; Units 10,000, over 1",
        ),
        ("not: {gift: true}", a_notice(), "No lot was acquired as a gift, so “gift true” is not met"),
        (
            "not: {units: over 1}",
            a_notice(),
            "Units 10,000, over 1, so “not (units over 1)” is not met",
        ),
    ],
)  # fmt: skip
def test_an_answer_reads_as_a_person_would_say_it(
    condition: str, notice: Form144Notice, expected: str
) -> None:
    assert said(ask(condition, notice)) == expected


@pytest.mark.parametrize(("name", "argument", "notice", "answer", "_because"), CASES)
def test_no_answer_shows_our_own_notation(
    name: str, argument: str, notice: Form144Notice, answer: Answer, _because: str
) -> None:
    told = said(ask(f"{name}: {argument}", notice))
    assert not any(sign in told for sign in ("_", ">", "<", "UNKNOWN"))
    assert told.endswith("could not be checked") is (answer is Answer.UNKNOWN)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{market_value: under 5k}", "Market value is missing or unreadable, so “not under 5k”"),
        ("{gift: false, units: under 5k}",
         "The number of units is missing or unreadable, so “not (gift false; units under 5k)”"),
        ("{any: [{market_value: under 5k}, {units: over 3}]}",
         ("The market value is missing or unreadable; The number of units is missing or unreadable, so "
          "“not (any of (market value under 5k; units over 3))”")),
    ],
)  # fmt: skip
def test_what_a_list_asks_not_to_be_is_not_turned_round_where_it_cannot_be_checked(
    condition: str, expected: str
) -> None:
    assert said(ask(f"not: {condition}", UNSTATED)) == f"{expected} could not be checked"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("any: [{all: [{gift: true}, {plan: absent}]}, {plan: absent}]", "No plan adoption date is given"),
        (
            "any: [{plan: present}, {all: [{gift: false}, {units: over 1}]}]",
            "No lot was acquired as a gift; Units 10,000, over 1",
        ),
    ],
)
def test_what_holds_more_inside_is_told_by_what_decided_it(condition: str, expected: str) -> None:
    assert said(ask(condition)) == expected


def test_what_cannot_be_told_apart_is_told_as_it_is_stated() -> None:
    finding = Finding(
        condition="any of (gift true; plan absent)", answer=Answer.MET, because="gift true: met, x"
    )
    assert said(finding) == "any of (gift true; plan absent): met, gift true: met, x"


def facts(
    *problems: Problem,
    notice: Form144Notice | None = None,
    findings: tuple[Finding, ...] = (),
    **more: Any,
) -> Facts:
    notice = a_notice(problems=problems) if notice is None else notice
    alert = samples.an_alert(notice, match=samples.a_match(findings=findings), **more)
    return facts_of(alert, computed(alert.notice), DEGRADATION[0])


ABSENT = Problem(
    field="proposed_sales[0].market_value",
    kind=ProblemKind.ABSENT,
    raw="",
    why="The form demands this, and it is not there.",
)
NO_VALUE = Finding(
    condition="market_value at least 10M",
    answer=Answer.UNKNOWN,
    because="the market value is missing or unreadable",
)


def test_what_could_not_be_checked_is_said_once_where_it_matters() -> None:
    found = facts(ABSENT, findings=(NO_VALUE,))
    assert found.checks == ("Market value is missing, so “at least 10M” could not be checked",)
    assert found.problems == ()
    assert not any("10M" in reason for reason in found.reasons)


def test_several_lines_that_are_to_blame_stay_among_the_problems() -> None:
    other = Problem(field="proposed_sales[1].market_value", kind=ABSENT.kind, raw="", why=ABSENT.why)
    found = facts(ABSENT, other, findings=(NO_VALUE,))
    assert found.checks == ("Market value is missing or unreadable, so “at least 10M” could not be checked",)
    assert found.problems == (
        "Securities to be sold, row 1: market value is missing",
        "Securities to be sold, row 2: market value is missing",
    )


@pytest.mark.parametrize(
    ("field", "raw", "why", "expected"),
    [
        ("past_sales[1].sale_date", "", "The calendar has no such day.",
         "Securities sold during the past 3 months, row 2: sale date: The calendar has no such day"),
        ("notice_date", "soon", "This is not a date written MM/DD/YYYY.",
         "Notice date is not a date written MM/DD/YYYY (as filed: soon)"),
        ("plan_adoption_dates[0]", "x", "is no date", "Plan adoption dates 1 is no date (as filed: x)"),
        ("issuer_address.street2", "", "The form demands this, and its cell is empty.",
         "Issuer address: street2 is missing"),
        ("", "", "7 further problems are not listed.", "7 further problems are not listed"),
    ],
)  # fmt: skip
def test_a_problem_stands_in_the_words_of_the_form(field: str, raw: str, why: str, expected: str) -> None:
    kind = ProblemKind.ABSENT if "demands" in why else ProblemKind.DATE
    assert reasons.problem(Problem(field=field, kind=kind, raw=raw, why=why)) == expected


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (
            "The XML is damaged or cut off: Couldn't find end of Start Tag a line 44, line 44, column 21.",
            "it is damaged near line 44",
        ),
        ("The XML is damaged or cut off: Document is empty.", "it is damaged or cut off"),
        ("The document is empty.", "The document is empty"),
    ],
)
def test_a_reader_hears_where_a_document_is_damaged_and_nothing_of_the_parser(
    why: str, expected: str
) -> None:
    found = facts(unreadable_because=why, findings=(NO_VALUE,))
    assert found.checks == (f"Nobody could read the document: {expected}",)


def test_a_list_of_every_notice_says_so() -> None:
    every = Identity(
        side=Side.ANY, entry="any notice", grade=Grade.CIK, because="the list asks about every notice"
    )
    alert = samples.an_alert(match=samples.a_match(identities=(every,)))
    assert "The list watches every issuer" in reasons.why(alert)


def test_notes_are_one_line_in_which_no_full_stop_meets_a_semicolon() -> None:
    assert (
        notes(["A list", "to be checked: It is so.", "told today."])
        == "A list; to be checked: It is so; told today."
    )
    assert notes([]) == ""
