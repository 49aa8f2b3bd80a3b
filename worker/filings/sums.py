"""Sums that know when they are not one: a part that is missing makes the whole unknown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from worker.filings.notice import Form144Notice

Number = TypeVar("Number", int, Decimal)


def total(parts: Sequence[Number | None]) -> Number | None:
    """The sum; None where there are no parts, or any part is None."""
    known = [part for part in parts if part is not None]
    if not known or len(known) != len(parts):
        return None
    return sum(known[1:], start=known[0])


def at_least(parts: Sequence[Number | None], zero: Number) -> Number:
    """The sum of the parts that are known: whatever the others are, the whole is no smaller."""
    return sum((part for part in parts if part is not None), start=zero)


def past_total(notice: Form144Notice, parts: Sequence[Number | None], zero: Number) -> Number | None:
    """The sum of past sales' figures: zero where the notice says there is nothing to report, or where
    every row turned out to be the proposed sale; None where it neither says so nor lists any.
    """
    if parts:
        return total(parts)
    return zero if notice.past_sales or notice.nothing_to_report else None
