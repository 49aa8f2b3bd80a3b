"""Alerts by which templates are tried: between them they say everything a message may have to say.

Everybody in them is made up, except in the seed: the notice of 31 March 2023 by which Ruby Finance Holdings
proposed to sell 1,740,249 ADSs of 360 DigiTech.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from worker.alerts.alert import Alert
from worker.filings.amendments import differences
from worker.filings.announcement import notice_from_announcement
from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.filings.notice import (
    AcquiredLot,
    Form144Notice,
    PastSale,
    Problem,
    ProblemKind,
    ProposedSale,
    Relationship,
    Source,
)
from worker.watchlists.match import Answer, Finding, Grade, Identity, Match, Side
from worker.watchlists.samples import SAMPLES

#: What templates must show as the text it is: a ping, Slack's marks, HTML, a template, a header, a text
#: direction, a terminal's command and a formula.
HOSTILE = "<!channel> *b* _i_ `c` & <b>x</b> {{7*7}}\r\nBcc: x@example.com \u202egnp.exe\x1b[2J =1+1"

#: The schema's limits (EDGAR Form 144 XML Technical Specification): repeats, and lengths of text.
LINES, LOTS, PAST_SALES = 40, 40, 200
NAME, NATURE, RELATIONSHIP, REMARKS = 150, 255, 50, 1000

_SALE_DAY = date(2023, 3, 31)


def small() -> Alert:
    """A notice that states no more than the form insists on, and little of that could be read."""
    notice = Form144Notice(
        source=Source.XML,
        submission_type="144",
        issuer_name="Example Industries Inc.",
        seller_name="Jane Q. Example",
        proposed_sales=(ProposedSale(class_title="Common"),),
        problems=(
            Problem(field="proposed_sales[0].units", kind=ProblemKind.NUMBER, raw="many", why="is no number"),
        ),
    )
    return _alert(notice, _filing(), answer=Answer.UNKNOWN, list_name=None, grade=Grade.POSSIBLE)


def seed() -> Alert:
    """The notice this program began with."""
    notice = SAMPLES["360-digitech"]
    parties = (
        Party(cik=1_741_530, name=notice.issuer_name or "", role=Role.ISSUER),
        Party(cik=1_963_043, name=notice.seller_name or "", role=Role.SELLER),
    )
    return _alert(notice, _filing(parties=parties))


def amendment() -> Alert:
    """A 144/A of two classes, with a plan and sales in the past three months."""
    notice = Form144Notice(
        source=Source.XML,
        submission_type="144/A",
        previous_accession="0000000000-23-000001",
        filer_ciks=(1_999_001,),
        issuer_cik=1_999_500,
        issuer_name="Example Industries Inc.",
        seller_name="Jane Q. Example",
        relationships_as_filed=("Director", "Officer"),
        relationships=(Relationship.DIRECTOR, Relationship.OFFICER),
        proposed_sales=tuple(
            ProposedSale(
                class_title=f"Class {name}",
                broker_name="Example & Sons",
                units=2_500,
                market_value=Decimal("61250.50"),
                units_outstanding=400_000,
                sale_date=_SALE_DAY,
                exchange="NYSE",
            )
            for name in "AB"
        ),
        nothing_to_report=False,
        past_sales=(PastSale(class_title="Class A", units=1_200, gross_proceeds=Decimal(28800)),),
        notice_date=_SALE_DAY,
        plan_adoption_dates=(date(2022, 12, 1),),
    )
    return _amends(_alert(notice, _filing("144/A")))


def unreadable() -> Alert:
    """A document that nobody could read: only what EDGAR announced is known."""
    filing = _filing()
    why = "the document is cut off after 812 bytes"
    return _alert(notice_from_announcement(filing), filing, unreadable_because=why, answer=Answer.UNKNOWN)


def maxima() -> Alert:
    """As much of everything as the schema allows."""
    return _amends(_alert(_largest("W"), _filing("144/A"), number=20))


def hostile() -> Alert:
    """As much of everything, and every text an attack."""
    return _amends(_alert(_largest(HOSTILE), _filing("144/A"), list_name=HOSTILE, words=HOSTILE))


#: What a template has to manage, by the name under which it is reported.
SPECIMENS: Mapping[str, Callable[[], Alert]] = {
    "the sample 360-digitech": seed,
    "a notice that says little": small,
    "an amendment": amendment,
    "a document nobody could read": unreadable,
    "a notice as large as the schema allows": maxima,
    "hostile text": hostile,
}


def _amends(alert: Alert) -> Alert:
    """The alert as one about an amendment of the seed, which changes nearly everything."""
    return msgspec.structs.replace(alert, amendment=differences(seed().notice, alert.notice))


def _largest(text: str) -> Form144Notice:
    def words(number: int, length: int) -> str:
        return f"{number:03} {text * length}"[:length]

    return Form144Notice(
        source=Source.XML,
        submission_type="144/A",
        previous_accession="0000000000-23-000001",
        filer_ciks=(1_999_001,),
        issuer_cik=1_999_500,
        issuer_name=words(0, NAME),
        seller_name=words(1, NAME),
        relationships_as_filed=tuple(words(number, RELATIONSHIP) for number in range(5)),
        proposed_sales=tuple(
            ProposedSale(
                class_title=words(number, NAME),
                broker_name=words(number, NAME),
                exchange=words(number, 20),
                units_outstanding=999_999_999_999,
                sale_date=_SALE_DAY,
                units=999_999_999_999,
                market_value=Decimal("99999999999999.99"),
            )
            for number in range(LINES)
        ),
        acquired_lots=tuple(AcquiredLot(nature=words(number, NATURE)) for number in range(LOTS)),
        nothing_to_report=False,
        past_sales=tuple(
            PastSale(seller_name=words(number, NAME), units=1, gross_proceeds=Decimal(1))
            for number in range(PAST_SALES)
        ),
        remarks=words(9, REMARKS),
        notice_date=_SALE_DAY,
        plan_adoption_dates=tuple(_SALE_DAY - timedelta(days=100 + number) for number in range(20)),
        problems=tuple(
            Problem(
                field=f"past_sales[{n}].units", kind=ProblemKind.NUMBER, raw=words(n, 40), why="is no number"
            )
            for n in range(PAST_SALES)
        ),
    )


def _filing(form_type: str = "144", parties: tuple[Party, ...] | None = None) -> Filing:
    return Filing(
        accession="0000000000-23-000002",
        form_type=form_type,
        parties=parties
        or (
            Party(cik=1_999_500, name="Example Industries Inc.", role=Role.ISSUER),
            Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER),
        ),
        found_by=FoundBy.FEED,
        accepted_at=datetime(2023, 3, 31, 20, 30, tzinfo=UTC),
    )


def _alert(
    notice: Form144Notice,
    filing: Filing,
    *,
    list_name: str | None = "Large sales",
    words: str = "issuer CIK 1999500",
    answer: Answer = Answer.MET,
    grade: Grade = Grade.CIK,
    number: int = 1,
    unreadable_because: str | None = None,
) -> Alert:
    identity = Identity(side=Side.ISSUER, entry=words, grade=grade, because=words)
    finding = Finding(condition="market_value over 10M", answer=answer, because=words)
    seen_at = datetime(2023, 3, 31, 20, 30, 41, tzinfo=UTC)
    return Alert(
        filing=filing,
        notice=notice,
        match=Match(watchlist_id="list", identities=(identity,) * number, findings=(finding,) * number),
        list_name=list_name,
        seen_at=seen_at,
        raised_at=seen_at + timedelta(seconds=1),
        document_url="https://www.sec.gov/Archives/edgar/data/1741530/000000000023000002-index.htm",
        unreadable_because=unreadable_because,
    )
