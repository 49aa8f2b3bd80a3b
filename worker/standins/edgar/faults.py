"""The ways in which EDGAR fails, each as the answer a client gets to see.

The bodies are our own words around the phrases by which the SEC's pages can be told apart; the title of
the undeclared-tool page is, as often in reality, that of the rate page.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from worker.standins.edgar.answer import Answer, Ending, Packing

SLOW_SECONDS = 5.0
ENDLESS_BYTES = 20_000_000

_RATE = (
    "<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body>"
    "<h1>You’ve Exceeded the SEC’s Traffic Limit</h1><p>Stand-in: more than the SEC’s maximum allowable "
    "requests per second.</p></body></html>"
).encode()
_UNDECLARED = (
    b"<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body>"
    b"<h1>Your Request Originates from an Undeclared Automated Tool</h1><p>Stand-in: please declare your "
    b"traffic by updating your user agent.</p></body></html>"
)
_UNAVAILABLE = (
    b"<!DOCTYPE html><html><head><title>SEC.gov | File Unavailable</title></head><body>"
    b"<p>Stand-in: undergoing maintenance.</p></body></html>"
)
_S3 = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>Stand-in</Message></Error>'
_NO_HITS = b'{"took":3,"timed_out":false,"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}'

ABSENT = Answer(status=404, body=_S3 % b"NoSuchKey", content_type="application/xml")
DENIED = Answer(status=403, body=_S3 % b"AccessDenied", content_type="application/xml")
RATE = Answer(status=403, body=_RATE)
UNDECLARED = Answer(status=403, body=_UNDECLARED)
UNAVAILABLE = Answer(status=503, body=_UNAVAILABLE)


class Fault(StrEnum):
    """What goes wrong with one answer."""

    RATE = "403: over the rate"
    UNDECLARED = "403: undeclared agent"
    DENIED = "403: object absent"
    FORBIDDEN = "403: a page nobody has described"
    ABSENT = "404: object absent"
    TOO_MANY = "429"
    BACKEND = "500"
    UNAVAILABLE = "503: HTML"
    TRUNCATED = "the connection closes half-way"
    HALVED = "half of the body, with a length to match"
    EMPTY = "an empty 200"
    RESET = "a TCP reset"
    SLOW = "the answer comes late"
    HTML = "HTML with a 200"
    GZIPPED = "403: object absent, gzip'd unasked"
    NO_HITS = "an empty list of search hits"
    ELSEWHERE = "a redirect to another host"
    ENDLESS = "far more bytes than any real answer"


def spoil(answer: Answer, fault: Fault) -> Answer:
    """The answer as a client gets it while the fault lasts."""
    spoiled = {
        Fault.RATE: RATE,
        Fault.UNDECLARED: UNDECLARED,
        Fault.DENIED: DENIED,
        Fault.FORBIDDEN: Answer(status=403, body=b"<html><body>Reference 18.5</body></html>"),
        Fault.ABSENT: ABSENT,
        Fault.TOO_MANY: Answer(status=429, body=_RATE),
        Fault.BACKEND: Answer(status=500, body=b"<html><body>Internal Server Error</body></html>"),
        Fault.UNAVAILABLE: UNAVAILABLE,
        Fault.EMPTY: Answer(body=b"", content_type=answer.content_type),
        Fault.HTML: Answer(body=_UNAVAILABLE),
        Fault.GZIPPED: msgspec.structs.replace(DENIED, packing=Packing.ALWAYS),
        Fault.NO_HITS: Answer(body=_NO_HITS, content_type="application/json"),
        Fault.ELSEWHERE: Answer(
            status=302, body=b"moved", headers=(("Location", "https://elsewhere.example.com/feed"),)
        ),
        Fault.TRUNCATED: msgspec.structs.replace(answer, ending=Ending.CUT),
        Fault.HALVED: msgspec.structs.replace(answer, body=answer.body[: len(answer.body) // 2]),
        Fault.RESET: msgspec.structs.replace(answer, ending=Ending.RESET),
        Fault.SLOW: msgspec.structs.replace(answer, wait=SLOW_SECONDS),
    }
    if fault is Fault.ENDLESS:  # not in the table: it would be made for every fault
        return Answer(body=bytes(ENDLESS_BYTES), content_type=answer.content_type)
    return spoiled[fault]
