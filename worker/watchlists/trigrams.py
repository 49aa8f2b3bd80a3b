"""Trigrams: which of many names are a typing error away from one, without comparing it with all of them.

Taking a character out of a name, or putting one in, breaks at most one of trigrams that do not overlap. So a
name that is close enough keeps all but so many of them. Counting along the rarest that do not overlap, and
a few more than may be broken, leaves the few candidates worth a comparison, and none that is close enough is
missed. The score is the plain ratio of equal characters, because scores that forgive missing or extra words
call strangers equal.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

#: At least so much of both names must agree, in percent; below it, strangers begin (measured).
CLOSE = 90

#: How many of the trigrams followed a candidate must share: counting costs less than comparing (measured).
_SHARED = 2


class Trigrams:
    """Names by number, to be found again in a misspelt form."""

    def __init__(self, names: Iterable[str]) -> None:
        given = list(names)
        # In the order of their length, names of one length stand together.
        self._numbers = array("I", sorted(range(len(given)), key=lambda number: len(given[number])))
        self._names = [given[number] for number in self._numbers]
        self._by_gram: dict[str, array[int]] = {}
        for position, name in enumerate(self._names):
            for gram in set(_grams(name)):
                positions = self._by_gram.get(gram)
                if positions is None:
                    positions = self._by_gram[gram] = array("I")
                positions.append(position)

    def close_to(self, name: str) -> list[tuple[int, float]]:
        """The numbers of all names at least CLOSE to this one, with their score, the closest first."""
        if not self._names or len(name) * CLOSE > len(self._names[-1]) * (200 - CLOSE):
            return []  # longer than a name close to the longest can be, so that nothing needs counting
        rarest = self._rarest_apart(name)
        candidates: list[int] = []
        # The ratio is 2 x equal / (both lengths): so much shorter, so much longer, may a close name be.
        for length in range(-(-len(name) * CLOSE // (200 - CLOSE)), len(name) * (200 - CLOSE) // CLOSE + 1):
            candidates += self._candidates(rarest, _most_broken(len(name), length), length)
        found = process.extract(
            name,
            [self._names[position] for position in candidates],
            scorer=fuzz.ratio,
            score_cutoff=CLOSE,
            limit=None,
        )
        return [(self._numbers[candidates[index]], score) for _, score, index in found]

    def _candidates(self, rarest: Sequence[Sequence[str]], broken: int, length: int) -> Iterable[int]:
        """The positions of names of that length which lack no more than `broken` of the trigrams followed."""
        first = bisect_left(self._names, length, key=len)
        end = bisect_left(self._names, length + 1, lo=first, key=len)
        if broken >= len(rarest) - 1:  # so few trigrams apart that all of them may be broken
            return range(first, end)
        followed = rarest[min(broken + _SHARED, len(rarest) - 1)]
        shared: Counter[int] = Counter()
        for gram in followed:
            if (span := self._by_gram.get(gram)) is not None:
                shared.update(span[bisect_left(span, first) : bisect_left(span, end)])
        least = len(followed) - broken
        return [position for position, times in shared.items() if times >= least]

    def _rarest_apart(self, name: str) -> list[tuple[str, ...]]:
        """For none, one, two and more trigrams of the name that do not overlap: those in the fewest names."""
        grams = _grams(name)
        counts = [len(self._by_gram.get(gram, ())) for gram in grams]
        nothing: tuple[int, tuple[str, ...]] = (0, ())
        # best[at]: the choice among the trigrams before `at`; one that begins at `at` leaves `at` - 2 to the
        # others.
        best = [nothing] * (len(grams) + 1)
        chosen = [best[-1][1]]
        for number in range(1, (len(grams) + 2) // 3 + 1):
            fewer, best = best, [nothing] * (len(grams) + 1)
            for at in range(3 * number - 3, len(grams)):
                names_before, before = fewer[max(at - 2, 0)]
                new = (names_before + counts[at], (*before, grams[at]))
                best[at + 1] = new if at == 3 * number - 3 or new[0] < best[at][0] else best[at]
            chosen.append(best[-1][1])
        return chosen


def _most_broken(length: int, other: int) -> int:
    """How many characters are taken out of a name of one length and put in, together, to make of it a close
    name of another length; each breaks one trigram.
    """
    apart = (length + other) * (100 - CLOSE) // 100
    return apart - (apart + length - other) % 2  # what goes out and in differs by what the lengths do


def _grams(name: str) -> list[str]:
    padded = f" {name} "
    return [padded[start : start + 3] for start in range(len(padded) - 2)]
