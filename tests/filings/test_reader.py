"""The one door: what a document is, is decided by its content, and what it is not is said in a sentence."""

from __future__ import annotations

import gzip

import pytest

from tests.builders import a_filing, a_notice
from worker.errors import UnreadableFiling
from worker.filings.notice import Source
from worker.filings.reader import read_notice
from worker.standins.forms import as_print, as_submission, as_xml

XML = as_xml(a_notice())
RENDERED = b"<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN'><html><title>SEC FORM 144</title></html>"


@pytest.mark.parametrize("before", [b"", b"\n", b"\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_what_stands_before_the_declaration_does_not_matter(before: bytes) -> None:
    assert read_notice(before + XML) == a_notice()


def test_utf_16_is_xml_too() -> None:
    text = XML.decode().replace("'UTF-8'", "'UTF-16'")
    assert read_notice(text.encode("utf-16")) == a_notice()


def test_text_that_was_saved_as_utf_16_is_not_called_damaged_xml() -> None:
    for text in (as_print(a_notice()), as_submission(a_notice(), a_filing()), b"hello"):
        for encoding in ("utf-16-le", "utf-16-be"):
            with pytest.raises(
                UnreadableFiling, match="encoded in UTF-16, which only XML may be; save it as UTF-8"
            ):
                read_notice(("\ufeff" + text.decode()).encode(encoding))


def test_the_source_says_which_wrapping_it_was() -> None:
    wrapped = {
        Source.XML: XML,
        Source.SUBMISSION: as_submission(a_notice(), a_filing()),
        Source.PRINT: as_print(a_notice()),
    }
    assert {source: read_notice(document).source for source, document in wrapped.items()} == {
        source: source for source in wrapped
    }


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (gzip.compress(XML), "gzip"),
        (b"PK\x03\x04....", "zip"),
        (b"hello", "neither XML"),
        (b"\xff" * 100, "neither XML"),
        (b"<ownershipDocument/>", "Form 3, 4 or 5"),
        (b"<Error><Code>AccessDenied</Code></Error>", "error page"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
        (b"<edgarSubmission xmlns='http://www.sec.gov/edgar/formD'/>", "root is edgarSubmission in http"),
        (b"<edgarSubmission/>", "no namespace"),
        (b"<edgarSubmission xmlns='http://www.sec.gov/edgar/ownership'/>", "no formData"),
        (XML[:-1], "damaged or cut off"),
        (XML.replace(b"Example Industries", b"Example & Industries"), "damaged or cut off"),
        (XML.replace(b"UTF-8", b"UTF-7"), "encoded in|damaged|decoded"),
        (XML.replace(b"Jane", b"J\xe4ne"), "damaged or cut off"),
        (b"<html>Your Request Originates from an Undeclared Automated Tool</html>", "turns away"),
        (b"<html><title>Request Rate Threshold Exceeded</title></html>", "turns away"),
        (b"<html><body>Hello</body></html>", "is a web page, not a document"),
        (RENDERED, "the raw document is primary_doc.xml"),
        (b"<?xml version='1.0'?>\n" + RENDERED, "the raw document is primary_doc.xml"),
        (as_print(a_notice())[:-130], "cut off"),
        (as_print(a_notice()).replace(b"Jane", b"J\xe4ne"), "UTF-8"),
        (as_print(a_notice()).replace(b"Jane", b"J\x07ne"), "control characters"),
    ],
)  # fmt: skip
def test_what_is_no_readable_notice_is_refused_with_a_reason(document: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFiling, match=reason):
        read_notice(document)


def test_the_rendered_page_is_refused_with_the_raw_documents_address() -> None:
    folder = "https://www.sec.gov/Archives/edgar/data/320193/000192109426000555"
    with pytest.raises(UnreadableFiling, match=f"{folder}/primary_doc.xml$"):
        read_notice(RENDERED, url=f"{folder}/xsl144X01/primary_doc.xml")
