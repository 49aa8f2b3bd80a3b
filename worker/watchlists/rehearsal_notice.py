"""From the few fields of a test to the notice, the announcement and the history it stands for."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from worker.filings.filing import Filing, FoundBy, eastern_day
from worker.filings.notice import AcquiredLot, Form144Notice, PastSale, ProposedSale, Source
from worker.watchlists.conditions.recent import RecentNotice, RecentNotices, filed_on
from worker.watchlists.rehearsal_shapes import NoticeFields
from worker.watchlists.watchlist import Entry

#: No filer has a CIK this high: ten digits, far beyond what EDGAR has given out.
_NOBODYS_CIK = 9_000_000_000


def notice_of(
    fields: NoticeFields, at: datetime | None, issuer: Entry | None, seller: Entry | None
) -> Form144Notice:
    """The notice. `issuer` and `seller` are the parties as looked up; what the fields leave out is missing,
    except that no plan date means no plan and no past sales are what the form calls nothing to report.
    """
    is_told_how = fields.gift is not None or fields.acquired_how is not None
    lot = AcquiredLot(nature=fields.acquired_how, is_gift=fields.gift)
    return Form144Notice(
        source=Source.XML,
        submission_type=fields.form,
        filer_ciks=(seller.cik,) if seller is not None and seller.cik is not None else (),
        issuer_cik=issuer.cik if issuer is not None else None,
        issuer_name=issuer.called or issuer.name if issuer is not None else None,
        issuer_file_number=issuer.file_number if issuer is not None else None,
        seller_name=seller.name if seller is not None else None,
        relationships_as_filed=tuple(one.value for one in fields.relationship),
        relationships=fields.relationship,
        proposed_sales=(
            ProposedSale(
                units=fields.units,
                market_value=fields.market_value,
                units_outstanding=fields.units_outstanding,
                sale_date=fields.sale_date,
                broker_name=fields.broker,
                exchange=fields.exchange,
            ),
        ),
        acquired_lots=(lot,) if is_told_how else (),
        nothing_to_report=not fields.past_units,
        past_sales=(PastSale(units=fields.past_units),) if fields.past_units else (),
        notice_date=fields.notice_date or (eastern_day(at) if at is not None else None),
        plan_adoption_dates=(fields.plan,) if fields.plan is not None else (),
    )


def with_parties(sample: Form144Notice, issuer: Entry | None, seller: Entry | None) -> Form144Notice:
    """The sample, about that issuer and by that seller, where the test names them."""
    if issuer is not None:
        sample = msgspec.structs.replace(
            sample,
            issuer_cik=issuer.cik,
            issuer_name=issuer.called or issuer.name,
            issuer_file_number=issuer.file_number,
        )
    if seller is None:
        return sample
    ciks = (seller.cik,) if seller.cik is not None else ()
    return msgspec.structs.replace(sample, filer_ciks=ciks, seller_name=seller.name)


def unknown_filing(accession: str, at: datetime | None) -> Filing:
    """A filing of which only the number is known, and what the test says of its time."""
    return Filing(accession=accession, form_type="144", parties=(), found_by=FoundBy.PERSON, accepted_at=at)


def filing_of(notice: Form144Notice, at: datetime | None) -> Filing:
    """What EDGAR would announce, as far as the notice says; its parties stand in the notice."""
    header = notice.header
    return Filing(
        accession=(header.accession if header is not None else None) or "",
        form_type=notice.submission_type or (header.form_type if header is not None else None) or "144",
        parties=(),
        found_by=FoundBy.PERSON,
        accepted_at=at or (header.accepted_at if header is not None else None),
    )


def history_of(fields: NoticeFields, filing: Filing, notice: Form144Notice) -> RecentNotices | None:
    """As many other sellers as the test names, all filed that day; None where it names no number,
    no issuer or no day.
    """
    day = filed_on(filing, notice)
    if fields.earlier_sellers is None or notice.issuer_cik is None or day is None:
        return None
    earlier = (
        RecentNotice(
            accession="", issuer_cik=notice.issuer_cik, seller_cik=_NOBODYS_CIK + number, filed_on=day
        )
        for number in range(min(fields.earlier_sellers, 1000))
    )
    return RecentNotices(since=date.min, notices=tuple(earlier))
