"""The printed form as text, read into a notice: what a person has who copied EDGAR's rendered page."""

from __future__ import annotations

import re

from worker.errors import UnreadableFiling
from worker.filings import fields
from worker.filings.notice import Form144Notice, ProblemKind, Source
from worker.filings.print_issuer import issuer_values
from worker.filings.print_tables import lots, past_sales, proposed_sales
from worker.filings.print_text import taken, unescaped
from worker.filings.problems import Problems
from worker.filings.schema import PARTY, REMARKS
from worker.filings.walk import Values
from worker.filings.xml_notice import finished

#: What tells the printed form from any other text.
_TITLE = b"NOTICE OF PROPOSED SALE OF SECURITIES"

#: No printed form is larger than its XML.
MOST_BYTES = 1 << 20

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LAST_LINE = re.compile(r"^\s*ATTENTION:\s*Intentional misstatements", re.MULTILINE)
_HEADING = re.compile(r"^[ ]*144:[ ]*(.+?)[ ]*$", re.MULTILINE)
_SECTIONS = {
    "filer information": "filer",
    "issuer information": "issuer",
    "securities information": "sales",
    "securities to be sold": "lots",
    "securities sold during the past 3 months": "past",
    "remarks and signature": "remarks",
}
_FORM = re.compile(r"^[ ]*FORM[ ]+(144(?:/A)?)[ ]*$", re.MULTILINE)
_FILER_CIK = re.compile(r"^[ ]*Filer CIK[ \t]*(.*)$", re.MULTILINE)
_PREVIOUS = re.compile(r"^[ ]*Previous Accession Number[ \t]*(.*)$", re.MULTILINE)
_NOTHING = re.compile(r"^[ ]*Nothing to Report\b", re.MULTILINE)
_REMARKS = re.compile(r"^[ ]*Remarks\b(.*?)^[ ]*Date of Notice\b", re.MULTILINE | re.DOTALL)
_NOTICE_DATE = re.compile(
    r"^[ ]*Date of Notice\b[ \t\n]*(\S*)(.*?)^[ ]*(?:Date of Plan|ATTENTION:)", re.MULTILINE | re.DOTALL
)
_PLANS = re.compile(
    r"^[ ]*Date of Plan Adoption\b[^0-9]*(?:10b5-1\W)?(.*?)^[ ]*ATTENTION:", re.MULTILINE | re.DOTALL
)
_UNPLACED = "This stands below the date of the notice, and has no place in the form."
_SIGNATURE = re.compile(r"^[ ]*Signature\b(.*?)^[ ]*ATTENTION:", re.MULTILINE | re.DOTALL)


def is_print(document: bytes) -> bool:
    """Whether the form's title stands anywhere in it, behind whatever else of the page was copied."""
    return _TITLE in document[:MOST_BYTES].upper()


def notice_from_print(document: bytes) -> Form144Notice:
    """Read the print. It lacks the issuer's CIK and every checkbox, which stay None without a problem.

    Where a cell holds a name and an address, they are taken apart where that can be done surely, and
    street and city stay together in `street1`. Raises UnreadableFiling where the print is cut off.
    """
    if len(document) > MOST_BYTES:
        raise UnreadableFiling(
            f"The print has {len(document):,} bytes; no Form 144 has more than {MOST_BYTES:,}."
        )
    try:
        text = document.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise UnreadableFiling("The print is not text in UTF-8.") from None
    if _CONTROL.search(text):
        raise UnreadableFiling("The print is damaged: it holds control characters.")
    if _LAST_LINE.search(text) is None:
        raise UnreadableFiling(
            "The print is cut off: the form's last line is not there. Copy the whole page."
        )
    problems = Problems()
    before, sections = _sections(text, problems)
    values: Values = {}
    _filer(before, sections.get("filer", ""), values, problems)
    issuer_values(sections.get("issuer", ""), values, problems)
    values["proposed_sales"] = proposed_sales(sections.get("sales", ""), problems)
    values["acquired_lots"] = lots(sections.get("lots", ""), problems)
    values["past_sales"] = past_sales(sections.get("past", ""), values.get("seller_name"), problems)
    if values["past_sales"]:
        values["nothing_to_report"] = False
    elif _NOTHING.search(sections.get("past", "")):
        values["nothing_to_report"] = True
    _remarks_and_signature(sections.get("remarks", ""), values, problems)
    return finished(values, Source.PRINT, problems)


def _sections(text: str, problems: Problems) -> tuple[str, dict[str, str]]:
    """The text before the first heading, and each section's by its name."""
    headings = list(_HEADING.finditer(text))
    ends = [*[heading.start() for heading in headings[1:]], len(text)]
    sections: dict[str, str] = {}
    for heading, end in zip(headings, ends, strict=False):
        name = _SECTIONS.get(" ".join(heading[1].casefold().split()))
        if name is None:
            problems.add("", ProblemKind.UNEXPECTED, heading[1], "The form has no section of this name.")
        else:
            sections.setdefault(name, text[heading.end() : end])
    for title, name in _SECTIONS.items():
        if name not in sections:
            problems.add("", ProblemKind.ABSENT, title, "This section of the form is not there.")
    return text[: headings[0].start()] if headings else text, sections


def _filer(before: str, section: str, values: Values, problems: Problems) -> None:
    if match := _FORM.search(before):
        values["submission_type"] = match[1]
    if match := _FILER_CIK.search(section):
        cik = taken("filer_ciks", fields.cik, match[1], problems)
        values["filer_ciks"] = () if cik is None else (cik,)
    if match := _PREVIOUS.search(section):
        values["previous_accession"] = taken("previous_accession", fields.accession, match[1], problems)


def _remarks_and_signature(section: str, values: Values, problems: Problems) -> None:
    if match := _REMARKS.search(section):
        if remarks := taken("remarks", fields.text, match[1], problems, REMARKS):
            values["remarks"] = unescaped(remarks)
    else:
        problems.add("remarks", ProblemKind.ABSENT, "", "The label of the remarks is not on the print.")
    if match := _NOTICE_DATE.search(section):
        values["notice_date"] = taken("notice_date", fields.day, match[1], problems)
        if unplaced := fields.text(match[2]):
            problems.add("plan_adoption_dates", ProblemKind.UNEXPECTED, unplaced, _UNPLACED)
    if match := _PLANS.search(section):
        found = [
            taken(f"plan_adoption_dates[{number}]", fields.day, written, problems)
            for number, written in enumerate(match[1].split())
        ]
        values["plan_adoption_dates"] = tuple(day for day in found if day is not None)
    if match := _SIGNATURE.search(section):
        signature = taken("signature", fields.text, match[1], problems, PARTY)
        if signature or problems.has("signature"):
            values["signature"] = signature
