"""The full-submission `.txt`: an SGML header, and the form's XML in the first of its documents."""

from __future__ import annotations

from msgspec import structs

from worker.errors import UnreadableFiling
from worker.filings.header import read_header
from worker.filings.notice import Form144Notice, Header, ProblemKind, Source
from worker.filings.problems import Problems
from worker.filings.walk import Values
from worker.filings.xml_notice import finished, values_from_xml

#: Attachments (a scanned power of attorney, say) make submissions far larger than the form itself.
MOST_BYTES = 32 << 20

#: No header has more than a few thousand characters.
MOST_HEADER_BYTES = 1 << 16

_DOCUMENT = b"\n<DOCUMENT>"
_ENDS = (b"</SEC-DOCUMENT>", b"</SUBMISSION>", b"</DOCUMENT>", b"-----END PRIVACY-ENHANCED MESSAGE-----")


def notice_from_submission(document: bytes) -> Form144Notice:
    """Read a submission. Its header is compared with the XML, and fills what the XML does not say.

    Raises UnreadableFiling where it is cut off, carries no XML, or its XML is no Form 144.
    """
    if len(document) > MOST_BYTES:
        raise UnreadableFiling(
            f"The submission has {len(document):,} bytes; at most {MOST_BYTES:,} are read."
        )
    trimmed = document.rstrip()
    ends = _ENDS[:1] if trimmed.startswith(b"<SEC-DOCUMENT>") else _ENDS
    if not trimmed.endswith(ends):
        raise UnreadableFiling("The submission is cut off: its last line is not the end of a submission.")
    head, *documents = (b"\n" + trimmed).split(_DOCUMENT)
    if not documents:
        raise UnreadableFiling("The submission holds no document.")
    xml, attached = _form_and_attachments(documents)
    problems = Problems()
    text = head[:MOST_HEADER_BYTES].decode("utf-8", errors="replace").strip()
    header, count = read_header(text, problems) if text else (None, None)
    if count is not None and count != len(documents):
        why = f"The header counts {count} documents, the submission holds {len(documents)}."
        problems.add("documents", ProblemKind.DISAGREEMENT, str(count), why)
    values = values_from_xml(xml, problems)
    if attached:
        values["documents"] = [*values.get("documents", []), *attached]
    if header is None:
        return finished(values, Source.SUBMISSION, problems)
    _compare(values, header, problems)
    values["header"] = header
    return _filled(finished(values, Source.SUBMISSION, problems), header)


def _form_and_attachments(documents: list[bytes]) -> tuple[bytes, list[str]]:
    """The XML of the document typed 144, or else of the first that has any; the other documents' names."""
    with_xml = [number for number, document in enumerate(documents) if b"<XML>" in document]
    if not with_xml:
        raise UnreadableFiling(
            "The submission carries no XML. Form 144 has been filed as XML since April 2023; "
            "older notices are text, PDF or paper."
        )
    chosen = next(
        (number for number in with_xml if _tagged(b"<TYPE>", documents[number])[:3] == "144"), with_xml[0]
    )
    _, _, rest = documents[chosen].partition(b"<XML>")
    xml, closed, _ = rest.partition(b"</XML>")
    if not closed:
        raise UnreadableFiling("The submission is damaged: its XML is opened and never closed.")
    names = [
        _tagged(b"<FILENAME>", document) for number, document in enumerate(documents) if number != chosen
    ]
    return xml.strip(), [name for name in names if name]


def _tagged(tag: bytes, document: bytes) -> str:
    """What stands behind a tag at the beginning of a document, up to the end of its line; or ""."""
    _, _, rest = document[:2000].partition(b"\n" + tag)
    return rest.partition(b"\n")[0].decode("utf-8", errors="replace").strip()


def _compare(values: Values, header: Header, problems: Problems) -> None:
    """Note where header and XML name other parties or another form, before the header fills the gaps."""
    said: tuple[tuple[str, object, object], ...] = (
        ("submission_type", values.get("submission_type"), header.form_type),
        ("issuer_cik", values.get("issuer_cik"), header.issuer_cik),
    )
    for field, inside, outside in said:
        if inside is not None and outside is not None and inside != outside:
            why = f"EDGAR's header says {outside}, the XML says {inside}."
            problems.add(field, ProblemKind.DISAGREEMENT, str(inside), why)
    filers = values.get("filer_ciks", [])
    if filers and header.seller_cik is not None and not set(filers) & set(_owners(header)):
        listed = ", ".join(map(str, filers))
        why = f"EDGAR's header says {header.seller_cik}, the XML says {listed}."
        problems.add("filer_ciks", ProblemKind.DISAGREEMENT, listed, why)


def _owners(header: Header) -> tuple[int, ...]:
    first = () if header.seller_cik is None else (header.seller_cik,)
    return first + header.more_seller_ciks


def _filled(notice: Form144Notice, header: Header) -> Form144Notice:
    """What the XML does not say, EDGAR's header does; the problem of its absence stays."""
    said: dict[str, object] = {
        "submission_type": header.form_type if header.form_type in {"144", "144/A"} else None,
        "issuer_cik": header.issuer_cik,
        "issuer_name": header.issuer_name,
        "seller_name": header.seller_name,
        "filer_ciks": _owners(header),
    }
    gaps = {field: value for field, value in said.items() if value and not getattr(notice, field)}
    return structs.replace(notice, **gaps) if gaps else notice
