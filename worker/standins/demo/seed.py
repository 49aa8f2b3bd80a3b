"""The filing this project began with, written by hand from its facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from worker.filings.notice import (
    AcquiredLot,
    Address,
    Form144Notice,
    PastSale,
    ProposedSale,
    Relationship,
    Source,
)


def seed_notice() -> Form144Notice:
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
    return Form144Notice(
        source=Source.XML,
        submission_type="144",
        filer_ciks=(1_963_043,),
        is_live=True,
        issuer_cik=1_741_530,
        issuer_name="360 DigiTech, Inc.",
        issuer_file_number="001-38752",
        issuer_address=Address(
            street1="7F, Lujiazui Finance Plaza",
            street2="No. 1217 Dongfang Road, Pudong New Area",
            city="Shanghai",
            state_or_country="F4",
            zip_code="200137",
        ),
        issuer_phone="(86) 21-6151-6360",
        seller_name="Ruby Finance Holdings Ltd.",
        relationships_as_filed=("10% shareholder with a director seat",),
        relationships=(Relationship.DIRECTOR, Relationship.TEN_PERCENT_HOLDER),
        proposed_sales=(
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
        acquired_lots=tuple(
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
        nothing_to_report=False,
        past_sales=(
            PastSale(
                seller_name="Ruby Finance Holdings Ltd.",
                seller_address=ruby,
                class_title="ADS",
                sale_date=date(2023, 3, 31),
                units=1_740_249,
                gross_proceeds=Decimal("0.00"),
            ),
        ),
        remarks=(
            "A prepaid variable share forward contract with Citibank, N.A. of March 31, 2021, on up to "
            "1,740,249 ADSs was amended on March 31, 2023: the dealer releases its lien on the shares "
            "and may unwind its hedge positions from May 1, 2023."
        ),
        notice_date=date(2023, 3, 31),
        signature="/s/ Neil Gray",
    )
