"""Values for tests: sane by default, and each test names only what it is about.

The default notice is one that a reader gives back unchanged after `worker.standins.forms` has written it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.filings.notice import (
    AcquiredLot,
    Address,
    Form144Notice,
    PastSale,
    ProposedSale,
    Relationship,
    Source,
)

#: The accession number of the 360 DigiTech notice is not printed on it; this one is made up.
SEED_ACCESSION = "0001963043-23-000001"


def a_proposed_sale(**overrides: Any) -> ProposedSale:
    values: dict[str, Any] = {
        "class_title": "Common",
        "broker_name": "Example Brokerage LLC",
        "broker_address": an_address(street1="1 Broker Plaza", city="New York", state_or_country="NY"),
        "units": 10_000,
        "market_value": Decimal("250000.00"),
        "units_outstanding": 50_000_000,
        "sale_date": date(2026, 9, 1),
        "exchange": "NASDAQ",
    }
    return ProposedSale(**(values | overrides))


def a_lot(**overrides: Any) -> AcquiredLot:
    values: dict[str, Any] = {
        "class_title": "Common",
        "acquired_date": date(2024, 3, 15),
        "nature": "Restricted Stock Vesting",
        "acquired_from": "Issuer",
        "is_gift": False,
        "units": 12_000,
        "payment_date": date(2024, 3, 15),
        "nature_of_payment": "Compensation",
    }
    return AcquiredLot(**(values | overrides))


def a_past_sale(**overrides: Any) -> PastSale:
    values: dict[str, Any] = {
        "seller_name": "Jane Q. Example",
        "seller_address": an_address(),
        "class_title": "Common",
        "sale_date": date(2026, 7, 16),
        "units": 5_000,
        "gross_proceeds": Decimal("120000.00"),
    }
    return PastSale(**(values | overrides))


def an_address(**overrides: Any) -> Address:
    values: dict[str, Any] = {
        "street1": "1 Example Way",
        "city": "Springfield",
        "state_or_country": "IL",
        "zip_code": "62701",
    }
    return Address(**(values | overrides))


def a_notice(**overrides: Any) -> Form144Notice:
    """An ordinary notice: an officer proposes to sell 10,000 vested shares worth 250,000 dollars."""
    values: dict[str, Any] = {
        "source": Source.XML,
        "submission_type": "144",
        "filer_ciks": (1_999_001,),
        "is_live": True,
        "issuer_cik": 1_999_500,
        "issuer_name": "Example Industries Inc.",
        "issuer_file_number": "001-99999",
        "issuer_address": an_address(),
        "issuer_phone": "217-555-0100",
        "seller_name": "Jane Q. Example",
        "relationships_as_filed": ("Officer",),
        "relationships": (Relationship.OFFICER,),
        "proposed_sales": (a_proposed_sale(),),
        "acquired_lots": (a_lot(),),
        "nothing_to_report": True,
        "notice_date": date(2026, 9, 1),
        "signature": "/s/ Jane Q. Example",
    }
    return Form144Notice(**(values | overrides))


def a_filing(**overrides: Any) -> Filing:
    """The announcement of `a_notice()`: same issuer, same seller, accepted at 16:05 Eastern."""
    values: dict[str, Any] = {
        "accession": "0001950047-26-000123",
        "form_type": "144",
        "parties": (
            Party(cik=1_999_500, name="Example Industries Inc.", role=Role.ISSUER),
            Party(cik=1_999_001, name="EXAMPLE JANE Q.", role=Role.SELLER),
        ),
        "found_by": FoundBy.FEED,
        "accepted_at": datetime(2026, 9, 1, 20, 5, 0, tzinfo=UTC),
    }
    return Filing(**(values | overrides))


def the_seed_notice(**overrides: Any) -> Form144Notice:
    """The notice this project began with: Ruby Finance Holdings proposes to sell 1,740,249 ADSs of 360
    DigiTech on 31 March 2023, and lists the very same units as sold that day, for 0.00.
    """
    ruby = Address(
        street1="c/o Walkers Corporate Limited",
        street2="190 Elgin Avenue, George Town",
        city="Grand Cayman",
        state_or_country="E9",
        zip_code="KY1-9008",
    )
    values: dict[str, Any] = {
        "source": Source.XML,
        "submission_type": "144",
        "filer_ciks": (1_963_043,),
        "is_live": True,
        "issuer_cik": 1_741_530,
        "issuer_name": "360 DigiTech, Inc.",
        "issuer_file_number": "001-38752",
        "issuer_address": Address(
            street1="7F, Lujiazui Finance Plaza",
            street2="No. 1217 Dongfang Road, Pudong New Area",
            city="Shanghai",
            state_or_country="F4",
            zip_code="200137",
        ),
        "issuer_phone": "(86) 21-6151-6360",
        "seller_name": "Ruby Finance Holdings Ltd.",
        "relationships_as_filed": ("10% shareholder with a director seat",),
        "relationships": (Relationship.DIRECTOR, Relationship.TEN_PERCENT_HOLDER),
        "proposed_sales": (
            ProposedSale(
                class_title='American Depositary Shares ("ADS")',
                broker_name="Citigroup Global Markets Inc.",
                broker_address=Address(
                    street1="390 Greenwich Street",
                    city="New York",
                    state_or_country="NY",
                    zip_code="10013",
                ),
                units=1_740_249,
                market_value=Decimal("33760830.60"),
                units_outstanding=318_892_703,
                sale_date=date(2023, 3, 31),
                exchange="Nasdaq",
            ),
        ),
        "acquired_lots": tuple(
            AcquiredLot(
                class_title="ADS",
                acquired_date=date(2019, 11, 27),
                nature="Securities Purchase Agreements",
                acquired_from=acquired_from,
                is_gift=False,
                units=units,
                payment_date=date(2019, 11, 27),
                nature_of_payment="$10 per ADS",
            )
            for acquired_from, units in (
                ("Monocerus Company Limited", 8_275_889),
                (
                    "Beijing Rongjia Huineng Investment Management Center (Limited Partnership)",
                    1_521_270,
                ),
                ("Sunshine Life Insurance Corporation Limited", 1_724_107),
            )
        ),
        "nothing_to_report": False,
        "past_sales": (
            PastSale(
                seller_name="Ruby Finance Holdings Ltd.",
                seller_address=ruby,
                class_title="ADS",
                sale_date=date(2023, 3, 31),
                units=1_740_249,
                gross_proceeds=Decimal("0.00"),
            ),
        ),
        "remarks": (
            "A prepaid variable share forward contract with Citibank, N.A. of March 31, 2021, on up to "
            "1,740,249 ADSs was amended on March 31, 2023: the dealer releases its lien on the shares "
            "and may unwind its hedge positions from May 1, 2023."
        ),
        "notice_date": date(2023, 3, 31),
        "signature": "/s/ Neil Gray",
    }
    return Form144Notice(**(values | overrides))


def the_seed_filing(**overrides: Any) -> Filing:
    values: dict[str, Any] = {
        "accession": SEED_ACCESSION,
        "parties": (
            Party(cik=1_741_530, name="360 DigiTech, Inc.", role=Role.ISSUER),
            Party(cik=1_963_043, name="Ruby Finance Holdings Ltd.", role=Role.SELLER),
        ),
        "accepted_at": datetime(2023, 3, 31, 20, 30, 0, tzinfo=UTC),
    }
    return a_filing(**(values | overrides))
