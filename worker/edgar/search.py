"""Full-text search (EFTS), asked for one day's Form 144s: one page of its JSON.

It is not documented and answers a throttled request with an empty list now and then, so its figures are
only ever used to find more, never to conclude that there is nothing.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from worker.edgar.feed import FORMS
from worker.errors import Unreachable
from worker.filings.filing import ACCESSION, Filing, FoundBy, Party

_MOST_HITS = 10_000  #: it gives no more, whatever it has; a busy day has 250
_NAME = re.compile(r"(?P<name>.*?)(?:\s{2,}\([^()]*\))?\s+\(CIK (?P<cik>\d{10})\)\s*", re.DOTALL)


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """`hits` counts what the page holds and `total` what the search claims to hold, both in documents (a
    filing with attachments is found several times); `filings` are the Form 144s among the hits, each once.
    """

    filings: tuple[Filing, ...]
    hits: int
    total: int


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """All pages of a day. A `total` of 0 on a business day may be throttling and proves nothing."""

    filings: tuple[Filing, ...]
    total: int


class _Source(msgspec.Struct):
    ciks: list[str]
    display_names: list[str]
    form: str
    adsh: str = ""
    file_date: date | None = None


class _Hit(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    source: _Source = msgspec.field(name="_source")


class _Total(msgspec.Struct):
    value: int
    relation: str


class _Hits(msgspec.Struct):
    total: _Total
    hits: list[_Hit]


class _Answer(msgspec.Struct):
    hits: _Hits
    timed_out: bool = False


_DECODER = msgspec.json.Decoder(_Answer)


def read_search(body: bytes) -> SearchPage:
    """Read one page. Raises Unreachable where it is no search result, or a partial one."""
    try:
        answer = _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise Unreachable(f"the search answered with something else than hits: {error}") from error
    total = answer.hits.total
    if answer.timed_out or total.relation != "eq" or not 0 <= total.value <= _MOST_HITS:
        raise Unreachable("the search gives a part of its hits only")
    filings: dict[str, Filing] = {}
    for hit in answer.hits.hits:
        accession = ACCESSION.match(hit.source.adsh or hit.id)
        if accession is None:
            raise Unreachable(f"a search hit has no accession number: {hit.id[:80]!r}")
        if hit.source.form in FORMS and accession[0] not in filings:
            filings[accession[0]] = Filing(
                accession=accession[0],
                form_type=hit.source.form,
                parties=_parties(hit.source),
                found_by=FoundBy.SEARCH,
                filed_on=hit.source.file_date,
            )
    return SearchPage(filings=tuple(filings.values()), hits=len(answer.hits.hits), total=total.value)


def _parties(source: _Source) -> tuple[Party, ...]:
    """`Natera, Inc.  (NTRA)  (CIK 0001604821)`: tickers stand behind two spaces, a name's own parentheses
    behind one. No roles.
    """
    named = [_NAME.fullmatch(text) for text in source.display_names]
    return tuple(Party(cik=int(found["cik"]), name=found["name"]) for found in named if found)
