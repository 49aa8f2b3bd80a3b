"""Values for tests: sane by default, and each test names only what it is about.

The default notice is one that a reader gives back unchanged after `worker.standins.forms` has written it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec import structs

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
from worker.standins.demo.seed import seed_notice

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
    return structs.replace(seed_notice(), **overrides)


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
