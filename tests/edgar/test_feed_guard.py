"""What is no feed of EDGAR's is refused: in little time, and never read as a shorter list."""

from __future__ import annotations

import random
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worker.edgar.feed import read_feed
from worker.edgar.feed_guard import MOST_BYTES
from worker.errors import Unreachable
from worker.filings.filing import ACCESSION

OPEN = b'<feed xmlns="http://www.w3.org/2005/Atom">'
ENTITIES = b'<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">%s]>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"no feed",
        b"/etc/hostname",
        b"http://127.0.0.1:1/feed.xml",
        b"<html><body>File Unavailable</body></html>",
        b"<feed></feed>",
        b'<feed xmlns="http://example.com/other"/>',
        b'<rss version="2.0"><channel/></rss>',
        b'<entry xmlns="http://www.w3.org/2005/Atom"/>',
        OPEN + b"<entry>",
        OPEN + b"AT&T</feed>",
        OPEN + b"\x00</feed>",
        OPEN + b"</feed><feed/>",
        b'<?xml version="1.0" encoding="no-such-code"?>' + OPEN + b"</feed>",
        OPEN + b"<entry/><entry><link><entry/></link></entry></feed>",
        (OPEN + b"</feed>").decode().encode("utf-16"),
        ENTITIES % b"" + OPEN + b"<title>&b;</title></feed>",
        b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + OPEN + b"<id>&x;</id></feed>",
        b'<!DOCTYPE feed SYSTEM "http://127.0.0.1:1/x.dtd">' + OPEN + b"</feed>",
        b"<!DOCTYPE feed>" + OPEN + b"</feed>",
        OPEN + b" " * MOST_BYTES + b"</feed>",
        OPEN + b"<a>" * 200_000,
        OPEN + b"<entry/>" * 100_000 + b"</feed>",
        OPEN + b"<entry " + b" ".join(b'a%d="x"' % number for number in range(50_000)) + b"/></feed>",
    ],
    ids=lambda body: f"{len(body)} bytes {body[:24]!r}",
)
def test_what_is_no_feed_is_refused_in_little_time(body: bytes) -> None:
    began = time.thread_time()
    with pytest.raises(Unreachable, match="latest-filings page"):
        read_feed(body)
    assert time.thread_time() - began < 2, "a page of this size must never cost seconds"


@pytest.mark.parametrize(
    "inside",
    [
        b"<entry/>" * 9_000,
        b"<entry><title>" + b"&lt;a&gt;" * 100_000 + b"</title></entry>",
        b"<entry><title>" + b"- (" * 300_000 + b"</title></entry>",
        b"<entry><title>" + b" - x (0001111111) (S" * 40_000 + b"</title></entry>",
        b"<entry><id>" + b"0000000000-" * 80_000 + b"</id></entry>",
        b"<entry>" + b'<category term="144"/>' * 9_000 + b"</entry>",
        b"<entry " + b" ".join(b'xmlns:n%d="u"' % number for number in range(30_000)) + b"/>",
    ],
    ids=lambda inside: repr(inside[:24]),
)
def test_what_is_built_like_a_feed_never_costs_seconds(inside: bytes) -> None:
    began = time.thread_time()
    read_feed(OPEN + inside + b"</feed>")
    assert time.thread_time() - began < 4, "the gate lets through only what feedparser reads quickly"


ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["type", "mode", "rel", "href", "term", "scheme", "label", "xml:base", "xml:lang", "src", "xmlns"]
    ),
    st.sampled_from(
        ["", "base64", "text/html", "xhtml", "144", "http://[", "alternate", "http://www.w3.org/1999/xhtml"]
    ),
    max_size=3,
)
TEXTS = st.sampled_from(
    ["", "144", "MTQ0", "144 - X (0000000001) (Subject)", "2026-03-02T12:00:00-05:00", "&#0;", "<b>", "\x85"]
) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=9)
TAGS = st.sampled_from(
    [
        "entry",
        "title",
        "link",
        "id",
        "updated",
        "category",
        "summary",
        "content",
        "author",
        "name",
        "source",
        "x",
    ]
)


def element(tag: str, attributes: dict[str, str], text: str, children: list[ET.Element]) -> ET.Element:
    made = ET.Element(tag, attributes)
    made.text = text
    made.extend(children)
    return made


TREES = st.recursive(
    st.builds(element, TAGS, ATTRIBUTES, TEXTS, st.just([])),
    lambda smaller: st.builds(element, TAGS, ATTRIBUTES, TEXTS, st.lists(smaller, max_size=4)),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TREES, max_size=4))
def test_whatever_a_feed_is_made_of_it_is_read_or_refused(trees: list[ET.Element]) -> None:
    feed = element("feed", {"xmlns": "http://www.w3.org/2005/Atom"}, "", trees)
    body = ET.tostring(feed, encoding="iso-8859-1")
    try:
        page = read_feed(body)
    except Unreachable:
        return
    assert page.rows <= body.count(b"<entry")
    assert all(ACCESSION.fullmatch(filing.accession) for filing in page.filings)


def test_a_page_cut_anywhere_is_refused_whole(corpus: Path) -> None:
    body = (corpus / "feeds" / "144_20251212T180331.start0.atom").read_bytes().rstrip()
    places = random.Random(144).sample(range(len(body)), 200)
    for place in places:
        with pytest.raises(Unreachable):
            read_feed(body[:place])


@pytest.mark.parametrize(
    "name", ["503_file_unavailable.html", "403_s3_access_denied.daily-index-missing.xml"]
)
def test_the_sec_s_error_pages_are_no_feeds(corpus: Path, name: str) -> None:
    with pytest.raises(Unreachable):
        read_feed((corpus / "feeds" / "errors" / name).read_bytes())
