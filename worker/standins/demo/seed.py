"""The filing this project began with, written by hand from its facts."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from worker.filings.notice import Address, Form144Notice
from worker.watchlists.samples import SAMPLES


def seed_notice() -> Form144Notice:
    """The notice this project began with: Ruby Finance Holdings proposes to sell 1,740,249 ADSs of 360
    DigiTech on 31 March 2023, and lists the very same units as sold that day, for 0.00.

    It is the sample `360-digitech` with what only a whole document needs.
    """
    sample = SAMPLES["360-digitech"]
    (proposed,) = sample.proposed_sales
    (past,) = sample.past_sales
    (lot,) = sample.acquired_lots  # the first of three
    bought = date(2019, 11, 27)
    return replace(
        sample,
        is_live=True,
        issuer_address=Address(
            street1="7F, Lujiazui Finance Plaza",
            street2="No. 1217 Dongfang Road, Pudong New Area",
            city="Shanghai",
            state_or_country="F4",
            zip_code="200137",
        ),
        issuer_phone="(86) 21-6151-6360",
        proposed_sales=(
            replace(
                proposed,
                broker_address=Address(
                    street1="390 Greenwich Street",
                    city="New York",
                    state_or_country="NY",
                    zip_code="10013",
                ),
            ),
        ),
        acquired_lots=tuple(
            replace(
                lot,
                acquired_date=bought,
                acquired_from=acquired_from,
                is_gift=False,
                units=units,
                payment_date=bought,
                nature_of_payment="$10 per ADS",
            )
            for acquired_from, units in (
                ("Monocerus Company Limited", lot.units),
                (
                    "Beijing Rongjia Huineng Investment Management Center (Limited Partnership)",
                    1_521_270,
                ),
                ("Sunshine Life Insurance Corporation Limited", 1_724_107),
            )
        ),
        past_sales=(
            replace(
                past,
                seller_address=Address(
                    street1="c/o Walkers Corporate Limited",
                    street2="190 Elgin Avenue, George Town",
                    city="Grand Cayman",
                    state_or_country="E9",
                    zip_code="KY1-9008",
                ),
            ),
        ),
        remarks=(
            "A prepaid variable share forward contract with Citibank, N.A. of March 31, 2021, on up to "
            "1,740,249 ADSs was amended on March 31, 2023: the dealer releases its lien on the shares "
            "and may unwind its hedge positions from May 1, 2023."
        ),
        signature="/s/ Neil Gray",
    )
