"""The scene: which filings appear on the feed, in which order, and what is the matter with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from worker.filings.filing import Filing, FoundBy, Party, Role, eastern_day
from worker.filings.notice import Form144Notice
from worker.standins.demo.people import BYSTANDERS, COMPANIES, a_notice, sale
from worker.standins.demo.seed import seed_notice
from worker.standins.forms import Serialisation, as_xml

#: The real number of the seed filing is not printed on it.
SEED = "0001963043-23-000001"
ORIGINAL = "0001959173-26-004411"
AMENDMENT = "0001959173-26-004417"
DAMAGED = "0001950047-26-007702"


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """One filing of the scene: when its first row appears after the start, and how long its second row
    and its document lag behind.
    """

    filing: Filing
    document: bytes
    appears: timedelta
    row_gap: timedelta = timedelta(0)
    document_lag: timedelta = timedelta(0)


def script(now: datetime) -> list[Scripted]:
    """The scene that begins at `now`: twenty-one filings accepted in the seconds before, appearing within
    three seconds, some after others that were accepted later.
    """
    today = eastern_day(now)
    told = [
        (SEED, seed_notice(), 0.0),
        (ORIGINAL, _amended(today, 10_000, "1450000.00"), 0.0),
        (AMENDMENT, _amendment(today), 2.4),
        (DAMAGED, _officer(today), 0.6),
        ("0001959173-26-004409", _executions(today), 0.0),
        ("0001628280-26-003318", _large_holder(today), 1.5),
        ("0001950047-26-007706", _unreadable_value(today), 0.9),
    ]
    for number, (company, person, units, value) in enumerate(BYSTANDERS):
        notice = a_notice(company, person, "Officer", today, [sale(units, value, today)])
        told.append((f"0001968582-26-{1200 + number:06}", notice, 0.2 * (number % 9)))
    scene = []
    for place, (accession, notice, appears) in enumerate(told):
        # In another order than they appear in, as EDGAR shows them.
        order = place * 8 % len(told)
        accepted = now - timedelta(seconds=6) + timedelta(seconds=0.25 * order)
        document = as_xml(notice, list(Serialisation)[place % len(Serialisation)])
        if accession == DAMAGED:
            document = document[: len(document) // 2]
        scene.append(
            Scripted(
                filing=_filing(accession, notice, accepted),
                document=document,
                appears=timedelta(seconds=0 if order == len(told) - 1 else appears),
                # While the newest has one row, every page of even length ends in the middle of a filing.
                row_gap=timedelta(seconds=6 if order == len(told) - 1 else 0.3 * (place % 3)),
                document_lag=timedelta(seconds=0.5 * (place % 2)),
            )
        )
    return scene


def _filing(accession: str, notice: Form144Notice, accepted_at: datetime) -> Filing:
    issuer = Party(cik=notice.issuer_cik or 0, name=notice.issuer_name or "", role=Role.ISSUER)
    seller = Party(cik=notice.filer_ciks[0], name=notice.seller_name or "", role=Role.SELLER)
    return Filing(
        accession=accession,
        form_type=notice.submission_type or "144",
        parties=(seller, issuer),
        found_by=FoundBy.FEED,
        accepted_at=accepted_at.replace(microsecond=0),
    )


def _amended(today: date, units: int, value: str) -> Form144Notice:
    rows = [sale(units, value, today + timedelta(days=2))]
    return a_notice(COMPANIES["HRBR"], ("Lindqvist Astrid M.", 1_900_101), "Director", today, rows)


def _amendment(today: date) -> Form144Notice:
    notice = _amended(today, 12_500, "1812500.00")
    return replace(notice, submission_type="144/A", previous_accession=ORIGINAL)


def _officer(today: date) -> Form144Notice:
    rows = [sale(4_000, "316000.00", today)]
    return a_notice(COMPANIES["NRTH"], ("OKAFOR DANIEL", 1_900_102), "Officer", today, rows)


def _executions(today: date) -> Form144Notice:
    """One class and one broker in three rows: units and values add up, the outstanding does not."""
    rows = [sale(1_000, "118940.00", today), sale(500, "59480.00", today), sale(500, "59500.00", today)]
    notice = a_notice(COMPANIES["HRBR"], ("Reyes Tomas", 1_900_103), "Chief Financial Officer", today, rows)
    return replace(notice, plan_adoption_dates=(today - timedelta(days=112),))


def _large_holder(today: date) -> Form144Notice:
    rows = [sale(2_200_000, "41360000.00", today, outstanding=88_400_000)]
    holder = ("Tidewater Growth Fund IV, L.P.", 1_900_104)
    return a_notice(COMPANIES["CLRA"], holder, "10% Stockholder", today, rows)


def _unreadable_value(today: date) -> Form144Notice:
    """A value nobody filed: the condition on it cannot be answered, and the alert says so."""
    rows = [replace(sale(90_000, "0", today, outstanding=88_400_000), market_value=None)]
    holder = ("Marchetti Family Trust dated 5/2/2011", 1_900_105)
    return a_notice(COMPANIES["CLRA"], holder, "Member of 10% owner group", today, rows)
