"""The one door: any document in, a Form144Notice out, or UnreadableFiling with a person's reason."""

from __future__ import annotations

import re

from worker.errors import UnreadableFiling
from worker.filings.notice import Form144Notice
from worker.filings.print_notice import is_print, notice_from_print
from worker.filings.submission import notice_from_submission
from worker.filings.xml_notice import notice_from_xml

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SUBMISSION = re.compile(
    rb"(?:<SEC-DOCUMENT>|<SEC-HEADER>|<IMS-HEADER>|<SUBMISSION>|<DOCUMENT>|-----BEGIN PRIV)"
)
_WEB_PAGE = re.compile(rb"(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)

#: How much of a document is looked at to see what it is.
_SNIFFED = 4096

#: Files that are no text at all, by their first bytes.
_MAGIC = {
    b"%PDF": "It is a PDF. Form 144 has been filed as XML since April 2023; older notices are PDF or paper.",
    b"\x1f\x8b": "It is compressed with gzip; unpack it first.",
    b"PK\x03\x04": "It is a zip archive; unpack it first.",
}


def read_notice(document: bytes, *, url: str | None = None) -> Form144Notice:
    """Read a Form 144 from whatever wraps it, which is decided by its content alone.

    Raw `primary_doc.xml`, full-submission `.txt` and the printed form as text are read; the notice's
    `source` says which it was. A field that cannot be read is None and stands in `problems`. `url`, where
    the document came from, only helps to name the right address in an error.

    Raises UnreadableFiling, with a sentence for a person, where the document is not a Form 144, is
    damaged, or is hostile. There is no third outcome.
    """
    body = document.removeprefix(_UTF8_MARK).lstrip()
    if not body:
        raise UnreadableFiling("The document is empty.")
    start = body[:_SNIFFED]
    for magic, why in _MAGIC.items():
        if start.startswith(magic):
            raise UnreadableFiling(why)
    if _SUBMISSION.match(start):
        return notice_from_submission(body)
    if _WEB_PAGE.match(start):
        raise UnreadableFiling(_why_not_a_web_page(body, url))
    if start.startswith(b"<"):
        return notice_from_xml(body)
    if document.startswith(_UTF16_MARKS):
        begins = document[:_SNIFFED].decode("utf-16", errors="replace").lstrip().encode(errors="replace")
        if begins.startswith(b"<") and not _SUBMISSION.match(begins):
            return notice_from_xml(document)
        raise UnreadableFiling("It is text encoded in UTF-16, which only XML may be; save it as UTF-8.")
    if is_print(body):
        return notice_from_print(body)
    raise UnreadableFiling(
        "It is neither XML, nor a submission of EDGAR's, nor the printed form of a notice."
    )


def _why_not_a_web_page(page: bytes, url: str | None) -> str:
    if b"Request Rate Threshold Exceeded" in page or b"Undeclared Automated Tool" in page:
        return "It is the page with which the SEC turns away requests, not a document."
    if b"<SEC-HEADER>" in page:
        return "It is the index page of a filing; read the document it links to, primary_doc.xml."
    if b"Form 144" in page or b"FORM 144" in page:
        if url is not None and "/xsl" in url:
            raw = re.sub(r"/xsl[^/]*/", "/", url)
            return f"It is the form rendered as a web page; the raw document is {raw}"
        return (
            "It is the form rendered as a web page; the raw document is primary_doc.xml "
            "at the same address without xsl144X01/."
        )
    return "It is a web page, not a document of a filing."
