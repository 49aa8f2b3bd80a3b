from __future__ import annotations

import pytest

from tests.builders import the_seed_notice
from tests.conftest import ROOT
from tests.watchlists.lists import TICKERS, a_watchlist, reading, said, warned
from worker.standins.forms import as_xml
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.conditions.logic import LOGIC
from worker.watchlists.loading import FolderReading, load_watchlists, read_watchlists
from worker.watchlists.match import Answer
from worker.watchlists.rehearsing import Rehearsed, rehearse

#: A condition, fields that meet it, and fields that do not.
FIELDS = {
    "market_value": ("over 10M", "market_value: 12M", "market_value: $9,000,000"),
    "units": ("at least 50,000", "units: 50k", "units: 1000"),
    "percent_of_class": (
        "at least 1%",
        "units: 10, units_outstanding: 1000",
        "units: 10, units_outstanding: 2k",
    ),
    "one_percent_of_class": (
        "exceeded",
        "units: 9, past_units: 2, units_outstanding: 1000",
        "units: 9, units_outstanding: 1000",
    ),
    "relationship": ("director", "relationship: [Director, officer]", "relationship: 10% holder"),
    "form": ("amendment", "form: amendment", "form: original"),
    "seller": ("entity", "seller: Ruby Finance Holdings Ltd.", "seller: Scott Lipesky"),
    "gift": ("true", "gift: true", "gift: false"),
    "broker": ("Morgan Stanley", "broker: Morgan Stanley & Co.", "broker: Citigroup"),
    "exchange": ("NASDAQ", "exchange: NASD", "exchange: NYSE"),
    "acquired_how": ("option", "acquired_how: Option exercise", "acquired_how: Vesting"),
    "plan": ("absent", "plan: absent", "plan: 2026-01-05"),
    "plan_age": (
        "under 90 days",
        "plan: 2026-01-05, sale_date: 2026-02-05",
        "plan: 2026-01-05, sale_date: 2026-05-05",
    ),
    "sale_date": (
        "within 10 days",
        "notice_date: 2026-09-01, sale_date: 2026-09-11",
        "notice_date: 2026-09-01, sale_date: 2026-09-12",
    ),
    "cluster": (
        "3 sellers in 5 days",
        "seller: 77, notice_date: 2026-09-01, earlier_sellers: 2",
        "seller: 77, notice_date: 2026-09-01, earlier_sellers: 1",
    ),
}


def rehearsed(body: str) -> list[Rehearsed]:
    return list(rehearse(a_watchlist(body)))


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - set(LOGIC)))
def test_every_question_can_be_met_and_missed_by_fields_of_a_test(name: str) -> None:
    condition, meets, misses = FIELDS[name]
    comma = meets.replace("$9,000,000", "9M"), misses.replace("$9,000,000", "'$9,000,000'")
    told, untold = rehearsed(
        f"issuers: [AAPL]\nwhen: {{{name}: '{condition}'}}\ntests:\n"
        f"  - {{notice: {{issuer: AAPL, {comma[0]}}}, tells: 'console:'}}\n"
        f"  - {{notice: {{issuer: AAPL, {comma[1]}}}, tells: nobody}}\n"
    )
    assert told.match.findings[0].answer is Answer.MET
    assert untold.match.findings[0].answer is Answer.NOT_MET
    assert (told.failures, untold.failures) == ((), ())


def test_a_figure_that_is_left_out_is_missing_and_so_alerts() -> None:
    (done,) = rehearsed(
        "issuers: [AAPL]\nwhen: {market_value: over 1M}\ntests: [{notice: {issuer: AAPL}, tells: nobody}]"
    )
    assert done.match.findings[0].answer is Answer.UNKNOWN
    assert done.failures == ("console: would be told; expected was nobody",)


TWO = b"""\
name: A list
owner: Jane Doe
tell:
  - slack:#ir
  - {to: slack:#exec, when: {market_value: over 50M}}
issuers: [QFIN]
tests:
  - """


def two(test: str) -> FolderReading:
    """A list with two destinations, one of them with a condition of its own, and that test."""
    return read_watchlists({"lists/one.yaml": TWO + test.encode() + b"\n"}, TICKERS)


@pytest.mark.parametrize(
    ("test", "failures"),
    [
        ("notice: {issuer: QFIN, market_value: 51M}, tells: ['slack:#exec', 'slack:#ir']", ()),
        ("notice: {issuer: QFIN, market_value: 12M}, tells: 'slack:#ir', not: 'slack:#exec'", ()),
        (
            "notice: {issuer: QFIN, market_value: 12M}, tells: ['slack:#exec', 'slack:#ir']",
            ("slack:#exec would not be told",),
        ),
        ("notice: {issuer: QFIN, market_value: 51M}, not: 'slack:#exec'", ("slack:#exec would be told",)),
        ("notice: {issuer: AAPL}, tells: nobody", ()),
        ("notice: {issuer: AAPL}, tells: 'slack:#ir'", ("slack:#ir would not be told",)),
        ("notice: {issuer: {name: 360 DigiTech, file_number: 1-38752}}, tells: nobody", ()),
    ],
)
def test_a_test_holds_the_list_to_whom_it_tells(test: str, failures: tuple[str, ...]) -> None:
    found = two(f"{{{test}}}")
    assert said(found) == []
    (done,) = rehearse(found.watchlists[0])
    assert done.failures == failures


def test_a_notice_may_be_a_document_beside_the_list() -> None:
    body = "issuers: [1741530]\ntests:\n  - {notice: seed.xml, tells: 'console:'}\n"
    found = reading(body, seed_xml=as_xml(the_seed_notice()))
    assert said(found) == []
    (done,) = rehearse(found.watchlists[0])
    assert done.failures == ()
    assert done.match.identities[0].because == "issuer CIK 1741530"


def test_a_renamed_issuer_can_be_tested_by_the_ticker_on_the_list_without_the_secs_list() -> None:
    body = "issuers: [{ticker: QFIN, cik: 1741530}]\ntests: [{notice: {issuer: QFIN}, tells: 'console:'}]\n"
    found = reading(body, tickers=None)
    assert said(found) == []
    assert [done.failures for done in rehearse(found.watchlists[0])] == [()]


def test_a_time_is_eastern_unless_it_names_a_zone_and_dates_the_notice() -> None:
    body = "any_notice: true\ntests:\n" + "".join(
        f"  - {{notice: {{units: 1}}, at: {at}, tells: 'console:'}}\n"
        for at in ("2026-09-01 22:05", "2026-09-02 05:05 Europe/Vienna", "2026-09-02 02:05 UTC")
    )
    done = rehearsed(body.replace("at: ", "at: '").replace(", tells", "', tells"))
    assert {str(one.rehearsal.filing.accepted_at) for one in done} == {
        "2026-09-02 02:05:00+00:00",
        "2026-09-02 03:05:00+00:00",
    }
    assert {str(one.rehearsal.notice.notice_date) for one in done} == {"2026-09-01"}


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ("- {notice: {issuer: AAPL}}", "6:9 tests: the test expects nothing | add tells:"),
        ("- {tells: nobody}", "6:9 notice is missing"),
        ("- nonsense", "6:9 tests: expected a test, found 'nonsense'"),
        ("- {notice: {units: 5}, tells: nobody}", "notice: names neither issuer nor seller"),
        ("- {notice: {issuer: ZZZZ}, tells: nobody}", "issuer: ZZZZ is not a ticker that can be looked up"),
        ("- {notice: {isuer: AAPL}, tells: nobody}", "'isuer' is not a key here | did you mean issuer?"),
        ("- {notice: {issuer: {tikcer: A}}, tells: nobody}", "did you mean ticker?"),
        ("- {notice: {issuer: AAPL, units: x}, tells: nobody}", "units: 'x' is not a number of units"),
        ("- {notice: {issuer: AAPL, units: }, tells: nobody}", "notice: nothing stands behind units"),
        ("- {notice: {}, tells: nobody}", "notice: expected a notice"),
        ("- {notice: {document: a.xml, units: 5}, tells: nobody}", "a document says everything itself"),
        ("- {notice: none.xml, tells: nobody}", "there is no file 'none.xml' | there is: seed.xml"),
        ("- {notice: seed.xml, tells: nobody}", "6:18 notice: lists/seed.xml: "),
        ("- {notice: {issuer: AAPL}, tels: nobody}", "the test expects nothing"),
        ("- {notice: {issuer: AAPL}, not: x@y, tells: nobody}", "not: x@y has no address"),
        ("- {notice: {issuer: AAPL}, tells: []}", "tells: the list is empty"),
        ("- {notice: {issuer: AAPL}, tells: nobody, at: noon}", "at: 'noon' is not a day and a time"),
        ("- {notice: {issuer: AAPL}, tells: nobody, at: 2026-09-01 22:05 Mars/X}", "not a day and a time"),
        ("- {notice: {issuer: AAPL}, tells: nobody, at: 0001-01-01 00:05 Asia/Tokyo}", "not a day and"),
        ("- {notice: {issuer: AAPL}, tells: nobody, ats: x}", "'ats' is not a key here | did you mean at?"),
        ("[]", "tests: the list is empty"),
    ],
)
def test_a_mistake_in_a_test_is_a_mistake_of_the_file(tests: str, expected: str) -> None:
    mistakes = said(
        reading(f"issuers: [AAPL]\ntests: {tests}\n".replace("tests: -", "tests: \n      -"), seed_xml="x")
    )
    assert any(expected in mistake for mistake in mistakes), mistakes


def test_a_test_that_cannot_fail_is_warned_of() -> None:
    found = two("{notice: {issuer: QFIN}, not: 'slack:#exc'}")
    assert warned(found) == ["8:5 not: this list never tells slack:#exc | did you mean slack:#exec?"]


def test_a_list_is_rehearsed_against_the_issuers_the_secs_list_knows() -> None:
    assert "QFIN" in TICKERS
    (done,) = rehearsed("issuers: [Qfin Holdings]\ntests: [{notice: {issuer: QFIN}, tells: 'console:'}]\n")
    assert done.failures == ()


def test_the_readmes_tests_hold_for_the_readmes_list() -> None:
    first, second = (
        part.partition("```")[0]
        for part in (ROOT / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1:3]
    )
    files = {"readme.yaml": (first.partition("tell:")[0] + second).encode()}
    (watchlist,) = load_watchlists(files, TICKERS)
    assert [done.failures for done in rehearse(watchlist)] == [(), ()]
