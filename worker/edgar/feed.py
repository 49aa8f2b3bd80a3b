"""The latest-filings page (getcurrent, Atom): bytes to filings.

Every filing has two rows, one per party, each with the same accession number, acceptance time and form
type; the rows appear one at a time and may lie on two pages. So a row is read as "this filing exists, and
this is one of its parties".
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import feedparser
import msgspec

from worker.edgar.feed_guard import check_feed
from worker.errors import Unreachable
from worker.filings.filing import ACCESSION, Filing, FoundBy, Party, Role

#: `type=144` asks by prefix; this is what we want of what comes.
FORMS = frozenset({"144", "144/A"})

#: Read from the right: names hold parentheses and " - ".
_TITLE = re.compile(r"(?P<form>\S+) - (?P<name>.+) \((?P<cik>\d{10})\) \((?P<role>[^()]*)\)", re.DOTALL)
_FOLDER = re.compile(r"/data/(?P<cik>\d{1,10})/")
_ROLES = {"Subject": Role.ISSUER, "Reporting": Role.SELLER}

#: What EDGAR writes anew into the head of each page: when it was made.
_MADE_AT = re.compile(rb"<(title|updated)>[^<]*</\1>")
#: A look at the feed has few pages, and most looks find nothing new on them.
_PAGES_REMEMBERED = 4


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page, read.

    `filings` are the Form 144s and 144/As on it, each once, newest acceptance first, with one party or
    two. `rows` counts every row of every form; `newest` and `oldest` are the acceptance times (aware UTC)
    of the first and last of them, None where no row has one. `unread` holds the titles of rows that may be
    a Form 144 but carry no accession number: they are not lost in silence.
    """

    filings: tuple[Filing, ...]
    rows: int
    newest: datetime | None = None
    oldest: datetime | None = None
    unread: tuple[str, ...] = ()


def read_feed(body: bytes) -> FeedPage:
    """Read a page. Raises Unreachable for anything that is not a whole Atom feed; a feed without rows is
    a page without rows.

    A page that differs from one just read only in when it was made is not parsed again.
    """
    check_feed(body)
    head, entry, rows = body.partition(b"<entry")
    return _read(_MADE_AT.sub(b"", head) + entry + rows)


@lru_cache(maxsize=_PAGES_REMEMBERED)
def _read(body: bytes) -> FeedPage:
    parsed = _parsed(body)
    filings: dict[str, Filing] = {}
    times: list[datetime] = []
    unread: list[str] = []
    for entry in parsed.entries:
        accepted_at = _instant(_text(entry, "updated"))
        if accepted_at is not None:
            times.append(accepted_at)
        form_type = _form_type(entry)
        if form_type is not None and form_type not in FORMS:
            continue
        accession = ACCESSION.search(_text(entry, "id")) or ACCESSION.search(_text(entry, "link"))
        if form_type is None or accession is None:
            unread.append(_text(entry, "title"))
            continue
        row = Filing(
            accession=accession[0],
            form_type=form_type,
            parties=_parties(entry),
            found_by=FoundBy.FEED,
            accepted_at=accepted_at,
        )
        filings[row.accession] = _joined(filings.get(row.accession), row)
    return FeedPage(
        filings=tuple(filings.values()),
        rows=len(parsed.entries),
        newest=max(times, default=None),
        oldest=min(times, default=None),
        unread=tuple(unread),
    )


def _parsed(body: bytes) -> Any:
    """The page as feedparser sees it, if it sees it without a doubt."""
    try:
        # Bytes in a BytesIO: feedparser opens a file, or a URL, that a plain argument happens to name.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except (LookupError, AttributeError, TypeError, ValueError) as error:  # a link within a link, say
        raise Unreachable(f"the latest-filings page is no feed: {error!r}") from error
    if parsed.get("bozo"):
        raise Unreachable(f"the latest-filings page is no feed: {parsed.get('bozo_exception')}")
    return parsed


def _joined(seen: Filing | None, row: Filing) -> Filing:
    """The filing with the parties of both rows."""
    if seen is None:
        return row
    more = tuple(party for party in row.parties if party not in seen.parties)
    return msgspec.structs.replace(
        seen, parties=seen.parties + more, accepted_at=seen.accepted_at or row.accepted_at
    )


def _form_type(entry: Any) -> str | None:
    """The category's term, else the form at the start of a title as EDGAR writes it, else None."""
    terms = [term for term in (_text(tag, "term") for tag in entry.get("tags") or ()) if term]
    if terms:
        return terms[0]
    title = _TITLE.fullmatch(_text(entry, "title"))
    return title["form"] if title else None


def _parties(entry: Any) -> tuple[Party, ...]:
    """The row's party; from the link and without a role where the title is not as EDGAR writes it; none
    where neither says a CIK.
    """
    text = _text(entry, "title")
    title = _TITLE.fullmatch(text)
    if title:
        return (Party(cik=int(title["cik"]), name=title["name"], role=_ROLES.get(title["role"])),)
    folder = _FOLDER.search(_text(entry, "link"))
    return (Party(cik=int(folder["cik"]), name=text),) if folder else ()


def _text(mapping: Any, key: str) -> str:
    """The text under a key, "" where feedparser has none (it may have None)."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    """EDGAR writes Eastern time with its offset; a time without one says nothing."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None
