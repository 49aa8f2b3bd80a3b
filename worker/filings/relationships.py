"""Relationships: from the free text filers write to the classes lists ask about.

The specification offers Officer, Director, 10% Stockholder and family member, and lets anybody type
anything else. Several classes may hold at once, a class that has ended is `former_*`, and text that fits
no class is OTHER: it is never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from worker.filings.notice import Relationship

_FORMER = re.compile(r"\b(former(ly)?|retired|ex|past|prior|previous(ly)?|resigned|departed|emeritus)\b")

#: The text before a family word may be a role of the seller's own; the text after it is somebody else's.
_FAMILY = re.compile(
    r"\b(famil(y|ies)|spouse|wife|husband|widow(er)?|sons?|daughters?|child(ren)?|parents? of|father|mother"
    r"|brother|sister|siblings?|grand(son|daughter|child(ren)?|parents?)|[a-z]+[ -]in[ -]law|relative"
    r"|domestic partner|cousin|nephew|niece)\b"
)

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*\+?\s*(?:%|per\s?cent)|\b(ten)\s+per\s?cent")
_LESS = re.compile(r"\b(less|fewer|under|below)\b[a-z ]*$|<\s*$")

#: A director of a department sits on no board.
_BOARD = re.compile(
    r"(?<!managing )(?<!associate )(?<!deputy )(?<!assistant )(?<!senior )(?<!regional )(?<!medical )"
    r"(?<!creative )(?<!technical )(?<!sales )"
    r"\b(directors?|direct[eo]rs?|directorship|dir)\b"
    r"(?! of (sales|marketing|finance|engineering|operations|research|human|product|technology|legal"
    r"|communications|investor|business|corporate|it|hr|r&d)\b)"
    r"|\bboard\b|\bchai?rm[ae]n\b|\bchariman\b|\bchair(woman|person)?\b"
)
_MANAGER = re.compile(
    r"\b(officers?|offcers?|offic[ei]rs?|ceo|cfo|coo|cto|cio|cmo|cao|clo|cro|chro|cpo|cco|cso|ciso|evp|svp|avp|vp"
    r"|president|treasurer|secretary|controller|comptroller|general counsel|managing director|head of"
    r"|general manager|principal accounting|section 16|c-suite|executive(?! director))\b"
    r"|\bchief [a-z& ]+ officer\b"
)
_AFFILIATE = re.compile(
    r"(?<!non-)(?<!non )\baffiliat(e|es|ed|ion)\b|\bcontrol(s|led|ling)?\b|\bparent company\b|\bsubsidiary\b"
    r"|\bcommon control\b"
)
_TEN_PERCENT_WORDS = re.compile(r"\bprincipal (stock|share|security|unit)?\s?(holder|owner)")

_ENDED = {
    Relationship.OFFICER: Relationship.FORMER_OFFICER,
    Relationship.DIRECTOR: Relationship.FORMER_DIRECTOR,
    Relationship.TEN_PERCENT_HOLDER: Relationship.FORMER_TEN_PERCENT_HOLDER,
    Relationship.AFFILIATE: Relationship.FORMER_AFFILIATE,
}


def classified(texts: Iterable[str]) -> tuple[Relationship, ...]:
    """The classes all of these texts fall into together, sorted; empty only where there is no text."""
    found: set[Relationship] = set()
    for text in texts:
        found |= _classes(text)
    return tuple(sorted(found))


@lru_cache(maxsize=1024)
def _classes(text: str) -> frozenset[Relationship]:
    found: set[Relationship] = set()
    for clause in re.split(r"[;,/|]", text.casefold()):
        found |= _of_clause(clause)
    return frozenset(found) or frozenset({Relationship.OTHER})


def _of_clause(clause: str) -> set[Relationship]:
    own = clause
    found: set[Relationship] = set()
    if family := _FAMILY.search(clause):
        found.add(Relationship.FAMILY_MEMBER)
        own = clause[: family.start()]
    ended = _FORMER.search(own)
    for relationship, start in _roles(own):
        is_over = ended is not None and (ended.start() < start or ended.group() == "emeritus")
        found.add(_ENDED[relationship] if is_over else relationship)
    return found


def _roles(clause: str) -> Iterable[tuple[Relationship, int]]:
    """Every class the clause speaks of, with the place where it does."""
    for pattern, relationship in (
        (_MANAGER, Relationship.OFFICER),
        (_BOARD, Relationship.DIRECTOR),
        (_AFFILIATE, Relationship.AFFILIATE),
        (_TEN_PERCENT_WORDS, Relationship.TEN_PERCENT_HOLDER),
    ):
        if match := pattern.search(clause):
            yield relationship, match.start()
    for match in _PERCENT.finditer(clause):
        share = 10.0 if match.group(2) else float(match.group(1))
        if share >= 10 and not _LESS.search(clause[: match.start()]):
            yield Relationship.TEN_PERCENT_HOLDER, match.start()
