"""Titles of classes of securities: which rows of a notice speak of the same class.

The title is free text: one notice may say `Common`, `COMMON` and `Common Stock, par value $0.01`, and give
a company's name in the table of past sales. So two titles are the same, different, or not decidable.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PAR = re.compile(r",?\s*\(?\b(no )?(par|nominal|stated) value\b.*|,?\s*\$?(?<![0-9.])[0-9.]+\s*par\b.*")
_DEPOSITARY = re.compile(r"american depositary (shares?|receipts?)|\badrs?\b|\badss?\b")
_FILLER = re.compile(r"\b(stocks?|shares?|the|of|capital|voting|securit(y|ies)|units? of)\b|[^a-z0-9 ]+")
_LETTER = re.compile(r"\b(cl|ser)(?:ass|ies)?\s+([a-z0-9]{1,3})\b")
_KIND = re.compile(r"\b(preferred|preference|warrants?|notes?|bonds?|debentures?|rights?|ads)\b")
_COMMON = ("common", "ordinary")
_NOT_COMMON = re.compile(r"\b(preferred|preference|warrants?|notes?|bonds?|debentures?)\b")


class _Title(NamedTuple):
    """What a title says, spelling aside: its key, the letters and the kinds of security it names."""

    key: str
    letters: frozenset[str]
    kinds: frozenset[str]
    is_common: bool
    is_not_common: bool


def class_key(title: str | None) -> str:
    """What is left of a title when spelling, par value, filler words and the order of the words are taken
    away; "" for none.
    """
    return _understood(title).key


def same_class(one: str | None, other: str | None) -> bool | None:
    """True: the same class. False: another letter, series or kind of security. None: not decidable."""
    first, second = _understood(one), _understood(other)
    if first.key and first.key == second.key:
        return True
    for marks in ((first.letters, second.letters), (first.kinds, second.kinds)):
        if all(marks) and not marks[0] & marks[1]:
            return False
    if (first.is_common or second.is_common) and (first.is_not_common or second.is_not_common):
        return False
    return None


# A notice may name 240 titles, each of which is compared with up to 40 others.
@lru_cache(maxsize=1024)
def _understood(title: str | None) -> _Title:
    text = _PAR.sub("", (title or "").casefold())
    text = _DEPOSITARY.sub("ads", text)
    said = " ".join(_FILLER.sub(" ", text).split())
    # A letter stays with its word: Class A of Series B is not Class B of Series A.
    words = _LETTER.sub(r"\1-\2", said).split()
    return _Title(
        key=" ".join(sorted(set(words))),
        letters=frozenset(letter.rstrip("s") for _, letter in _LETTER.findall(said)),
        kinds=frozenset(kind.rstrip("s") for kind in _KIND.findall(said)),
        is_common=any(word in said for word in _COMMON),
        is_not_common=_NOT_COMMON.search(said) is not None,
    )
