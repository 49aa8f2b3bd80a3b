from __future__ import annotations

import pytest

from tests.builders import a_filing, a_notice, the_seed_notice
from tests.conftest import ROOT
from tests.watchlists.lists import TICKERS, a_watchlist, reading, said, warned
from worker.standins.forms import as_xml
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.conditions.logic import LOGIC
from worker.watchlists.destination import Destination
from worker.watchlists.loading import FolderReading, load_watchlists, read_watchlists
from worker.watchlists.match import Answer
from worker.watchlists.rehearsing import Kept, Rehearsed, rehearse, wanted
from worker.watchlists.samples import SAMPLES

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
    assert {str(one.rehearsal.notice.notice_date) for one in done if one.rehearsal.notice} == {"2026-09-01"}


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
        (
            "- {notice: {issuer: AAPL}, tells: nobdy}",
            "tells: 'nobdy' is no destination | did you mean nobody?",
        ),
        (
            "- {notice: {issuer: NVDX}, tells: nobody}",
            "issuer: NVDX is not a ticker that can be looked up | did",
        ),
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
    (watchlist,) = load_watchlists({"readme.yaml": (first + second).encode()}, TICKERS)
    assert [done.failures for done in rehearse(watchlist)] == [(), ()]


LISTS_OF_THE_DOCS = [
    part.partition("```")[0]
    for part in (ROOT / "docs" / "watchlists.md").read_text(encoding="utf-8").split("```yaml\n")[1:]
]


@pytest.mark.parametrize("written", LISTS_OF_THE_DOCS, ids=range(len(LISTS_OF_THE_DOCS)))
def test_every_list_in_the_docs_is_one_the_program_reads_and_its_tests_hold(written: str) -> None:
    (watchlist,) = load_watchlists({"docs.yaml": written.encode()}, TICKERS)
    assert [done.failures for done in rehearse(watchlist) if done.failures] == []
    assert len(watchlist.rehearsals) == written.count(" notice: {")


AT_NIGHT = """\
name: A list
owner: Jane Doe
quiet_hours: 22:00-07:00, weekends and NYSE holidays America/New_York
tell:
  - slack:#ir
  - {to: email:a@example.com, digest: daily 18:00 Asia/Tokyo}
  - {to: slack:#exec, when: {market_value: over 50M}}
issuers: [QFIN]
tests:
  - """


def at_night(test: str) -> FolderReading:
    return read_watchlists({"lists/one.yaml": AT_NIGHT.encode() + test.encode() + b"\n"}, TICKERS)


def failures(test: str) -> tuple[str, ...]:
    found = at_night(f"{{notice: {{issuer: QFIN, market_value: 12M}}, {test}}}")
    assert said(found) == []
    (done,) = rehearse(found.watchlists[0])
    return done.failures


@pytest.mark.parametrize(
    "test",
    [
        # Tuesday evening, a minute before and after.
        "at: 2026-09-01 21:59, tells: 'slack:#ir', not: 'slack:#exec'",
        "at: 2026-09-01 22:01, holds: {to: 'slack:#ir', until: 07:00}, not: 'slack:#exec'",
        "at: 2026-09-01 22:01, holds: {to: 'slack:#ir', until: 2026-09-02 07:00}",
        # Friday night, into the weekend and Labor Day; and the holiday itself, at noon.
        "at: 2026-09-04 22:01, holds: {to: 'slack:#ir', until: 2026-09-08 07:00}",
        "at: 2026-09-07 12:00, holds: ['slack:#ir']",
        # The same instants by other clocks.
        "at: 2026-09-02 03:59 Europe/Vienna, tells: 'slack:#ir'",
        "at: 2026-09-02 04:01 Europe/Vienna, holds: {to: 'slack:#ir', until: 13:00}",
        # A digest has a time of its own.
        "at: 2026-09-01 21:59, holds: {to: 'email:a@example.com', until: 2026-09-02 05:00}",
        # A silence ends when somebody ends it, at whatever time.
        "silenced: issuer, holds: ['slack:#ir', 'email:a@example.com'], not: 'slack:#exec'",
        "at: 2026-09-01 21:59, silenced: list, holds: ['slack:#ir', 'email:a@example.com'], tells: nobody",
    ],
)
def test_a_test_at_a_time_holds_the_list_to_who_is_told_who_waits_and_who_hears_nothing(test: str) -> None:
    assert failures(test) == ()


HOURS = "22:00 to 07:00, weekends, NYSE holidays, America/New_York"
LATE = f"slack:#ir would wait until 2026-09-02 07:00 EDT (quiet hours, {HOURS})"
SILENCED = "slack:#ir would wait until somebody releases it (a silence of the seller)"


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("at: 2026-09-01 22:01, tells: 'slack:#ir'", LATE),
        ("at: 2026-09-01 22:01, not: 'slack:#ir'", LATE),
        ("at: 2026-09-01 22:01, tells: nobody", f"{LATE}; expected was nobody"),
        (
            "at: 2026-09-01 21:59, holds: 'slack:#ir'",
            "slack:#ir would be told at once; expected was that it waits",
        ),
        (
            "at: 2026-09-01 22:01, holds: 'slack:#exec'",
            "slack:#exec would not be told; expected was that it waits",
        ),
        (
            "at: 2026-09-01 22:01, holds: {to: 'slack:#ir', until: 08:00}",
            f"{LATE}; expected was until 2026-09-02 08:00 EDT",
        ),
        ("silenced: seller, tells: 'slack:#ir'", SILENCED),
    ],
)
def test_what_waits_or_does_not_against_expectation_is_said_with_the_time(test: str, expected: str) -> None:
    assert expected in failures(test)


def test_without_a_time_no_hours_are_quiet() -> None:
    assert failures("tells: ['slack:#ir', 'email:a@example.com']") == ()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_can_be_tested_about_an_issuer_and_seller_of_the_list(name: str) -> None:
    body = "issuers: [QFIN]\nholders: [{cik: 77}]\n"
    (issuer, seller, own) = rehearsed(
        f"{body}tests:\n  - {{notice: {{sample: {name}, issuer: QFIN}}, tells: 'console:'}}\n"
        f"  - {{notice: {{sample: {name}, seller: 77}}, tells: 'console:'}}\n"
        f"  - {{notice: {name}, tells: {'console:' if name == '360-digitech' else 'nobody'}}}\n"
    )
    assert issuer.failures == seller.failures == own.failures == ()


def test_a_sample_answers_the_questions_it_is_made_for() -> None:
    plan, young, large, gift, figures = rehearsed(
        "any_notice: true\nwhen: {any: [{plan_age: under 90 days}, {market_value: over 10M}, {gift: true}]}\n"
        "tests:\n  - {notice: officer-with-plan, tells: nobody}\n"
        "  - {notice: officer-with-young-plan, tells: 'console:'}\n"
        "  - {notice: large-sale-by-director, tells: 'console:'}\n"
        "  - {notice: gift-to-a-trust, tells: 'console:'}\n"
        "  - {notice: no-figures, tells: 'console:'}\n"
    )
    assert [one.failures for one in (plan, young, large, gift, figures)] == [()] * 5
    assert not figures.match.is_certain


def test_a_test_of_a_notice_in_the_ledger_waits_for_a_ledger() -> None:
    watchlist = a_watchlist(
        f"issuers: [1999500]\ntests: [{{notice: {a_filing().accession}, tells: 'console:'}}]\n"
    )
    assert wanted([watchlist]) == (a_filing().accession,)
    assert list(rehearse(watchlist)) == []
    kept = {a_filing().accession: Kept(filing=a_filing(), notice=a_notice())}
    (done,) = rehearse(watchlist, kept)
    assert (done.failures, done.told) == ((), (Destination("console"),))


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("holds: 'slack:#ir'", "nothing waits at no time | add at: 2026-09-01 22:05"),
        ("at: 2026-09-01 22:05, holds: {to: 'slack:#ir', until: noon}", "until: 'noon' is not a time"),
        ("at: 2026-09-01 22:05, holds: {until: 07:00}", "to is missing"),
        ("at: 2026-09-01 22:05, holds: {to: 'slack:#ir', util: 07:00}", "did you mean until?"),
        ("silenced: list, holds: {to: 'slack:#ir', until: 07:00}", "a silence ends when somebody ends it"),
        ("silenced: everybody, holds: 'slack:#ir'", "'everybody' is not one of issuer, seller, list"),
    ],
)
def test_a_mistake_in_what_waits_is_a_mistake_of_the_file(test: str, expected: str) -> None:
    mistakes = said(at_night(f"{{notice: {{issuer: QFIN}}, {test}}}"))
    assert any(expected in mistake for mistake in mistakes), mistakes
    assert all(mistake[0].isdigit() for mistake in mistakes)


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ("oficer-with-plan", "did you mean officer-with-plan?"),
        ("{sample: amendment, market_value: 5M}", "a sample says its figures itself"),
        ("{accession: 0001950047-26-000123, units: 5}", "a filing says everything itself"),
        ("{accession: 26-000123}", "'26-000123' is not an accession number"),
    ],
)
def test_a_mistake_in_naming_a_notice_is_a_mistake_of_the_file(notice: str, expected: str) -> None:
    mistakes = said(at_night(f"{{notice: {notice}, tells: nobody}}"))
    assert any(expected in mistake for mistake in mistakes), mistakes


def test_earlier_sellers_filed_on_the_day_of_the_test() -> None:
    """In the evening too, and where the notice bears another day."""
    (told,) = rehearsed(
        "issuers: [AAPL]\nwhen: {cluster: 2 sellers in 5 days}\ntests:\n"
        "  - notice: {issuer: AAPL, seller: 77, earlier_sellers: 1, notice_date: 2026-09-09}\n"
        "    at: 2026-09-01 21:30\n"
        "    tells: 'console:'\n"
    )
    assert told.match.findings[0].answer is Answer.MET


@pytest.mark.parametrize("nobody", ["nobody", "none", "Nothing"])
def test_nobody_has_other_words(nobody: str) -> None:
    found = two(f"{{notice: {{issuer: AAPL}}, tells: {nobody}}}")
    assert said(found) == []
    (done,) = rehearse(found.watchlists[0])
    assert done.failures == ()
