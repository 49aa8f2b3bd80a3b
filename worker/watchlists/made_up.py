"""The facts of a made-up notice, and the notice they make.

A notice that is made up says so in a name: whoever of issuer and seller the list does not ask for is called
DRILL, and so is the other one where it is asked for by a number.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from worker.filings.notice import (
    AcquiredLot,
    Address,
    Form144Notice,
    PastSale,
    ProposedSale,
    Relationship,
    Source,
)
from worker.filings.relationships import classified
from worker.watchlists.match import Side
from worker.watchlists.watchlist import Entry

#: Nobody has CIKs this high: ten digits, far beyond what EDGAR has given out.
NO_ISSUER, NO_SELLER = 9_999_999_998, 9_999_999_999

_NAME = 150  #: the schema's limit for a name (`filings/notice.py`)
_NOWHERE = Address(street1="DRILL", city="DRILL", state_or_country="NY", zip_code="00000")

#: What a filer writes for each class of relationship.
WORDS = {
    Relationship.OFFICER: "Officer",
    Relationship.DIRECTOR: "Director",
    Relationship.TEN_PERCENT_HOLDER: "10% Stockholder",
    Relationship.FAMILY_MEMBER: "Member of immediate family of any of the foregoing",
    Relationship.AFFILIATE: "Affiliate",
    Relationship.FORMER_OFFICER: "Former Officer",
    Relationship.FORMER_DIRECTOR: "Former Director",
    Relationship.FORMER_TEN_PERCENT_HOLDER: "Former 10% Stockholder",
    Relationship.FORMER_AFFILIATE: "Former Affiliate",
    Relationship.OTHER: "Other",
}


class MadeUp(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen freely. `plan` is the adoption of a Rule 10b5-1 plan, None without one."""

    form: str
    relationship: str
    is_entity: bool
    is_gift: bool
    broker: str
    exchange: str
    nature: str
    units: int
    value: Decimal
    outstanding: int
    past_units: int
    sale_date: date
    plan: date | None

    @classmethod
    def ordinary(cls, day: date) -> MadeUp:
        """An officer proposes to sell 10,000 vested shares worth 250,000 dollars that day."""
        return cls(
            form="144",
            relationship=WORDS[Relationship.OFFICER],
            is_entity=False,
            is_gift=False,
            broker="DRILL Broker",
            exchange="NASDAQ",
            nature="Restricted stock vesting",
            units=10_000,
            value=Decimal(250_000),
            outstanding=50_000_000,
            past_units=0,
            sale_date=day,
            plan=None,
        )


def notice_of(made: MadeUp, entry: Entry | None, day: date) -> Form144Notice:
    """The notice of that day about that entry; None is a list that asks about every notice."""
    issuer = entry if entry is not None and entry.side is not Side.HOLDER else None
    holder = entry if entry is not None and entry.side is Side.HOLDER else None
    seller = _called(holder, "DRILL Seller Trust" if made.is_entity else "DRILL Seller")
    lot = AcquiredLot(
        class_title="Common",
        acquired_date=day,
        nature=made.nature,
        acquired_from="DRILL",
        is_gift=made.is_gift,
        donor_acquired_date=day if made.is_gift else None,
        units=made.units,
        payment_date=day,
        nature_of_payment="DRILL",
    )
    past = PastSale(
        seller_name=seller,
        seller_address=_NOWHERE,
        class_title="Common",
        units=made.past_units,
        gross_proceeds=Decimal(made.past_units),
        sale_date=day - timedelta(days=30),
    )
    return Form144Notice(
        source=Source.XML,
        submission_type=made.form,
        is_live=False,
        filer_ciks=((holder.cik if holder is not None and holder.cik else NO_SELLER),),
        issuer_cik=issuer.cik if issuer is not None and issuer.cik else NO_ISSUER,
        issuer_name=_called(issuer, "DRILL Issuer"),
        issuer_file_number=(issuer.file_number if issuer is not None else None) or "000-00000",
        issuer_address=_NOWHERE,
        issuer_phone="000-000-0000",
        seller_name=seller,
        relationships_as_filed=(made.relationship,),
        relationships=classified([made.relationship]),
        proposed_sales=(
            ProposedSale(
                class_title="Common",
                broker_name=made.broker,
                broker_address=_NOWHERE,
                units=made.units,
                market_value=made.value,
                units_outstanding=made.outstanding,
                sale_date=made.sale_date,
                exchange=made.exchange,
            ),
        ),
        acquired_lots=(lot,),
        nothing_to_report=not made.past_units,
        past_sales=(past,) if made.past_units else (),
        remarks="DRILL: nobody filed this notice.",
        notice_date=day,
        plan_adoption_dates=(made.plan,) if made.plan is not None else (),
        signature="DRILL",
    )


def _called(entry: Entry | None, otherwise: str) -> str:
    """The name by which the list knows it, where it is known by nothing else; else one that says DRILL."""
    if entry is None:
        return otherwise
    if entry.cik is None and entry.file_number is None and entry.name is not None:
        return entry.name[:_NAME]
    return f"DRILL {entry.called or entry.name or entry.text}"[:_NAME]
