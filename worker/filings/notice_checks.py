"""What the form demands, and what its parts say of each other. Nothing here changes a field."""

from __future__ import annotations

from worker.filings.notice import AcquiredLot, ProblemKind, Source
from worker.filings.problems import Problems
from worker.filings.schema import NOTICE_REQUIRED
from worker.filings.walk import Values, absent

#: The printed form has no issuer CIK, and its checkboxes come out as nothing.
NOT_ON_PRINT = frozenset({"issuer_cik", "is_live"})


def check(values: Values, source: Source, problems: Problems) -> None:
    """Note what is missing, and what contradicts itself."""
    required = NOTICE_REQUIRED - NOT_ON_PRINT if source is Source.PRINT else NOTICE_REQUIRED
    absent(values, required, "", problems)
    if values.get("submission_type") == "144/A" and "previous_accession" not in values:
        why = "An amendment names the notice it replaces; this one does not."
        problems.add("previous_accession", ProblemKind.ABSENT, "", why)
    for number, lot in enumerate(values.get("acquired_lots", ())):
        _check_lot(lot, f"acquired_lots[{number}].", problems)
    _check_past_sales(values, problems)


def _check_lot(lot: AcquiredLot, path: str, problems: Problems) -> None:
    """A gift names the donor's own date; anything else names from whom and when it was paid for
    (EDGAR Form 144 XML Technical Specification, the rules beside these elements).
    """
    if lot.is_gift is True and lot.donor_acquired_date is None:
        why = "The lot was a gift, and the donor's own date of acquisition is not there."
        _add_once(path + "donor_acquired_date", why, problems)
    if lot.is_gift is False:
        if lot.acquired_from is None:
            _add_once(path + "acquired_from", "It is not said from whom the lot was acquired.", problems)
        if lot.payment_date is None:
            _add_once(path + "payment_date", "It is not said when the lot was paid for.", problems)


def _add_once(field: str, why: str, problems: Problems) -> None:
    if not problems.has(field):
        problems.add(field, ProblemKind.ABSENT, "", why)


def _check_past_sales(values: Values, problems: Problems) -> None:
    nothing, sales = values.get("nothing_to_report"), values.get("past_sales", ())
    if nothing is True and sales:
        why = f"The flag says there is nothing to report, and the table lists {len(sales)}."
        problems.add("nothing_to_report", ProblemKind.DISAGREEMENT, "Y", why)
    if nothing is False and not sales:
        why = "The flag says there are sales in the past three months, and the table lists none."
        problems.add("past_sales", ProblemKind.DISAGREEMENT, "N", why)
