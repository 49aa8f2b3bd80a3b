"""Notices as the documents EDGAR would serve: raw XML, full submission, printed form.

The stand-in EDGAR serves them, the demo shows them, and the reader's tests read them back. Nothing is
repaired on the way: a field that is None has no element, and a notice beyond the schema's limits is
written beyond them.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from worker.filings.filing import Filing, Party, Role
from worker.filings.notice import Form144Notice
from worker.standins.forms_print import as_print
from worker.standins.forms_xml import Serialisation, write_xml

__all__ = ["Serialisation", "as_print", "as_submission", "as_xml"]

EASTERN = ZoneInfo("America/New_York")


def as_xml(notice: Form144Notice, serialisation: Serialisation = Serialisation.DEFAULT_AND_COM) -> bytes:
    """The raw `primary_doc.xml` as EDGAR disseminates it: CCC masked, `contact` and `flags` stripped."""
    return write_xml(notice, serialisation, notice.documents)


def as_submission(
    notice: Form144Notice,
    filing: Filing,
    serialisation: Serialisation = Serialisation.DEFAULT_AND_COM,
) -> bytes:
    """The full-submission `.txt`: the SGML header with both parties, the XML, and attached documents,
    which EDGAR takes out of the XML and gives a `<DOCUMENT>` each.

    The header's parties are the filing's; one that the filing does not name is taken from the notice.
    """
    accepted = filing.accepted_at.astimezone(EASTERN) if filing.accepted_at else None
    day = f"{accepted:%Y%m%d}" if accepted else ""
    seller_cik = notice.filer_ciks[0] if notice.filer_ciks else None
    issuer = _party(filing, Role.ISSUER, notice.issuer_cik, notice.issuer_name)
    seller = _party(filing, Role.SELLER, seller_cik, notice.seller_name)
    head = [
        f"<SEC-DOCUMENT>{filing.accession}.txt : {day}",
        f"<SEC-HEADER>{filing.accession}.hdr.sgml : {day}",
        *([f"<ACCEPTANCE-DATETIME>{accepted:%Y%m%d%H%M%S}"] if accepted else []),
        f"ACCESSION NUMBER:\t\t{filing.accession}",
        f"CONFORMED SUBMISSION TYPE:\t{filing.form_type}",
        f"PUBLIC DOCUMENT COUNT:\t\t{1 + len(notice.documents)}",
        *([f"FILED AS OF DATE:\t\t{day}", f"DATE AS OF CHANGE:\t\t{day}"] if day else []),
        *_sgml_party("SUBJECT COMPANY", issuer, filing.form_type, notice.issuer_file_number),
        *_sgml_party("REPORTING-OWNER", seller, filing.form_type, None),
        "</SEC-HEADER>",
        "<DOCUMENT>",
        f"<TYPE>{filing.form_type}",
        "<SEQUENCE>1",
        "<FILENAME>primary_doc.xml",
        "<TEXT>",
        "<XML>",
    ]
    tail = ["</XML>", "</TEXT>", "</DOCUMENT>"]
    for sequence, name in enumerate(notice.documents, start=2):
        tail += ["<DOCUMENT>", "<TYPE>EX-99", f"<SEQUENCE>{sequence}", f"<FILENAME>{name}"]
        tail += ["<TEXT>", "An attachment.", "</TEXT>", "</DOCUMENT>"]
    tail.append("</SEC-DOCUMENT>")
    xml = write_xml(notice, serialisation, ())
    return b"\n".join(["\n".join(head).encode(), xml, "\n".join(tail).encode(), b""])


def _party(filing: Filing, role: Role, cik: int | None, name: str | None) -> Party | None:
    announced = filing.party(role)
    if announced is not None or cik is None:
        return announced
    return Party(cik=cik, name=name or "", role=role)


def _sgml_party(title: str, party: Party | None, form_type: str, file_number: str | None) -> list[str]:
    if party is None:
        return []
    lines = [
        "",
        f"{title}:\t",
        "",
        "\tCOMPANY DATA:\t",
        f"\t\tCOMPANY CONFORMED NAME:\t\t\t{party.name}",
        f"\t\tCENTRAL INDEX KEY:\t\t\t{party.cik:010}",
        "",
        "\tFILING VALUES:",
        f"\t\tFORM TYPE:\t\t{form_type}",
    ]
    if file_number is not None:
        lines += ["\t\tSEC ACT:\t\t1933 Act", f"\t\tSEC FILE NUMBER:\t{file_number}"]
    return lines
