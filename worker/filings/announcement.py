"""The notice of a filing whose document nobody could read: only the parties EDGAR announced."""

from __future__ import annotations

from worker.filings.filing import Filing, Party, Role
from worker.filings.notice import Form144Notice, Source


def notice_from_announcement(filing: Filing) -> Form144Notice:
    """What is known before, or without, the document: type, issuer and seller as EDGAR announced them.

    Every figure is None, so that every condition on a figure answers UNKNOWN. A party whose role the
    announcement does not state takes the role that is left over where the other party has one; where
    neither has, EDGAR has not said which is which and both stay None.
    """
    issuer, seller = _roles(filing)
    return Form144Notice(
        source=Source.ANNOUNCEMENT,
        submission_type=filing.form_type,
        issuer_cik=issuer.cik if issuer else None,
        issuer_name=issuer.name if issuer else None,
        filer_ciks=(seller.cik,) if seller else (),
        seller_name=seller.name if seller else None,
    )


def _roles(filing: Filing) -> tuple[Party | None, Party | None]:
    issuer, seller = filing.party(Role.ISSUER), filing.party(Role.SELLER)
    unnamed = [party for party in filing.parties if party.role is None]
    if len(unnamed) == 1:
        if issuer is not None and seller is None:
            seller = unnamed[0]
        elif seller is not None and issuer is None:
            issuer = unnamed[0]
    return issuer, seller
