"""A filing's folder on the local EDGAR: the raw document, its rendering, the submission, the index page."""

from __future__ import annotations

import re
from html import escape
from zoneinfo import ZoneInfo

from worker.filings.filing import Filing, Role
from worker.standins.edgar.answer import Answer
from worker.standins.edgar.faults import ABSENT

#: `/Archives/edgar/data/<cik>/<18 digits>/<file>`, and the `.txt` that lies beside the folder as well.
_FILE = re.compile(r"/Archives/edgar/data/(?P<cik>\d+)/(?:(?P<folder>\d{18})/)?(?P<file>(?:xsl\w+/)?[\w.-]+)")
_EASTERN = ZoneInfo("America/New_York")
_HEADINGS = {Role.ISSUER: "SUBJECT COMPANY", Role.SELLER: "REPORTING-OWNER", None: "FILER"}


def accession_in(path: str) -> tuple[str, int, str] | None:
    """Accession number, CIK and file name of an archive path, or None for any other path."""
    found = _FILE.fullmatch(path)
    if found is None:
        return None
    digits = found["folder"] or found["file"].removesuffix(".txt").replace("-", "")
    return f"{digits[:10]}-{digits[10:12]}-{digits[12:]}", int(found["cik"]), found["file"]


def folder_file(filing: Filing, document: bytes, cik: int, file: str) -> Answer:
    """The named file of the filing's folder; 404 in the folder of somebody who is no party to it."""
    if cik not in {party.cik for party in filing.parties}:
        return ABSENT
    if file == "primary_doc.xml":
        return Answer(body=document, content_type="text/xml")
    if file.startswith("xsl"):
        shown = escape(document.decode("utf-8", errors="replace"))
        return Answer(body=f"<html><body><pre>{shown}</pre></body></html>".encode())
    if file == f"{filing.accession}-index.htm":
        return Answer(body=_index_page(filing).encode())
    if file == f"{filing.accession}.txt":
        return Answer(body=submission(filing, document), content_type="text/plain")
    return ABSENT


def submission(filing: Filing, document: bytes) -> bytes:
    """The full submission: an SGML header with both parties around the document."""
    accepted = filing.accepted_at.astimezone(_EASTERN) if filing.accepted_at else None
    parties = "".join(
        f"{_HEADINGS[party.role]}:\t\n\n\tCOMPANY DATA:\t\n"
        f"\t\tCOMPANY CONFORMED NAME:\t\t\t{party.name}\n"
        f"\t\tCENTRAL INDEX KEY:\t\t\t{party.cik:010d}\n\n"
        for party in filing.parties
    )
    day = f"{accepted:%Y%m%d}" if accepted else ""
    stamp = f"{accepted:%Y%m%d%H%M%S}" if accepted else ""
    head = (
        f"<SEC-DOCUMENT>{filing.accession}.txt : {day}\n"
        f"<SEC-HEADER>{filing.accession}.hdr.sgml : {day}\n"
        f"<ACCEPTANCE-DATETIME>{stamp}\n"
        f"ACCESSION NUMBER:\t\t{filing.accession}\n"
        f"CONFORMED SUBMISSION TYPE:\t{filing.form_type}\n"
        f"PUBLIC DOCUMENT COUNT:\t\t1\nFILED AS OF DATE:\t\t{day}\n\n{parties}</SEC-HEADER>\n"
        f"<DOCUMENT>\n<TYPE>{filing.form_type}\n<SEQUENCE>1\n<FILENAME>primary_doc.xml\n<TEXT>\n<XML>\n"
    )
    return head.encode() + document + b"\n</XML>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"


def _index_page(filing: Filing) -> str:
    parties = "".join(f"<li>{escape(party.name)} (CIK {party.cik})</li>" for party in filing.parties)
    return (
        f"<!DOCTYPE html><html><head><title>Filing {filing.accession}</title></head><body>"
        f"<h1>Form {escape(filing.form_type)}, {filing.accession}</h1><ul>{parties}</ul>"
        f'<a href="primary_doc.xml">primary_doc.xml</a></body></html>'
    )
