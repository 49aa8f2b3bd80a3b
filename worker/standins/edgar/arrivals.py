"""Arrival traces: when filings were accepted, when their documents lay there, when the feed showed them."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One filing's times, aware UTC. The feed shows filings in another order than they were accepted."""

    accession: str
    accepted_at: datetime
    document_at: datetime
    seen_at: datetime


def read_arrivals(trace: bytes) -> tuple[Arrival, ...]:
    """A trace as CSV (`accessionNumber,detectedTime,index_lmt,sgml_lmt`), in the order of acceptance.

    The first column has lost its leading zeros; the times are ISO 8601 with a zone.
    """
    arrivals = []
    for line in csv.DictReader(io.StringIO(trace.decode("ascii"))):
        digits = line["accessionNumber"].zfill(18)
        arrivals.append(
            Arrival(
                accession=f"{digits[:10]}-{digits[10:12]}-{digits[12:]}",
                accepted_at=datetime.fromisoformat(line["index_lmt"]).astimezone(UTC),
                document_at=datetime.fromisoformat(line["sgml_lmt"]).astimezone(UTC),
                seen_at=datetime.fromisoformat(line["detectedTime"]).astimezone(UTC),
            )
        )
    return tuple(sorted(arrivals, key=lambda arrival: arrival.accepted_at))


def compressed_clock(start: datetime, *, speed: float) -> Callable[[], datetime]:
    """A clock that reads `start` now and runs `speed` times as fast as the real one.

    Given to the stand-in and to the worker alike, it replays a day in minutes.
    """
    began = time.monotonic()
    return lambda: start + timedelta(seconds=(time.monotonic() - began) * speed)
