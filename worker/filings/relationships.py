"""Relationships: from the free text filers write to the classes lists ask about.

The specification offers Officer, Director, 10% Stockholder and family member, and lets anybody type
anything else. Several classes may hold at once, a class that has ended is `former_*`, and text that fits
no class is OTHER, also beside text that does: it is never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from worker.filings.notice import Relationship

_FORMER = re.compile(r"\b(former(ly)?|retired|ex|past|prior|previous(ly)?|resigned|departed|emeritus)\b")
_ENDED_BEHIND = re.compile(r"\b(former|retired|resigned|departed|emeritus)\W*$")
_NO_LONGER = re.compile(r"\bno longer\b")
_PRESENT = re.compile(r"\b(current(ly)?|present(ly)?|now|still)\b")
_NOT = re.compile(r"\b(not|neither|never)\b")

#: The text before a family word may be a role of the seller's own; the text after it is somebody else's.
_FAMILY = re.compile(
    r"\b(famil(y|ies)|spouse|wife|husband|widow(er)?|sons?|daughters?|child(ren)?|parents? of|father|mother"
    r"|brother|sister|siblings?|grand(son|daughter|child(ren)?|parents?)|[a-z]+[ -]in[ -]law|relative"
    r"|domestic partner|cousin|nephew|niece)\b"
)

#: `10%`, `10 (ten) %`, `ten (10) per cent`, `10-percent`, `10pct`.
_PERCENT = re.compile(
    r"(?:(?<![0-9.])([0-9]{1,3}(?:\.[0-9]+)?)|\bten)\+?[ -]?(?:\((?:ten|[0-9]{1,3})\) ?)?\+?"
    r"(?:%|per[ -]?cent|pct\b)"
)
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
    r"|general manager|principal accounting|section 16|c-suite|(?<!non-)(?<!non )executive(?! director))\b"
    r"|\bchief [a-z& ]+ officer\b"
)
_AFFILIATE = re.compile(
    r"(?<!non-)(?<!non )\baffiliat(e|es|ed|ion)\b|\bcontrol(s|led|ling)?\b|\bparent company\b|\bsubsidiary\b"
    r"|\bcommon control\b"
)
_POSSESSIVE = re.compile(r"['’]s?(?![a-z])")
_TEN_PERCENT_WORDS = re.compile(r"\bprincipal (stock|share|security|unit)?\s?(holder|owner)")

_ENDED = {
    Relationship.OFFICER: Relationship.FORMER_OFFICER,
    Relationship.DIRECTOR: Relationship.FORMER_DIRECTOR,
    Relationship.TEN_PERCENT_HOLDER: Relationship.FORMER_TEN_PERCENT_HOLDER,
    Relationship.AFFILIATE: Relationship.FORMER_AFFILIATE,
}

_OFFICES = frozenset({Relationship.OFFICER, Relationship.FORMER_OFFICER})
_REACHED = frozenset({Relationship.OFFICER, Relationship.DIRECTOR})

_FULL_STOP = re.compile(r"\.(?![0-9])|(?<![0-9])\.")
_STATEMENTS = re.compile(r"[;,/|]")
_JOINTS = re.compile(r"\band\b|(?<!\br)&(?!d\b)")

#: Beside an office, what fits no class names its department (`CEO, Asset & Wealth Management`), unless it has
#: one of these words.
_TELLING = re.compile(
    r"\b(see|remarks?|foot ?notes?|\w*holders?|owners?|investors?|founders?|partners?|members?|trustees?"
    r"|employees?|associates?|consultants?|advis[eo]rs?|beneficial(ly)?|others?|affiliat\w*|none|not|insider)\b"
)


def classified(texts: Iterable[str]) -> tuple[Relationship, ...]:
    """The classes all of these texts fall into together, sorted; empty only where there is no text."""
    found: set[Relationship] = set()
    for text in texts:
        found |= _classes(text)
    return tuple(sorted(found))


@lru_cache(maxsize=1024)
def _classes(text: str) -> frozenset[Relationship]:
    """Statements stand between commas and the like; a statement may have parts, joined by `and`."""
    words = _FULL_STOP.sub("", " ".join(text.casefold().split()))
    found: set[Relationship] = set()
    last: set[Relationship] = set()
    unfit: list[str] = []
    for statement in filter(None, map(str.strip, _STATEMENTS.split(words))):
        if last and _ENDED_BEHIND.fullmatch(statement):  # `Officer, retired`
            found = found - last | {_ENDED.get(one, one) for one in last}
            continue
        last, left = _of_statement(statement)
        found |= last
        unfit += left
    if unfit and not (found & _OFFICES and not any(map(_TELLING.search, unfit))):
        found.add(Relationship.OTHER)
    return frozenset(found) or frozenset({Relationship.OTHER})


def _of_statement(statement: str) -> tuple[set[Relationship], list[str]]:
    """Its classes, and its parts that fit none."""
    own = statement
    found: set[Relationship] = set()
    if family := _FAMILY.search(statement):
        found.add(Relationship.FAMILY_MEMBER)
        own = statement[: family.start()]
    # `Not an officer or director` is neither.
    roles = [role for role in _roles(own, family is not None) if not _NOT.search(own, 0, role[1])]
    for relationship, start in roles:
        found.add(_ENDED[relationship] if _is_over(own, relationship, start) else relationship)
    unfit, end = [], 0
    for joint in (*_JOINTS.finditer(own), None):
        start, end_of_part = end, joint.start() if joint else len(own)
        part, end = own[start:end_of_part].strip(), joint.end() if joint else len(own)
        fits = any(start <= place < end for _, place in roles) or _PERCENT.search(part)
        if not fits and any(map(str.isalnum, part)):
            unfit.append(part)
    return found, [] if family else unfit


def _is_over(own: str, relationship: Relationship, start: int) -> bool:
    """`Former` reaches over an `and` to a second office, but not to a holding, nor past `current`."""
    before = own[:start]
    if _NO_LONGER.search(before):
        return True
    ended = _FORMER.search(before)
    if ended is None:
        return _ENDED_BEHIND.search(own) is not None and not _JOINTS.search(own, start)
    between = before[ended.end() :]
    if _PRESENT.search(between):
        return False
    return relationship in _REACHED or not _JOINTS.search(between)


def _roles(clause: str, of_family: bool) -> Iterable[tuple[Relationship, int]]:
    """Every class the clause speaks of, with the place where it does. Of somebody's family, `officer's` is
    that somebody.
    """
    for pattern, relationship in (
        (_MANAGER, Relationship.OFFICER),
        (_BOARD, Relationship.DIRECTOR),
        (_AFFILIATE, Relationship.AFFILIATE),
        (_TEN_PERCENT_WORDS, Relationship.TEN_PERCENT_HOLDER),
    ):
        for match in pattern.finditer(clause):
            if not (of_family and _POSSESSIVE.match(clause, match.end())):
                yield relationship, match.start()
    for match in _PERCENT.finditer(clause):
        share = 10.0 if match[1] is None else float(match[1])
        if share >= 10 and not _LESS.search(clause[: match.start()]):
            yield Relationship.TEN_PERCENT_HOLDER, match.start()
