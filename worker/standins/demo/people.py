"""The made-up companies and people of the scene, and how they fill in the form."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from worker.filings.notice import (
    AcquiredLot,
    Address,
    Form144Notice,
    PastSale,
    ProposedSale,
    Source,
)


class Company(NamedTuple):
    """An issuer of the scene."""

    cik: int
    name: str
    ticker: str
    file_number: str


#: The issuer of the seed is listed under its name of today.
QFIN = Company(1_741_530, "Qfin Holdings, Inc.", "QFIN", "001-38752")

COMPANIES = {
    company.ticker: company
    for company in (
        Company(1_900_001, "Harborlight Instruments, Inc.", "HRBR", "001-90001"),
        Company(1_900_002, "Northgate Mills Corp /DE/", "NRTH", "001-90002"),
        Company(1_900_003, "Clara Therapeutics, Inc.", "CLRA", "001-90003"),
        Company(1_900_004, "Pinewell Bancshares Inc", "PNWL", "001-90004"),
        Company(1_900_005, "Quarry & Vale plc", "QVAL", "001-90005"),
        Company(1_900_006, "Sable Semiconductor Corp", "SBLE", "001-90006"),
    )
}

#: Notices nobody watches: company, (person, CIK), units, market value.
BYSTANDERS = [
    (COMPANIES["PNWL"], ("Adeyemi Folake", 1_900_201), 1_200, "38400.00"),
    (COMPANIES["PNWL"], ("HALVORSEN ERIK J", 1_900_202), 5_000, "160250.00"),
    (COMPANIES["PNWL"], ("Brandt Ulrike", 1_900_203), 800, "25616.00"),
    (COMPANIES["QVAL"], ("Castellanos Ines", 1_900_204), 15_000, "612000.00"),
    (COMPANIES["QVAL"], ("MORGENSTERN PAUL", 1_900_205), 22_000, "897600.00"),
    (COMPANIES["QVAL"], ("Duarte Miguel A.", 1_900_206), 3_100, "126480.00"),
    (COMPANIES["QVAL"], ("Vale Family Foundation", 1_900_207), 40_000, "1632000.00"),
    (COMPANIES["SBLE"], ("Iyer Lakshmi", 1_900_208), 2_500, "471250.00"),
    (COMPANIES["SBLE"], ("WENTWORTH JAMES R III", 1_900_209), 7_750, "1460875.00"),
    (COMPANIES["SBLE"], ("Sorensen Mette", 1_900_210), 640, "120640.00"),
    (COMPANIES["SBLE"], ("Nakamura Kenji", 1_900_211), 9_000, "1696500.00"),
    (COMPANIES["SBLE"], ("Petrov Anna", 1_900_212), 1_875, "353437.50"),
    (COMPANIES["PNWL"], ("Quigley Rose", 1_900_213), 450, "14411.25"),
    (COMPANIES["QVAL"], ("Eide Torvald", 1_900_214), 6_000, "244800.00"),
]

_BROKER = Address(street1="1 Example Plaza", city="New York", state_or_country="NY", zip_code="10004")
_HOME = Address(street1="2 Example Street", city="Springfield", state_or_country="IL", zip_code="62701")


def sale(units: int, value: str, on: date, *, outstanding: int = 62_520_000) -> ProposedSale:
    """One row of what is to be sold: common stock, through one broker, at Nasdaq."""
    return ProposedSale(
        class_title="Common Stock",
        broker_name="Example Securities LLC",
        broker_address=_BROKER,
        units=units,
        market_value=Decimal(value),
        units_outstanding=outstanding,
        sale_date=on,
        exchange="NASDAQ",
    )


def a_notice(
    company: Company, person: tuple[str, int], relationship: str, today: date, rows: list[ProposedSale]
) -> Form144Notice:
    """A complete notice: vested shares, and one earlier sale of a tenth as many."""
    name, cik = person
    units = sum(row.units or 0 for row in rows)
    return Form144Notice(
        source=Source.XML,
        submission_type="144",
        filer_ciks=(cik,),
        is_live=True,
        issuer_cik=company.cik,
        issuer_name=company.name,
        issuer_file_number=company.file_number,
        issuer_address=_HOME,
        issuer_phone="217-555-0100",
        seller_name=name,
        relationships_as_filed=(relationship,),
        proposed_sales=tuple(rows),
        acquired_lots=(
            AcquiredLot(
                class_title="Common Stock",
                acquired_date=today - timedelta(days=400),
                nature="Restricted Stock Vesting",
                acquired_from="Issuer",
                is_gift=False,
                units=units * 3,
                payment_date=today - timedelta(days=400),
                nature_of_payment="Compensation",
            ),
        ),
        nothing_to_report=False,
        past_sales=(
            PastSale(
                seller_name=name,
                seller_address=_HOME,
                class_title="Common Stock",
                sale_date=today - timedelta(days=40),
                units=units // 10,
                gross_proceeds=Decimal(units) * 7,
            ),
        ),
        notice_date=today,
        signature=f"/s/ {name}",
    )
