"""Names as keys: what two spellings must share before they may mean the same company or the same person.

EDGAR prints a person as `Lipesky Scott D.` or `Scott D. Lipesky`, a company with or without its legal
suffix and its state (`ABERCROMBIE & FITCH CO /DE/`). The keys here make such spellings equal and nothing
else: words such as Holdings, Group or Trust stay, because dropping them merges strangers, and no score
that forgives missing words is used anywhere (it calls Apple Inc. and Apple Hospitality REIT the same).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from anyascii import anyascii

#: Words that end a company's name and only say what legal form it has.
_LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "corp", "corporation", "co", "company", "companies", "ltd", "limited", "plc"}
    | {"llc", "llp", "lp", "lllp", "sa", "sab", "ag", "nv", "bv", "se", "ab", "as", "asa", "oyj", "spa"}
    | {"gmbh", "kgaa", "kk", "pte", "pty", "sarl", "sas", "adr"}
)

_IN_SHORT = {
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "companies": "co",
    "limited": "ltd",
}

#: Words by which a seller is a company, a fund, a trust or an estate rather than a person.
_ENTITY_WORDS = (_LEGAL_FORMS - {"co", "sa", "se", "ab", "as", "sas", "spa", "kk"}) | frozenset(
    {"trust", "trusts", "trustee", "fund", "funds", "partners", "partnership", "holdings", "holding"}
    | {"capital", "foundation", "group", "ventures", "venture", "investments", "investment", "investors"}
    | {"estate", "family", "grat", "grantor", "revocable", "irrevocable", "endowment", "management"}
    | {"bank", "association", "university", "advisors", "advisers", "equity", "opportunities", "bancorp"}
    | {
        "international",
        "technologies",
        "enterprises",
        "properties",
        "industries",
        "global",
        "co",
        "custodian",
    }
)

#: Parts of a name that say which generation of a family is meant.
_GENERATIONS = {"jr": "jr", "sr": "sr", "ii": "2", "iii": "3", "iv": "4", "2nd": "2", "3rd": "3", "4th": "4"}

#: Titles and degrees, which are filed or left out at will.
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "phd", "md", "esq", "cpa"})

#: One notice asks for the keys of its few names several times over.
_REMEMBERED = 1024

#: What EDGAR adds: `/DE/`, `/NEW`, `/ Canada`. Other slashes belong to the name (Data I/O, Long/Short Fund).
_STATE = re.compile(
    r"\s*/\s*(?:[A-Za-z .]{2,16}\s*/|[A-Za-z]{2,3}|Canada|Delaware|Cayman(?: Islands)?|Marshall Islands)\s*$"
)
_SALES_FOR = re.compile(
    r"^\s*(?:rule\s+)?10b5-?1\s+(?:plan\s+)?(?:sales?|transactions?|plan)\s+(?:for|of)\s+", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\(([^)]*)\)")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")
_NUMERAL = re.compile(r"[0-9]+|x{0,3}(?:ix|iv|v?i{0,3})")


@lru_cache(_REMEMBERED)
def plain(name: str) -> str:
    """The name in small ASCII letters, digits and single spaces; letters of any script are transcribed
    (`Łukasz Ørsted` is `lukasz orsted`), `&` is `and`, apostrophes and full stops vanish.
    """
    if not name.isascii():
        name = anyascii(unicodedata.normalize("NFC", name))
    name = name.casefold().replace("&", " and ").replace("'", "").replace(".", "")
    return _NEITHER_LETTER_NOR_DIGIT.sub(" ", name).strip()


@lru_cache(_REMEMBERED)
def company(name: str) -> str:
    """A company's key: `plain` without the state EDGAR adds (`/DE/`), legal forms and a leading The.

    Different issuers may share it (Toro Co and Toro Corp.); only a CIK tells those apart.
    """
    words = _company_words(name)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and (words[-1] in _LEGAL_FORMS or words[-1] == "and"):  # Deere & Co
        words = words[:-1]
    return " ".join(words)


def legal_form(name: str) -> str | None:
    """The legal form a company's name ends with, in one spelling (`corp` for Corporation), else None."""
    last = _company_words(name)[-1:]
    return next((_IN_SHORT.get(word, word) for word in last if word in _LEGAL_FORMS), None)


@lru_cache(_REMEMBERED)
def seller(name: str) -> str:
    """A seller's name without what some filers write before it (`10b5-1 Sales for MICHAEL INTRATOR`)."""
    return _SALES_FOR.sub("", name).strip()


@lru_cache(_REMEMBERED)
def is_entity(name: str) -> bool:
    """True where the name reads like a company, fund, trust or estate; a person's name does not."""
    words = _joined(plain(_STATE.sub("", name)).split())
    return len(words) == 1 or any(word in _ENTITY_WORDS or word.isdigit() for word in words)


def persons(name: str) -> tuple[str, ...]:
    """The people one name field names: `Fred Wilson & Joanne Wilson` are two, and so are `Fred & Joanne
    Wilson` and `WILSON FRED & JOANNE`. Not for entities.
    """
    parts = [part.strip() for part in re.split(r"&|\band\b", name, flags=re.IGNORECASE)]
    whole = [part for part in parts if len(_long(part)) > 1]
    if len(parts) == 1 or not whole or not all(map(_long, parts)):
        return (name.strip(),)
    surname = _long(parts[-1])[-1] if parts[-1] in whole else _long(whole[0])[0]
    return tuple(part if part in whole else f"{part} {surname}" for part in parts)


def pairs(name: str) -> frozenset[tuple[str, ...]]:
    """A person's keys: the guesses at (first, last), unordered, that hold for `LAST FIRST M` and for
    `First M. Last` alike. Two spellings of one person share at least one.
    """
    keys: set[tuple[str, ...]] = set()
    for reading in _readings(name):
        words = [word for word in reading if len(word) > 1]
        if len(words) < 2:
            keys.add(tuple(reading))
            continue
        keys |= {_pair(words[0], words[1]), _pair(words[0], words[-1])}
        for nickname in _IN_BRACKETS.findall(name):
            keys |= {_pair(word, other) for word in words for other in plain(nickname).split()[:1]}
    return frozenset(keys)


def generation(name: str) -> str | None:
    """`jr`, `sr`, `2`, `3` or `4` where the name says so, else None."""
    return next((_GENERATIONS[word] for word in plain(name).split()[1:] if word in _GENERATIONS), None)


def middles_agree(one: str, other: str, shared: tuple[str, ...]) -> bool:
    """True unless what stands beside the shared pair contradicts: `S` and `J`, `Charles` and `G`.

    A missing middle name agrees with any; an initial agrees with every name it begins.
    """
    mine, theirs = (_beside(name, shared) for name in (one, other))
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    return all(any(_begins(a, b) for b in theirs) for a in mine)


def middle_initials(name: str, shared: tuple[str, ...]) -> frozenset[str]:
    """The first letters of what stands beside the shared pair."""
    return frozenset(word[0] for word in _beside(name, shared))


def numerals(name: str) -> frozenset[str]:
    """The numbers in a name, Roman or not: Venture XI and Venture XII are two funds, not a typing error."""
    return frozenset(word for word in plain(name).split() if _NUMERAL.fullmatch(word))


def initials(name: str) -> frozenset[str]:
    """The single letters a person's name carries."""
    return frozenset(word for word in _words(name) if len(word) == 1)


def _words(name: str) -> list[str]:
    words = plain(_IN_BRACKETS.sub(" ", name)).split()
    kept = [word for word in words if word not in _TITLES]
    named = [word for index, word in enumerate(kept) if index == 0 or word not in _GENERATIONS]
    return _with_particle("mc", named or words)


def _long(name: str) -> list[str]:
    """The words of a name that are no initials."""
    return [word for word in _words(name) if len(word) > 1]


def _readings(name: str) -> list[list[str]]:
    """The words of a person's name; and again with a lone O as part of a surname (`O BRIEN KEVIN`), which it
    may be as well as an initial.
    """
    words = _words(name)
    joined = _with_particle("o", words)
    return [words] if joined == words else [words, joined]


def _with_particle(particle: str, words: list[str]) -> list[str]:
    """`mc donald ronald` as `mcdonald ronald`."""
    for index, (word, following) in enumerate(pairwise(words)):
        if word == particle and len(following) > 1 and len(words) > 2:
            return [*words[:index], word + following, *words[index + 2 :]]
    return words


def _company_words(name: str) -> list[str]:
    return _joined(plain(_STATE.sub("", name.strip())).split())


def _beside(name: str, shared: tuple[str, ...]) -> list[str]:
    """What stands beside the shared pair, where the name is read so that it holds it."""
    readings = _readings(name)
    holds = (words for words in readings if set(shared) <= set(words))
    return _without(next(holds, readings[0]), shared)


def _pair(one: str, other: str) -> tuple[str, ...]:
    return (one, other) if one < other else (other, one)


def _joined(words: list[str]) -> list[str]:
    """Single letters at the end as one word, so that `L P` and `L.P.`, `S A` and `S.A.` are equal."""
    last = len(words)
    while last > 1 and len(words[last - 1]) == 1 and words[last - 1].isalpha():
        last -= 1
    tail = "".join(words[last:])
    return [*words[:last], tail] if len(tail) > 1 and tail in _LEGAL_FORMS else words


def _without(words: list[str], shared: tuple[str, ...]) -> list[str]:
    rest = list(words)
    for word in shared:
        if word in rest:
            rest.remove(word)
    return rest


def _begins(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
