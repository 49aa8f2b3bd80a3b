"""Which row of an amended table is which row of the original: filers insert, drop and reorder rows."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

import msgspec

#: The longest table of the form has 200 rows, each of which is compared with each of the other's.
MOST_COMPARED = 200 * 200

Row = TypeVar("Row", bound=msgspec.Struct)


class Pair(NamedTuple):
    """Numbers of a row before and after; None where it was added, or is gone."""

    before: int | None
    after: int | None


def paired(before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """Pair the rows of two tables: equal rows first, then those that agree in most fields.

    Rows that agree in less than half of what they state are a row gone and a row added, unless each
    table has just the one left. In the order of the amended table; rows that are gone come last. More rows
    than the form has room for are not compared: what is left of them is paired in its order.
    """
    pairs = _equal(before, after)
    were, are = {pair.before for pair in pairs}, {pair.after for pair in pairs}
    left = [one for one in range(len(before)) if one not in were]
    right = [other for other in range(len(after)) if other not in are]
    if len(left) * len(right) > MOST_COMPARED:
        pairs += map(Pair, left, right)
        left, right = left[len(right) :], right[len(left) :]

    def pair(one: int, other: int) -> None:
        pairs.append(Pair(one, other))
        left.remove(one)
        right.remove(other)

    alike = sorted(
        (
            (_alike(before[one], after[other]), -abs(one - other), one, other)
            for one in left
            for other in right
        ),
        reverse=True,
    )
    for share, _, one, other in alike:
        if share >= 0.5 and one in left and other in right:
            pair(one, other)
    if len(left) == len(right) == 1:
        pair(left[0], right[0])
    pairs += [Pair(None, other) for other in right]
    pairs.sort(key=_order)
    return pairs + [Pair(one, None) for one in left]


def _equal(before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """Equal rows, the first with the first."""
    numbers: defaultdict[Row, deque[int]] = defaultdict(deque)
    for number, row in enumerate(before):
        numbers[row].append(number)
    return [Pair(numbers[row].popleft(), number) for number, row in enumerate(after) if numbers.get(row)]


def _alike(one: msgspec.Struct, other: msgspec.Struct) -> float:
    """How much of what either row states is the same: 1 for an equal field, less for numbers the further
    they are apart, 0 for anything else.
    """
    values = zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True)
    stated = [(first, second) for first, second in values if first is not None or second is not None]
    return sum(_likeness(first, second) for first, second in stated) / len(stated) if stated else 1.0


def _likeness(one: object, other: object) -> float:
    if one == other:
        return 1.0
    numbers = (int, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers) and one and other:
        return 0.9 * float(min(one, other) / max(one, other))
    return 0.0


def _order(pair: Pair) -> int:
    return pair.after if pair.after is not None else -1
