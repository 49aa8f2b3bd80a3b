"""Bytes to an XML tree, with nothing repaired and nothing fetched.

lxml's recovery mode gives a plausible, wrong tree for a damaged document; entities can read files and
grow without bound. So: strict, no entities, no DOCTYPE, no network, libxml2's own limits on depth and
text, and a limit on size before any of it.
"""

from __future__ import annotations

from lxml import etree

from worker.errors import UnreadableFiling
from worker.filings.walk import Element

#: The largest notice the schema allows is about 171,000 characters; most have 5,000.
MOST_BYTES = 1 << 20

#: Encodings a Form 144 may be declared in. Others (UTF-7, EBCDIC) would read the same bytes as other text.
ENCODINGS = frozenset(
    {"UTF-8", "US-ASCII", "ASCII", "ISO-8859-1", "WINDOWS-1252", "UTF-16", "UTF-16LE", "UTF-16BE"}
)

#: Looked for before libxml2 sees the document, which would set out to load what a DOCTYPE names.
_DOCTYPE = "<!DOCTYPE"
_HAS_DOCTYPE = "The XML declares a DOCTYPE, which no Form 144 has: it may be an attack."

_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)


def parsed(document: bytes) -> Element:
    """The root of a document whose first byte is its first byte of XML.

    Raises UnreadableFiling for what is too large, not well-formed, or has a DOCTYPE.
    """
    if len(document) > MOST_BYTES:
        raise UnreadableFiling(
            f"The XML has {len(document):,} bytes; no Form 144 has more than {MOST_BYTES:,}."
        )
    if _has_doctype(document):
        raise UnreadableFiling(_HAS_DOCTYPE)
    try:
        root = etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise UnreadableFiling(f"The XML is damaged or cut off: {_first_line(error)}.") from None
    except ValueError as error:
        raise UnreadableFiling(f"The XML cannot be decoded: {error}.") from None
    about = root.getroottree().docinfo
    if about.internalDTD is not None:
        raise UnreadableFiling(_HAS_DOCTYPE)
    if about.encoding is not None and about.encoding.upper() not in ENCODINGS:
        raise UnreadableFiling(f"The XML says it is encoded in {about.encoding!r}, which EDGAR does not use.")
    return root


def _has_doctype(document: bytes) -> bool:
    if b"\0" not in document[:4]:
        return _DOCTYPE.encode() in document
    return any(_DOCTYPE.encode(encoding) in document for encoding in ("utf-16-le", "utf-16-be"))


def _first_line(error: etree.XMLSyntaxError) -> str:
    return str(error.msg or error).splitlines()[0].rstrip(".")
