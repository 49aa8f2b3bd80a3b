"""The gate before feedparser: only what is built like EDGAR's page goes through.

feedparser guesses (half a page gives half the entries, an HTML page gives none), expands entities, and
takes minutes for a tag with a hundred thousand attributes. So a strict parser reads the page first and
stops at the first thing EDGAR's page does not have.
"""

from __future__ import annotations

from xml.parsers import expat

from worker.errors import Unreachable

#: A page of 100 rows is 66 kB, has 4 levels, 4 attributes a tag and about 700 elements.
MOST_BYTES = 1_000_000
_MOST_DEPTH = 12
_MOST_ATTRIBUTES = 16
_MOST_ELEMENTS = 10_000
_FEED = "http://www.w3.org/2005/Atom feed"


class _RefusedError(Exception):
    """The page has something EDGAR's page does not have."""


class _Gate:
    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.elements == 0 and name != _FEED:
            raise _RefusedError(f"its root is <{name.rpartition(' ')[2]}>, not an Atom <feed>")
        self.depth += 1
        self.elements += 1
        if self.depth > _MOST_DEPTH or self.elements > _MOST_ELEMENTS:
            raise _RefusedError("it is nested too deeply or has too many elements")
        if len(attributes) > _MOST_ATTRIBUTES:
            raise _RefusedError("a tag has too many attributes")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, *_declared: object) -> None:
        raise _RefusedError("it has a DOCTYPE")


def check_feed(body: bytes) -> None:
    """Return where the body is a well-formed, plain Atom feed; raise Unreachable, saying why, where not."""
    if len(body) > MOST_BYTES:
        raise Unreachable(f"the latest-filings page has more than {MOST_BYTES} bytes")
    gate = _Gate()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = gate.start
    parser.EndElementHandler = gate.end
    parser.StartDoctypeDeclHandler = gate.doctype
    try:
        parser.Parse(body, True)
    except (_RefusedError, expat.ExpatError, ValueError, LookupError) as error:  # the last two: its encoding
        raise Unreachable(f"the latest-filings page is no feed: {error}") from error
