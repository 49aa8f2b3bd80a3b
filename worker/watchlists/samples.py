"""Notices that a test under `tests:` may name: each is of a kind that lists are written for.

Everybody in them is made up, except in `360-digitech`: the notice of 31 March 2023 by which Ruby Finance
Holdings proposed to sell 1,740,249 ADSs of 360 DigiTech.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from worker.filings.notice import (
    AcquiredLot,
    Form144Notice,
    PastSale,
    ProposedSale,
    Relationship,
    Source,
)

_SALE_DAY = date(2023, 3, 31)

_SEED = Form144Notice(
    source=Source.XML,
    submission_type="144",
    filer_ciks=(1_963_043,),
    issuer_cik=1_741_530,
    issuer_name="360 DigiTech, Inc.",
    issuer_file_number="001-38752",
    seller_name="Ruby Finance Holdings Ltd.",
    relationships_as_filed=("10% shareholder with a director seat",),
    relationships=(Relationship.DIRECTOR, Relationship.TEN_PERCENT_HOLDER),
    proposed_sales=(
        ProposedSale(
            class_title='American Depositary Shares ("ADS")',
            broker_name="Citigroup Global Markets Inc.",
            units=1_740_249,
            market_value=Decimal("33760830.60"),
            units_outstanding=318_892_703,
            sale_date=_SALE_DAY,
            exchange="Nasdaq",
        ),
    ),
    acquired_lots=(AcquiredLot(class_title="ADS", units=8_275_889, nature="Securities Purchase Agreements"),),
    nothing_to_report=False,
    past_sales=(
        PastSale(
            seller_name="Ruby Finance Holdings Ltd.",
            class_title="ADS",
            sale_date=_SALE_DAY,
            units=1_740_249,
            gross_proceeds=Decimal("0.00"),
        ),
    ),
    remarks="A prepaid variable share forward contract on the ADSs was amended on this day.",
    notice_date=_SALE_DAY,
)

#: An officer sells a little of what vested, with no plan.
_OFFICER = Form144Notice(
    source=Source.XML,
    submission_type="144",
    filer_ciks=(1_999_001,),
    issuer_cik=1_999_500,
    issuer_name="Example Industries Inc.",
    issuer_file_number="001-99999",
    seller_name="Jane Q. Example",
    relationships_as_filed=("Officer",),
    relationships=(Relationship.OFFICER,),
    proposed_sales=(
        ProposedSale(
            class_title="Common",
            broker_name="Example Brokerage LLC",
            units=10_000,
            market_value=Decimal("250000.00"),
            units_outstanding=50_000_000,
            sale_date=date(2026, 9, 1),
            exchange="NASDAQ",
        ),
    ),
    acquired_lots=(
        AcquiredLot(
            class_title="Common",
            acquired_date=date(2024, 3, 15),
            nature="Restricted Stock Vesting",
            is_gift=False,
            units=10_000,
        ),
    ),
    nothing_to_report=True,
    notice_date=date(2026, 9, 1),
)


def _but(notice: Form144Notice, **others: object) -> Form144Notice:
    return msgspec.structs.replace(notice, **others)


def _sale(**others: object) -> tuple[ProposedSale, ...]:
    return (msgspec.structs.replace(_OFFICER.proposed_sales[0], **others),)


SAMPLES: Mapping[str, Form144Notice] = {
    "360-digitech": _SEED,
    "officer-without-plan": _OFFICER,
    "officer-with-plan": _but(_OFFICER, plan_adoption_dates=(date(2026, 3, 2),)),
    "officer-with-young-plan": _but(_OFFICER, plan_adoption_dates=(date(2026, 7, 20),)),
    "large-sale-by-director": _but(
        _OFFICER,
        relationships_as_filed=("Director",),
        relationships=(Relationship.DIRECTOR,),
        proposed_sales=_sale(units=2_000_000, market_value=Decimal("50000000.00")),
    ),
    "gift-to-a-trust": _but(
        _OFFICER,
        seller_name="Example Family Trust",
        filer_ciks=(1_999_002,),
        relationships_as_filed=("Affiliate",),
        relationships=(Relationship.AFFILIATE,),
        acquired_lots=(AcquiredLot(class_title="Common", nature="Gift", is_gift=True, units=10_000),),
    ),
    "amendment": _but(_OFFICER, submission_type="144/A", previous_accession="0000000000-26-000001"),
    "no-figures": _but(_OFFICER, proposed_sales=_sale(units=None, market_value=None, sale_date=None)),
}
