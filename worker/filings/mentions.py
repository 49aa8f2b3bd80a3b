"""What free text gives away: words in the remarks, and whether a seller's name is that of an entity."""

from __future__ import annotations

import re

from worker.filings.figures import Mention

_MENTIONS = {
    Mention.PLAN: re.compile(r"\b10\s?b-?\s?5(?:\s?-?\s?1)?\b|\b(?:selling|trading) plan\b"),
    Mention.FORWARD: re.compile(
        r"\bforward (?:sale|purchase|contract|agreement|transaction)s?\b|\bvariable (?:share )?forward\b"
        r"|\bvpf\b"
    ),
    Mention.HEDGE: re.compile(
        r"\bhedg(?:e|es|ed|ing)\b|\b(?:zero[- ]cost )?collar(?:s|ed)?\b|\bequity swap\b"
    ),
    Mention.PLEDGE: re.compile(
        r"\bpledg(?:e|es|ed|ee|ing|or)\b|\bmargin (?:loan|account|call)\b|\blien\b|\bforeclos"
    ),
    Mention.BENEFICIAL_OWNER: re.compile(
        r"\bbeneficial(?:ly)? own(?:er|ers|ed|ership|s)\b|\bsole owner\b|\btrustees?\b|\bttee\b|\btrust\b"
        r"|\baccount stakeholder\b|\bauthorized (?:individual|person)\b|\bgeneral partner\b"
    ),
}

#: Words of entities' names. `Trust`, `Estate` and `Bank` are names of no person seen on a Form 144.
_ENTITY = re.compile(
    r"\b(?:trusts?|tr|ttee|trustees?|revocable|irrevocable|grat|crut|dtd|u/a|uad|estate|foundation|fund"
    r"|funds|endowment|charitable|nonprofit|inc|incorporated|corp|corporation|company|co|ltd|limited|llc"
    r"|l l c|llp|lp|l p|lllp|plc|ag|gmbh|n v|b v|sarl|s a|s a r l|s p a|pte|pty|ab|asa|oyj|kgaa"
    r"|partners|partnerships?|holdings?|holdco"
    r"|investments?|investors|capital|ventures?|management|advisors|advisers|associates|group|enterprises"
    r"|equity|bank|plan|esop|university|association|opportunit(?:y|ies)|sponsor)\b"
)

#: Legal endings that are also somebody's initials or surname stand for an entity only at the end.
_ONLY_LAST = frozenset({"co", "tr", "ag", "ab", "s a", "n v", "b v", "l p", "lp"})


def mentions(remarks: str | None) -> tuple[Mention, ...]:
    """What the remarks speak of, in the order of Mention; empty where there are none."""
    if remarks is None:
        return ()
    text = remarks.casefold()
    return tuple(mention for mention, words in _MENTIONS.items() if words.search(text))


def words_of(mention: Mention, remarks: str | None) -> str | None:
    """The first words, in small letters, by which the remarks speak of it; None where they do not."""
    found = _MENTIONS[mention].search((remarks or "").casefold())
    return found.group() if found else None


def looks_like_entity(name: str | None) -> bool | None:
    """Whether the name is that of a trust, company, partnership, fund or foundation, judged by its words.

    None where there is no name. A couple's joint account (`Fred and Joanne Example`) is not an entity.
    """
    if name is None:
        return None
    text = " ".join(re.sub(r"[.,()\"']", " ", name.casefold()).split())
    return any(
        match.group() not in _ONLY_LAST or match.end() == len(text) for match in _ENTITY.finditer(text)
    )
