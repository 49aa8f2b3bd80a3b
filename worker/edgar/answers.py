"""What an answer of the SEC means, told apart by status and body together.

One status carries several meanings: 403 is a rate block, a refused agent, or an object that is not there;
503 with an HTML page is an outage, and is also what stands beyond the end of the latest-filings list (which
is why the client never asks beyond it). Nothing here ever means "no filings".
"""

from __future__ import annotations

import re
from datetime import timedelta

from worker.errors import Blocked, ConfigurationError, Mistake, Unreachable

#: The SEC's page says ten minutes, counted from the last request; a minute more for clocks that differ.
BLOCK = timedelta(minutes=11)

_OK = 200
_FORBIDDEN = 403
_ABSENT = frozenset({404, 410})
_TOO_MANY = 429
#: Possessive: a document that begins with a thousand comments must not cost a thousand times as much.
_HTML = re.compile(rb"\s*+(?:<!--.*?-->\s*+)*+<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_DECLARE = re.compile(r"declare\s+your\s+traffic", re.IGNORECASE)
_UNDECLARED = re.compile(r"undeclared\s+automated\s+tool", re.IGNORECASE)
_RATE = re.compile(r"maximum\s+allowable\s+requests|traffic\s+limit", re.IGNORECASE)
#: The store behind /Archives says AccessDenied for what is not there, NoSuchKey for what it has lost.
_NO_OBJECT = re.compile(rb"<Code>\s*(AccessDenied|NoSuchKey)\s*</Code>")
_SEEN = 65_536  #: how far into a body the phrases are looked for


class NotYet(Unreachable):
    """The object is not there: a document just announced, or an index that has not come. Ask again."""


def body_of(status: int, body: bytes, *, url: str, agent: str, retry_after: timedelta | None = None) -> bytes:
    """The body of an answer that is one.

    Raises Blocked (over the rate, or a 403 nobody knows, read with care), ConfigurationError (the SEC
    refuses our User-Agent), NotYet (no such object), Unreachable (anything else: an outage, an empty body,
    HTML where data was asked for).
    """
    if status == _OK:
        return _data(body, url=url, agent=agent)
    if status in _ABSENT:
        raise NotYet(f"{url} is not there (status {status})")
    if status == _FORBIDDEN:
        if body.lstrip().startswith(b"<") and _NO_OBJECT.search(body[:_SEEN]):
            raise NotYet(f"{url} is not there (status {status})")
        raise _refusal(body, agent) or _blocked("status 403 with a page nobody has described", retry_after)
    if status == _TOO_MANY:
        raise _blocked("status 429", retry_after)
    raise Unreachable(f"{url} answered with status {status}", retry_after=retry_after)


def _data(body: bytes, *, url: str, agent: str) -> bytes:
    """A body with status 200, unless it is empty or one of the SEC's own pages."""
    if not body.strip():
        raise Unreachable(f"{url} answered with an empty body")
    if _HTML.match(body):  # only then: a notice's remarks may hold any phrase
        raise _refusal(body, agent) or Unreachable(f"{url} answered with an HTML page instead of data")
    return body


def _refusal(body: bytes, agent: str) -> Blocked | ConfigurationError | None:
    """The error behind one of the SEC's two refusal pages, or None where it is neither.

    The two pages have been seen under each other's title and headline, so the text decides, and a
    headline only where the text says neither.
    """
    page = body[:_SEEN].decode("utf-8", errors="replace")
    over_rate = _RATE.search(page)
    if _DECLARE.search(page) or (_UNDECLARED.search(page) and not over_rate):
        what = f"the SEC refuses the agent {agent!r} as undeclared"
        hint = 'set it to a real name and mailbox, such as "Jane Doe jane@example.com"; no URL, no noreply'
        return ConfigurationError([Mistake("EDGAR_CONTACT", what, hint)])
    if over_rate:
        return _blocked("more requests than the SEC allows", None)
    return None


def _blocked(why: str, retry_after: timedelta | None) -> Blocked:
    span = max(BLOCK, retry_after or BLOCK)
    return Blocked(f"the SEC has blocked this address: {why}", retry_after=span)
