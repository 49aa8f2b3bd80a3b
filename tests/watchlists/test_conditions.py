"""Every question answers MET, NOT_MET and UNKNOWN; the last test insists over the registry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from msgspec import structs

from tests.builders import a_filing, a_lot, a_notice, a_past_sale, a_proposed_sale
from tests.watchlists.lists import HEAD
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Filing, Role
from worker.filings.notice import Form144Notice, Problem, ProblemKind, Relationship
from worker.filings.rule144 import computed
from worker.watchlists.conditions import QUESTIONS, Condition, Evidence
from worker.watchlists.conditions.recent import RecentNotice, RecentNotices
from worker.watchlists.loading import load_watchlists
from worker.watchlists.match import Answer, Finding
from worker.watchlists.misread import Misread

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN


def conditions(text: str) -> tuple[Condition, ...]:
    body = HEAD + f"any_notice: true\nwhen:\n  {text}\n"
    return load_watchlists({"one.yaml": body.encode()}, None)[0].conditions


def ask(
    text: str,
    notice: Form144Notice | None = None,
    filing: Filing | None = None,
    recent: RecentNotices | None = None,
) -> Finding:
    (condition,) = conditions(text)
    notice = notice or a_notice()
    return condition.find(
        Evidence(
            notice=notice,
            filing=filing or a_filing(),
            figures=computed(notice),
            recent=recent,
            near_miss=Decimal("0.1"),
        )
    )


def selling(*sales: dict[str, object], **others: object) -> Form144Notice:
    return a_notice(proposed_sales=tuple(a_proposed_sale(**sale) for sale in sales), **others)


def related(*classes: Relationship, filed: tuple[str, ...] = ("as filed",)) -> Form144Notice:
    return a_notice(relationships=classes, relationships_as_filed=filed)


def history(
    *sellers: tuple[int, date], since: date = date(2026, 1, 1), issuer: int = 1_999_500
) -> RecentNotices:
    return RecentNotices(
        since=since,
        notices=tuple(
            RecentNotice(accession=str(number), issuer_cik=issuer, seller_cik=seller, filed_on=day)
            for number, (seller, day) in enumerate(sellers)
        ),
    )


AN_UNREADABLE_PLAN_DATE = Problem(
    field="plan_adoption_dates[0]", kind=ProblemKind.DATE, raw="soon", why="is not a date"
)
UNREAD = notice_from_announcement(a_filing())
PLAN_60_DATE = (date(2026, 7, 3),)
PLAN_60 = a_notice(plan_adoption_dates=PLAN_60_DATE)
LATE_AND_UNREAD = selling({"sale_date": date(2026, 12, 1)}, {"sale_date": None})
PLAN_151_AND_UNREAD = structs.replace(LATE_AND_UNREAD, plan_adoption_dates=PLAN_60_DATE)
A_HAIR_UNDER = selling({"units": 49_999_999, "units_outstanding": 10_000_000_000})
A_HAIR_OVER = selling({"units": 100_000_001, "units_outstanding": 10_000_000_000})
SEVEN_BROKERS = a_notice(proposed_sales=tuple(a_proposed_sale(broker_name=f"B{n}") for n in range(7)))
DIRECTOR_AND_UNSAID = related(Relationship.DIRECTOR, Relationship.OTHER, filed=("Director", "See Remarks"))
TWO_SPELLINGS = selling(
    {"class_title": "Class A", "units": 300_000}, {"class_title": "Class A Common", "units": 300_000}
)

#: Question, its argument, the notice, the answer, and a piece of the reason.
CASES: list[tuple[str, str, Form144Notice, Answer, str]] = [
    ("relationship", "officer", related(Relationship.OFFICER), MET, "officer, filed as 'as filed'"),
    ("relationship", "[director, 10% holder]", related(Relationship.TEN_PERCENT_HOLDER), MET, "ten_percent"),
    ("relationship", "director", related(Relationship.OFFICER), NOT_MET, "officer"),
    ("relationship", "officer", related(Relationship.FORMER_OFFICER), NOT_MET, "former_officer"),
    ("relationship", "officer", related(filed=()), UNKNOWN, "missing"),
    ("relationship", "officer", related(Relationship.OTHER), UNKNOWN, "'as filed', which fits no class"),
    ("relationship", "10% holder", DIRECTOR_AND_UNSAID, UNKNOWN, "director, but filed as"),
    ("relationship", "director", DIRECTOR_AND_UNSAID, MET, "director, filed as"),
    ("relationship", "other", related(Relationship.OTHER), MET, "other"),
    ("market_value", "at least 250,000", a_notice(), MET, "250,000 >= 250,000"),
    ("market_value", "over 250,000", a_notice(), NOT_MET, "250,000 <= 250,000"),
    ("market_value", "over 400k", selling({}, {}), MET, "500,000 > 400,000"),
    ("market_value", "over 1", selling({}, {"market_value": None}), UNKNOWN, "missing"),
    ("units", "between 10,000 and 20,000", a_notice(), MET, "10,000 is within"),
    ("units", "over 10,000", a_notice(), NOT_MET, "10,000 <= 10,000"),
    ("units", "over 1", selling({"units": None}), UNKNOWN, "missing"),
    ("percent_of_class", "at least 0.02%", a_notice(), MET, "0.02 % >= 0.02 %"),
    ("percent_of_class", "over 0.02%", a_notice(), NOT_MET, "0.02 % <= 0.02 %"),
    ("percent_of_class", "at least 0.5%", A_HAIR_UNDER, NOT_MET, "0.49999999 % < 0.5 %, missed by"),
    ("one_percent_of_class", "exceeded", A_HAIR_OVER, MET, "1.00000001 % > 1 %"),
    ("percent_of_class", "over 0.01%", selling({"units_outstanding": 0}), UNKNOWN, "zero"),
    ("percent_of_class", "at least 1%", TWO_SPELLINGS, UNKNOWN, "may be one class"),
    ("one_percent_of_class", "exceeded", TWO_SPELLINGS, UNKNOWN, "may be one class"),
    ("one_percent_of_class", "exceeded", selling({"units": 600_000}), MET, "1.2 % > 1 %"),
    ("one_percent_of_class", "exceeded", a_notice(), NOT_MET, "0.02 % <= 1 %"),
    ("one_percent_of_class", "not exceeded", a_notice(), MET, "0.02 % <= 1 %"),
    ("one_percent_of_class", "exceeded", selling({"units_outstanding": None}), UNKNOWN, "missing"),
    ("sale_date", "within 10 days", selling({"sale_date": date(2026, 9, 11)}), MET, "10 days <= 10 days"),
    ("sale_date", "within 10 days", selling({"sale_date": date(2026, 9, 12)}), NOT_MET, "11 days > 10 days"),
    ("sale_date", "within 10 days", selling({"sale_date": None}), UNKNOWN, "missing"),
    ("sale_date", "within 10 days", a_notice(notice_date=None), UNKNOWN, "missing"),
    ("sale_date", "before 2026-10-01", a_notice(), MET, "2026-09-01 < 2026-10-01"),
    ("sale_date", "between 2026-10-01 and 2026-10-31", a_notice(), NOT_MET, "2026-09-01 is outside"),
    ("sale_date", "before 2026-10-01", UNREAD, UNKNOWN, "missing"),
    ("sale_date", "within 10 days", LATE_AND_UNREAD, UNKNOWN, "91 days > 10 days, but another line's"),
    ("sale_date", "within 100 days", LATE_AND_UNREAD, MET, "91 days <= 100 days"),
    ("sale_date", "before 2026-10-01", LATE_AND_UNREAD, UNKNOWN, "missing or unreadable"),
    ("sale_date", "after 2026-10-01", LATE_AND_UNREAD, UNKNOWN, "missing or unreadable"),
    ("sale_date", "after 2026-12-24", LATE_AND_UNREAD, NOT_MET, "2026-12-01 <= 2026-12-24"),
    ("sale_date", "between 2026-11-01 and 2026-12-31", LATE_AND_UNREAD, UNKNOWN, "missing or unreadable"),
    ("sale_date", "between 2026-12-10 and 2026-12-31", LATE_AND_UNREAD, NOT_MET, "2026-12-01 is outside"),
    ("plan", "present", PLAN_60, MET, "2026-07-03"),
    ("plan", "present", a_notice(), NOT_MET, "no plan adoption date"),
    ("plan", "absent", a_notice(), MET, "no plan adoption date"),
    ("plan", "absent", PLAN_60, NOT_MET, "2026-07-03"),
    ("plan", "absent", UNREAD, UNKNOWN, "could not be read"),
    ("plan", "absent", a_notice(remarks="Under a 10b5-1 plan of May."), UNKNOWN, "remarks speak"),
    ("plan", "absent", a_notice(problems=(AN_UNREADABLE_PLAN_DATE,)), UNKNOWN, "unreadable: 'soon'"),
    ("plan_age", "under 90 days", PLAN_60, MET, "60 days < 90 days"),
    ("plan_age", "under 60 days", PLAN_60, NOT_MET, "60 days >= 60 days"),
    ("plan_age", "under 90 days", PLAN_151_AND_UNREAD, UNKNOWN, "151 days >= 90 days, but"),
    ("plan_age", "under 90 days", a_notice(), NOT_MET, "no plan adoption date"),
    ("plan_age", "under 90 days", UNREAD, UNKNOWN, "could not be read"),
    (
        "plan_age",
        "under 90 days",
        a_notice(plan_adoption_dates=(date(2025, 7, 16), date(2026, 7, 3))),
        UNKNOWN,
        "2 plans of different age: 412, 60 days",
    ),
    ("gift", "true", a_notice(acquired_lots=(a_lot(), a_lot(is_gift=True))), MET, "as a gift"),
    ("gift", "true", a_notice(), NOT_MET, "no lot"),
    ("gift", "false", a_notice(), MET, "no lot"),
    ("gift", "true", a_notice(acquired_lots=(a_lot(is_gift=None),)), UNKNOWN, "missing"),
    ("broker", "example brokerage", a_notice(), MET, "Example Brokerage LLC"),
    ("broker", "[Morgan, Stanley]", a_notice(), NOT_MET, "Example Brokerage LLC"),
    ("broker", "Broker", a_notice(), NOT_MET, "Example Brokerage LLC"),
    ("broker", "Morgan Stanley", SEVEN_BROKERS, NOT_MET, "B0, B1, B2, B3, B4 and 2 more"),
    ("broker", "Morgan Stanley", selling({"broker_name": None}), UNKNOWN, "missing"),
    ("exchange", "Nasdaq", selling({"exchange": "NASD"}), MET, "NASD"),
    ("exchange", "NYSE", a_notice(), NOT_MET, "NASDAQ"),
    ("exchange", "NYSE", selling({}, {"exchange": None}), UNKNOWN, "missing"),
    ("acquired_how", "restricted stock", a_notice(), MET, "Restricted Stock Vesting"),
    ("acquired_how", "stock option", a_notice(), NOT_MET, "Restricted Stock Vesting"),
    ("acquired_how", "stock option", a_notice(acquired_lots=()), UNKNOWN, "missing"),
    ("form", "original", a_notice(), MET, "form 144"),
    ("form", "amendment", a_notice(), NOT_MET, "form 144"),
    ("form", "amendment", a_notice(submission_type="144/A"), UNKNOWN, "announced 144, the document"),
    ("seller", "person", a_notice(), MET, "looks like a person"),
    ("seller", "entity", a_notice(), NOT_MET, "looks like a person"),
    ("seller", "entity", a_notice(seller_name="Leo 19 Trust"), MET, "looks like an entity"),
    ("seller", "entity", a_notice(seller_name=None), UNKNOWN, "missing"),
    ("all", "[{gift: false}, {units: over 1}]", a_notice(), MET, "gift false: met"),
    ("all", "[{gift: true}, {units: over 1}]", a_notice(), NOT_MET, "gift true: not met"),
    ("all", "[{gift: false}, {units: over 1}]", selling({"units": None}), UNKNOWN, "units over 1: unknown"),
    ("any", "[{gift: true}, {units: over 1}]", a_notice(), MET, "units over 1: met, 10,000 > 1"),
    ("any", "[{gift: true}, {units: over 1M}]", a_notice(), NOT_MET, "10,000 <= 1,000,000"),
    ("any", "[{gift: true}, {units: over 1}]", selling({"units": None}), UNKNOWN, "unknown"),
    ("not", "{gift: true}", a_notice(), MET, "no lot"),
    ("not", "{gift: false}", a_notice(), NOT_MET, "no lot"),
    ("not", "{units: over 1}", selling({"units": None}), UNKNOWN, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "argument", "notice", "answer", "because"), CASES)
def test_a_question_answers_with_the_figures_behind_it(
    name: str, argument: str, notice: Form144Notice, answer: Answer, because: str
) -> None:
    finding = ask(f"{name}: {argument}", notice)
    assert finding.answer is answer, finding
    assert because in finding.because
    assert finding.condition.startswith(name)


NASDAQ = ["NASDAQ", "NASD", "Nasdaq Global Select", "NASDAQ GLOBAL MARKET", "Nasdaq Capital Marke"]
NASDAQ += [
    "The Nasdaq Stock Mar",
    "NASDAQ-GS",
    "NasdaqGS",
    "NMS",
    "XNGS",
    "NASDAQ NMS",
    "Nasdaq/NMS",
    "NASDAQ-NMS",
]
NYSE = [
    "NYSE",
    "NYSE LLC",
    "NYSE Inc",
    "N.Y.S.E.",
    "New York Stock Exch.",
    "The New York Stock E",
    "New York",
    "XNYS",
]
OTHERS = ["NYSE American", "NYSE Arca", "Nasdaq Copenhagen", "OTC"]


@pytest.mark.parametrize("spelling", [*NASDAQ, *NYSE, *OTHERS])
def test_an_exchange_is_known_in_all_its_spellings_and_no_other_is_taken_for_it(spelling: str) -> None:
    notice = selling({"exchange": spelling})
    assert (ask("exchange: NASDAQ", notice).answer is MET) is (spelling in NASDAQ)
    assert (ask("exchange: NYSE", notice).answer is MET) is (spelling in NYSE)
    assert ask(f"exchange: {spelling}", notice).answer is MET


TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("recent", "answer", "because"),
    [
        (history((2, date(2026, 8, 2)), (3, TODAY)), MET, "3 >= 3 sellers since 2026-08-02"),
        (history((2, date(2026, 8, 1)), (3, TODAY)), NOT_MET, "2 < 3 sellers since 2026-08-02"),
        (history((2, TODAY), (2, TODAY), (1_999_001, TODAY)), NOT_MET, "2 < 3 sellers"),
        (history((2, TODAY), (3, TODAY), issuer=5), NOT_MET, "1 < 3 sellers"),
        (history((2, TODAY), since=date(2026, 8, 20)), UNKNOWN, "does not reach to 2026-08-02"),
        (history((2, TODAY), (3, TODAY), since=date(2026, 8, 20)), MET, "3 >= 3"),
        (None, UNKNOWN, "no history"),
    ],
)
def test_a_cluster_counts_different_sellers_and_knows_how_far_it_can_see(
    recent: RecentNotices | None, answer: Answer, because: str
) -> None:
    finding = ask("cluster: 3 sellers in 30 days", recent=recent)
    assert finding.answer is answer
    assert because in finding.because


@pytest.mark.parametrize("dated", [None, date(2026, 8, 31), date(2025, 9, 1)])
def test_a_cluster_counts_back_from_the_eastern_day_on_which_edgar_took_the_notice(
    dated: date | None,
) -> None:
    """The seller's own date may lie days back or have a wrong year, and the evening is tomorrow in UTC."""
    evening = a_filing(accepted_at=datetime(2026, 9, 2, 1, 30, tzinfo=UTC))
    recent = history((2, TODAY), (3, date(2026, 8, 2)))
    finding = ask("cluster: 3 sellers in 30 days", a_notice(notice_date=dated), evening, recent)
    assert (finding.answer, finding.because) == (MET, "3 >= 3 sellers since 2026-08-02")


def test_a_cluster_needs_to_know_the_issuer() -> None:
    nameless = a_filing(parties=(), accepted_at=datetime(2026, 9, 1, tzinfo=UTC))
    finding = ask("cluster: 3 sellers in 30 days", a_notice(issuer_cik=None), nameless, history())
    assert finding.answer is UNKNOWN
    assert nameless.party(Role.ISSUER) is None


def test_every_question_is_asked_until_it_has_given_each_of_the_three_answers() -> None:
    answered = {(name, answer) for name, _, _, answer, _ in CASES}
    answered |= {("cluster", answer) for answer in Answer}
    assert answered == set(product(QUESTIONS, Answer))


def test_every_question_says_in_a_sentence_what_it_asks() -> None:
    for question in QUESTIONS.values():
        assert question.sentence.endswith("."), question.name
        assert question.sentence[0].isupper()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("market_value: over 275k", True),
        ("market_value: over 300k", False),
        ("market_value: under 240k", True),
        ("market_value: between 270k and 900k", True),
        ("market_value: over 100k", False),
        ("units: at least 11,000", True),
        ("percent_of_class: over 0.021%", True),
        ("any: [{market_value: over 275k}, {gift: true}]", True),
        ("all: [{market_value: over 275k}, {gift: true}]", False),
        ("all: [{market_value: over 275k}, {gift: false}]", True),
        ("not: {market_value: under 275k}", False),
    ],
)
def test_a_miss_within_a_tenth_is_near(text: str, near: bool) -> None:
    assert ask(text).near is near


def test_just_under_one_percent_is_near_it() -> None:
    assert ask("one_percent_of_class: exceeded", selling({"units": 460_000})).near
    assert not ask("one_percent_of_class: exceeded", selling({"units": 440_000})).near


def test_the_one_percent_test_counts_the_past_three_months() -> None:
    past = a_notice(
        proposed_sales=(a_proposed_sale(units=300_000),),
        past_sales=(a_past_sale(units=250_000),),
        nothing_to_report=False,
    )
    assert ask("one_percent_of_class: exceeded", past).because == "1.1 % > 1 %"
    assert ask("percent_of_class: over 1%", past).answer is NOT_MET


@pytest.mark.parametrize("answers", list(product(Answer, repeat=3)))
def test_logic_in_three_values_agrees_with_its_definition(answers: tuple[Answer, ...]) -> None:
    """Kleene's logic: all is the least, any the greatest, in the order NOT_MET < UNKNOWN < MET."""
    order = [NOT_MET, UNKNOWN, MET]
    notice = selling({"units": None})
    texts = {MET: "gift: false", NOT_MET: "gift: true", UNKNOWN: "units: over 1"}
    parts = ", ".join("{" + texts[answer] + "}" for answer in answers)
    assert ask(f"all: [{parts}]", notice).answer is min(answers, key=order.index)
    assert ask(f"any: [{parts}]", notice).answer is max(answers, key=order.index)
    assert (
        ask(f"not: {{all: [{parts}]}}", notice).answer
        is order[2 - order.index(min(answers, key=order.index))]
    )


@pytest.mark.parametrize(
    ("written", "units", "value", "answer"),
    [
        ("market_value: over 10M", 69_996, "0", UNKNOWN),
        ("market_value: under 10M", 69_996, "0", UNKNOWN),
        ("market_value: between 1M and 10M", 69_996, "0", UNKNOWN),
        ("units: over 1k", 0, "11588537.76", UNKNOWN),
        ("units: over 1k", 69_996, "0", MET),
        ("market_value: over 10M", 0, "11588537.76", MET),
        ("market_value: over 10M", 0, "0", NOT_MET),
    ],
)
def test_a_zero_beside_a_figure_is_a_slip_and_hides_no_sale(
    written: str, units: int, value: str, answer: Answer
) -> None:
    notice = a_notice(proposed_sales=(a_proposed_sale(units=units, market_value=Decimal(value)),))
    assert ask(written, notice).answer is answer


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("percent_of_class: at least 0.5%", UNKNOWN),
        ("percent_of_class: at least 0.01%", MET),
        ("one_percent_of_class: exceeded", UNKNOWN),
        ("one_percent_of_class: not exceeded", UNKNOWN),
    ],
)
def test_a_share_of_the_class_is_of_a_sum_too(written: str, answer: Answer) -> None:
    lines = (a_proposed_sale(), a_proposed_sale(units=0))
    assert ask(written, a_notice(proposed_sales=lines)).answer is answer


def test_a_sum_that_holds_without_the_line_that_slipped_stands() -> None:
    lines = (a_proposed_sale(market_value=Decimal(20_000_000)), a_proposed_sale(market_value=Decimal(0)))
    assert ask("market_value: over 10M", a_notice(proposed_sales=lines)).answer is MET
    assert ask("market_value: under 10M", a_notice(proposed_sales=lines)).answer is NOT_MET


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("officer or director", "write [director, officer]"),
        ("officer/director", "write [director, officer]"),
        ("CEO", "did you mean officer?"),
        ("offcer", "did you mean officer?"),
    ],
)
def test_a_relationship_in_other_words_is_answered_with_the_classes_it_means(written: str, hint: str) -> None:
    with pytest.raises(Misread) as caught:
        QUESTIONS["relationship"].read(written)
    assert caught.value.hint == hint
