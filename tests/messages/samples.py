"""Alerts that between them show everything a message may have to say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from tests.builders import (
    a_filing,
    a_lot,
    a_notice,
    a_past_sale,
    a_proposed_sale,
    the_seed_filing,
    the_seed_notice,
)
from worker.alerts.alert import Alert
from worker.alerts.message import Summary
from worker.filings.amendments import differences
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Filing
from worker.filings.notice import Form144Notice, Problem, ProblemKind
from worker.filings.rule144 import computed
from worker.messages.facts import DEGRADATION, facts_of, summary_of
from worker.watchlists.match import Answer, Finding, Grade, Identity, Match, Side

HOSTILE = "<!channel> <@U012> *b* _i_ `c` & <b>x</b> {{7*7}}\r\nBcc: x@example.com \u202egnp.exe\x1b[2J =1+1"


def a_finding(**overrides: Any) -> Finding:
    values: dict[str, Any] = {
        "condition": "market_value over 100k",
        "answer": Answer.MET,
        "because": "250,000.00 > 100,000",
    }
    return Finding(**(values | overrides))


def an_identity(**overrides: Any) -> Identity:
    values: dict[str, Any] = {
        "side": Side.ISSUER,
        "entry": "EXIN",
        "grade": Grade.CIK,
        "because": "issuer CIK 1999500",
    }
    return Identity(**(values | overrides))


def a_match(**overrides: Any) -> Match:
    values: dict[str, Any] = {
        "watchlist_id": "w1",
        "identities": (an_identity(),),
        "findings": (a_finding(),),
    }
    return Match(**(values | overrides))


def an_alert(notice: Form144Notice | None = None, filing: Filing | None = None, **overrides: Any) -> Alert:
    filing = filing or a_filing()
    seen = (filing.accepted_at or a_filing().accepted_at) + timedelta(seconds=41)  # type: ignore[operator]
    values: dict[str, Any] = {
        "filing": filing,
        "notice": notice or a_notice(),
        "match": a_match(),
        "list_name": "Industrials we follow",
        "seen_at": seen,
        "raised_at": seen + timedelta(seconds=1),
        "document_url": _page(filing),
    }
    return Alert(**(values | overrides))


def _page(filing: Filing) -> str:
    plain = filing.accession.replace("-", "")
    return f"https://www.sec.gov/Archives/edgar/data/{filing.parties[0].cik}/{plain}/{filing.accession}-index.htm"


def the_seed() -> Alert:
    """The notice this project began with, matched by its issuer and by its seller."""
    return an_alert(
        the_seed_notice(),
        the_seed_filing(),
        list_name="Fintech, 10% holders",
        match=a_match(
            identities=(
                an_identity(entry="QFIN", because="issuer CIK 1741530"),
                an_identity(
                    side=Side.HOLDER,
                    entry="Ruby Finance Holdings",
                    grade=Grade.NAME,
                    because="seller Ruby Finance Holdings Ltd.",
                ),
            ),
            findings=(
                a_finding(condition="market_value over 10M", because="33,760,830.60 > 10,000,000"),
                a_finding(
                    condition="relationship ten_percent_holder",
                    because="ten_percent_holder, filed as '10% shareholder with a director seat'",
                ),
            ),
        ),
    )


def unsure() -> Alert:
    """Everything that may be doubtful at once: a name a typing error away, a value nobody can read."""
    notice = a_notice(
        proposed_sales=(a_proposed_sale(market_value=None, units_outstanding=None, sale_date=None),),
        nothing_to_report=None,
        problems=(
            Problem(
                field="proposed_sales[0].market_value",
                kind=ProblemKind.NUMBER,
                raw="about 1 million",
                why="is not a number",
            ),
        ),
    )
    match = a_match(
        identities=(
            an_identity(
                side=Side.HOLDER,
                entry="Jane Exampel",
                grade=Grade.POSSIBLE,
                because="one letter from Jane Q. Example",
            ),
        ),
        findings=(a_finding(answer=Answer.UNKNOWN, because="the market value could not be read"),),
    )
    return an_alert(notice, match=match, list_name=None)


def amendment() -> Alert:
    """A 144/A: two lines of two classes, a plan, and sales in the past three months."""
    notice = a_notice(
        submission_type="144/A",
        previous_accession="0001950047-26-000101",
        relationships_as_filed=("Director", "Officer"),
        proposed_sales=(
            a_proposed_sale(class_title="Class A"),
            a_proposed_sale(
                class_title="Class B",
                units=2_500,
                market_value=Decimal("61250.50"),
                units_outstanding=400_000,
                sale_date=date(2026, 9, 3),
                broker_name="Other & Sons",
                exchange="NYSE",
            ),
        ),
        nothing_to_report=False,
        past_sales=(
            a_past_sale(class_title="Class A"),
            a_past_sale(class_title="Class A", units=1_200, gross_proceeds=Decimal(28800)),
        ),
        plan_adoption_dates=(date(2026, 3, 2),),
    )
    return an_alert(notice, a_filing(form_type="144/A"))


def amended() -> Alert:
    """The same, where the notice it amends is known and was told of."""
    alert = amendment()
    sale = a_proposed_sale(class_title="Class A", units=9_000)
    original = a_notice(remarks="To be sold under no plan.", proposed_sales=(sale,))
    return replace(alert, amendment=differences(original, alert.notice), was_told=True)


def follows() -> Alert:
    """An amendment that meets the conditions no longer, for those who were told of what it amends."""
    sale = a_proposed_sale(units=2_000, market_value=Decimal(50_000))
    notice = a_notice(
        submission_type="144/A", previous_accession="0001950047-26-000101", proposed_sales=(sale,)
    )
    return an_alert(
        notice,
        a_filing(form_type="144/A"),
        match=a_match(findings=(a_finding(answer=Answer.NOT_MET, because="50,000.00 < 100,000"),)),
        amendment=differences(a_notice(), notice),
        was_told=True,
        only_follows=True,
    )


def orphan() -> Alert:
    """An amendment of a notice that was never read here."""
    alert = amendment()
    return replace(alert, amendment=differences(None, alert.notice))


def together() -> tuple[Summary, ...]:
    """What a message says of several: three notices of two issuers, one of them to be checked."""
    return tuple(map(a_summary, (an_alert(), the_seed(), unsure())))


def together_hostile() -> tuple[Summary, ...]:
    """Many, as hostile and as long as they come."""
    return tuple(map(a_summary, (hostile(), *(maxima(text) for text in "W&*")))) * 15


def a_summary(alert: Alert) -> Summary:
    return summary_of(facts_of(alert, computed(alert.notice), DEGRADATION[0]))


def unreadable() -> Alert:
    """A filing whose document is no notice; only what EDGAR announced is known."""
    filing = a_filing()
    return an_alert(
        notice_from_announcement(filing),
        filing,
        unreadable_because="the document is cut off after 812 bytes",
        match=a_match(findings=(a_finding(answer=Answer.UNKNOWN, because="nothing could be read"),)),
    )


def maxima(text: str = "W") -> Alert:
    """A notice as large as the schema allows, every text made of `text`."""

    def name(number: int, length: int) -> str:
        return f"{number:03} " + (text * length)[: length - 4]

    notice = a_notice(
        submission_type="144/A",
        previous_accession="0001950047-26-000101",
        issuer_name=name(0, 150),
        seller_name=name(1, 150),
        relationships_as_filed=tuple(name(n, 50) for n in range(5)),
        proposed_sales=tuple(
            a_proposed_sale(
                class_title=name(n, 150),
                broker_name=name(n, 100),
                exchange=name(n, 20),
                units=999_999_999_999,
                market_value=Decimal("99999999999999.99"),
                units_outstanding=999_999_999_999,
            )
            for n in range(40)
        ),
        acquired_lots=tuple(a_lot(nature=name(n, 255)) for n in range(40)),
        nothing_to_report=False,
        past_sales=tuple(a_past_sale(seller_name=name(n, 100), class_title=name(0, 150)) for n in range(200)),
        remarks=name(9, 1000),
        plan_adoption_dates=tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(20)),
        problems=tuple(
            Problem(
                field=f"past_sales[{n}].units", kind=ProblemKind.NUMBER, raw=name(n, 40), why="is no number"
            )
            for n in range(300)
        ),
    )
    identities = tuple(an_identity(entry=name(n, 60), because=name(n, 150)) for n in range(8))
    findings = tuple(a_finding(condition=name(n, 60), because=name(n, 60)) for n in range(20))
    return an_alert(
        notice,
        a_filing(form_type="144/A"),
        match=a_match(identities=identities, findings=findings),
        amendment=differences(a_notice(), notice),
        was_told=True,
    )


def hostile() -> Alert:
    """Every text of the notice is an attack."""
    notice = a_notice(
        issuer_name=f"I{HOSTILE}",
        seller_name=f"S{HOSTILE}",
        relationships_as_filed=(HOSTILE,),
        proposed_sales=(a_proposed_sale(class_title=HOSTILE, broker_name=HOSTILE, exchange=HOSTILE),),
        remarks=HOSTILE,
        problems=(Problem(field="remarks", kind=ProblemKind.LIMIT, raw=HOSTILE, why="is hostile"),),
    )
    identity = an_identity(entry=HOSTILE, because=HOSTILE)
    return an_alert(notice, match=a_match(identities=(identity,)), list_name=HOSTILE)


#: What the golden files show.
SHOWN = {
    "seed": the_seed,
    "unsure": unsure,
    "amendment": amendment,
    "amended": amended,
    "follows": follows,
    "orphan": orphan,
    "unreadable": unreadable,
}
