"""Trigrams: which of many names are a typing error away from one, without comparing it with all of them.

Taking a character out of a name breaks at most three of its trigrams, putting one in breaks two. So names
that are close enough share all but so many; counting along a few more than that, the rarest first, leaves
the few candidates worth a comparison, and none that is close enough is missed. The score is the plain ratio
of equal characters, because scores that forgive missing or extra words call strangers equal.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import fuzz, process

#: At least so much of both names must agree, in percent; below it, strangers begin (measured).
CLOSE = 90

#: How many of the trigrams followed a candidate must share: counting costs less than comparing.
_SHARED = 3


class Trigrams:
    """Names by number, to be found again in a misspelt form."""

    def __init__(self, names: Iterable[str]) -> None:
        given = list(names)
        # In the order of their length, names of one length stand together.
        self._numbers = array("I", sorted(range(len(given)), key=lambda number: len(given[number])))
        self._names = [given[number] for number in self._numbers]
        self._by_gram: dict[str, array[int]] = {}
        for position, name in enumerate(self._names):
            for gram in _grams(name):
                positions = self._by_gram.get(gram)
                if positions is None:
                    positions = self._by_gram[gram] = array("I")
                positions.append(position)

    def close_to(self, name: str) -> list[tuple[int, float]]:
        """The numbers of all names at least CLOSE to this one, with their score, the closest first."""
        known = [self._by_gram[gram] for gram in _grams(name) if gram in self._by_gram]
        unknown = len(_grams(name)) - len(known)
        candidates: list[int] = []
        # The ratio is 2 x equal / (both lengths): so much shorter, so much longer, may a close name be.
        for length in range(-(-len(name) * CLOSE // (200 - CLOSE)), len(name) * (200 - CLOSE) // CLOSE + 1):
            candidates += self._candidates(known, unknown, _most_broken(len(name), length), length)
        found = process.extract(
            name,
            [self._names[position] for position in candidates],
            scorer=fuzz.ratio,
            score_cutoff=CLOSE,
            limit=None,
        )
        return [(self._numbers[candidates[index]], score) for _, score, index in found]

    def _candidates(self, known: list[array[int]], unknown: int, broken: int, length: int) -> Iterable[int]:
        """The positions of names of that length which share enough of these trigrams. `unknown` ones are in
        no name at all.
        """
        first = bisect_left(self._names, length, key=len)
        end = bisect_left(self._names, length + 1, lo=first, key=len)
        if len(known) + unknown <= broken:  # so few different trigrams that all of them may be broken
            return range(first, end)
        spans = [span[bisect_left(span, first) : bisect_left(span, end)] for span in known]
        follow = max(broken + _SHARED - unknown, 0)
        shared: Counter[int] = Counter()
        for span in sorted(spans, key=len)[:follow]:
            shared.update(span)
        least = max(1, min(len(spans), follow) + unknown - broken)
        return [position for position, times in shared.items() if times >= least]


def _most_broken(length: int, other: int) -> int:
    """How many trigrams of a name of one length a close name of another length may lack."""
    apart = (length + other) * (100 - CLOSE) // 100  # characters out and in, together
    out = max((apart + length - other) // 2, 0)
    return 3 * out + 2 * (out + other - length)


def _grams(name: str) -> set[str]:
    padded = f" {name} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
