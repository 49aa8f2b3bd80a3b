"""Notices from the schema's own limits, for property tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from worker.filings.notice import AcquiredLot, Address, Form144Notice, PastSale, ProposedSale, Source
from worker.filings.relationships import classified

#: Characters XML can hold; whitespace is tried in the messy tests, as the reader collapses it.
_CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
)


def tokens(most: int) -> st.SearchStrategy[str]:
    """`xs:token`: one to `most` characters, words one space apart."""
    plain = st.text(_CHARACTERS, min_size=1, max_size=most)
    words = st.lists(st.text(_CHARACTERS, min_size=1, max_size=12), min_size=1, max_size=6).map(" ".join)
    longest = st.sampled_from(["x" * most, "&" * most])
    return st.one_of(plain, words.map(lambda text: text[:most].strip()), longest).filter(
        lambda text: text == " ".join(text.split()) and len(text) <= most and bool(text)
    )


units = st.integers(0, 999_999_999_999)
money = st.decimals(0, Decimal("999999999999.99"), places=2)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31)).filter(lambda day: day.year != 1933)
ciks = st.integers(1, 9_999_999_999)
accessions = st.from_regex(r"[0-9]{10}-[0-9]{2}-[0-9]{6}", fullmatch=True).filter(str.isascii)
codes = st.from_regex(r"[A-Z][A-Z0-9]", fullmatch=True)

addresses = st.builds(
    Address,
    street1=tokens(40),
    street2=st.none() | tokens(40),
    city=tokens(30),
    state_or_country=codes,
    zip_code=st.from_regex(r"[0-9A-Za-z][0-9A-Za-z#-]{0,9}", fullmatch=True).filter(str.isascii),
)
proposed_sales = st.builds(
    ProposedSale,
    class_title=tokens(150),
    broker_name=tokens(100),
    broker_address=addresses,
    units=units,
    market_value=money,
    units_outstanding=units,
    sale_date=days,
    exchange=tokens(20),
)
lots = st.builds(
    AcquiredLot,
    class_title=tokens(150),
    acquired_date=days,
    nature=st.none() | tokens(255),
    acquired_from=tokens(100),
    is_gift=st.booleans(),
    donor_acquired_date=days,
    units=units,
    payment_date=days,
    nature_of_payment=st.none() | tokens(255),
)
past_sales = st.builds(
    PastSale,
    seller_name=tokens(100),
    seller_address=addresses,
    class_title=tokens(150),
    sale_date=days,
    units=units,
    gross_proceeds=money,
)


@st.composite
def notices(draw: st.DrawFn) -> Form144Notice:
    """Any notice the schema allows and the form's own rules do not contradict: it reads back with no
    problems at all.
    """
    past = tuple(draw(st.lists(past_sales, max_size=4)))
    is_amendment = draw(st.booleans())
    texts = tuple(
        draw(st.lists(st.sampled_from(["Officer", "Director", "Owner"]) | tokens(50), min_size=1, max_size=5))
    )
    return Form144Notice(
        source=Source.XML,
        submission_type="144/A" if is_amendment else "144",
        previous_accession=draw(accessions) if is_amendment else draw(st.none() | accessions),
        filer_ciks=(draw(ciks),),
        is_live=draw(st.booleans()),
        issuer_cik=draw(ciks),
        issuer_name=draw(tokens(150)),
        issuer_file_number=draw(st.none() | st.just("001-38752") | st.just("24R-12345678-ABCD")),
        issuer_address=draw(addresses),
        issuer_phone=draw(tokens(20)),
        seller_name=draw(tokens(150)),
        relationships_as_filed=texts,
        relationships=classified(texts),
        proposed_sales=tuple(draw(st.lists(proposed_sales, min_size=1, max_size=4))),
        acquired_lots=tuple(draw(st.lists(lots, min_size=1, max_size=4))),
        nothing_to_report=not past,
        past_sales=past,
        remarks=draw(st.none() | tokens(1000)),
        notice_date=draw(days),
        plan_adoption_dates=tuple(draw(st.lists(days, max_size=5))),
        signature=draw(tokens(150)),
        documents=tuple(
            draw(
                st.lists(
                    st.from_regex(r"[a-z][a-z0-9]{0,10}\.txt", fullmatch=True).filter(str.isascii), max_size=2
                )
            )
        ),
    )


def the_largest_notice() -> Form144Notice:
    """Every table as long, and every text as long, as the schema allows."""

    def most(length: int) -> str:
        return ("Example text " * 80)[: length - 1] + "."

    address = Address(
        street1=most(40), street2=most(40), city=most(30), state_or_country="NY", zip_code="10001-0001"
    )
    largest, dearest, day = 999_999_999_999, Decimal("999999999999.99"), date(2026, 12, 31)
    sale = ProposedSale(
        class_title=most(150), broker_name=most(100), broker_address=address, units=largest,
        market_value=dearest, units_outstanding=largest, sale_date=day, exchange=most(20),
    )  # fmt: skip
    lot = AcquiredLot(
        class_title=most(150), acquired_date=day, nature=most(255), acquired_from=most(100), is_gift=True,
        donor_acquired_date=day, units=largest, payment_date=day, nature_of_payment=most(255),
    )  # fmt: skip
    past = PastSale(
        seller_name=most(100), seller_address=address, class_title=most(150), sale_date=day, units=largest,
        gross_proceeds=dearest,
    )  # fmt: skip
    texts = (most(50),) * 5
    return Form144Notice(
        source=Source.XML, submission_type="144/A", previous_accession="0001959173-23-000608",
        filer_ciks=(9_999_999_999,), is_live=True, issuer_cik=9_999_999_999, issuer_name=most(150),
        issuer_file_number="24R-12345678-ABCD", issuer_address=address, issuer_phone=most(20),
        seller_name=most(150), relationships_as_filed=texts, relationships=classified(texts),
        proposed_sales=(sale,) * 40, acquired_lots=(lot,) * 40, nothing_to_report=False,
        past_sales=(past,) * 200, remarks=most(1000), notice_date=day, plan_adoption_dates=(day,) * 20,
        signature=most(150),
    )  # fmt: skip
