"""Questions about who sells, through whom, and how the securities came to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from worker.filings.notice import Relationship
from worker.filings.relationships import classified
from worker.watchlists.conditions.condition import Evidence, Verdict, met, not_met, question, unknown
from worker.watchlists.conditions.words import one_of, texts
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread
from worker.watchlists.names import company, plain

_RELATIONSHIPS = {relationship.value: relationship for relationship in Relationship}
_SPELLINGS = {
    "10% holder": Relationship.TEN_PERCENT_HOLDER,
    "10% owner": Relationship.TEN_PERCENT_HOLDER,
    "10% stockholder": Relationship.TEN_PERCENT_HOLDER,
    "10% shareholder": Relationship.TEN_PERCENT_HOLDER,
}
#: Spellings of one exchange; the form's field is free text of 20 characters, and cuts the longer ones off.
_EXCHANGES = {
    **dict.fromkeys(("nasd", "nms", "xnas", "xngs", "xnms", "xncm"), "nasdaq"),
    **dict.fromkeys(("xnys",), "nyse"),
}
#: What may stand behind Nasdaq without being another exchange, as Nasdaq Copenhagen is.
_OF_NASDAQ = (
    *("gs", "gm", "cm", "global", "select", "capital", "national", "stock", "market", "exchange"),
    *("the", "llc", "inc", "nms"),
)
_NEW_YORK = "new york stock exchange"

#: Of more different names than this the rest is only counted.
NAMED = 5

_LIST_OF_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _relationships(value: Value) -> frozenset[Relationship]:
    return frozenset(_class(text) for text in texts(value, "ten_percent_holder"))


def _class(text: str) -> Relationship:
    """The class of that name. Raises Misread, which proposes the classes that the words would be filed as."""
    words = {**_RELATIONSHIPS, **_SPELLINGS}
    try:
        return one_of(text, words, "ten_percent_holder")
    except Misread as misread:
        meant = [one.value for one in classified([text]) if one is not Relationship.OTHER]
        if re.search(r"\bor\b|\band\b|[,/&]", text) and len(meant) > 1:
            raise Misread(misread.what, f"write [{', '.join(meant)}]") from None
        if len(meant) == 1 and "former" not in meant[0]:
            raise Misread(misread.what, f"did you mean {meant[0]}?") from None
        raise


@question(
    "relationship",
    read=_relationships,
    example="ten_percent_holder",
    shape={"anyOf": [{"enum": [*_RELATIONSHIPS]}, {"type": "array", "items": {"enum": [*_RELATIONSHIPS]}}]},
)
def relationship(evidence: Evidence, asked: frozenset[Relationship]) -> Verdict:
    """The seller's relationship to the issuer is one of these classes.

    Words that fit no class leave the question open, also beside words that do.
    """
    notice = evidence.notice
    filed = " and ".join(repr(text) for text in notice.relationships_as_filed)
    if common := sorted(asked & set(notice.relationships)):
        return met(f"{', '.join(common)}, filed as {filed}" if filed else ", ".join(common))
    if not notice.relationships:
        return unknown("the relationship is missing or unreadable")
    if Relationship.OTHER in notice.relationships:
        known = [one for one in notice.relationships if one is not Relationship.OTHER]
        beside = f"{', '.join(known)}, but " if known else ""
        which = "of which not all fits a class" if known else "which fits no class"
        return unknown(f"{beside}filed as {filed}, {which}")
    return not_met(f"{', '.join(notice.relationships)}, filed as {filed}")


@question(
    "form",
    read=lambda value: one_of(value, {"original": "144", "amendment": "144/A"}, "original"),
    example="amendment",
    shape={"enum": ["original", "amendment"]},
)
def form(evidence: Evidence, asked: str) -> Verdict:
    """Whether it is an original notice (144) or an amendment (144/A)."""
    announced, said = evidence.filing.form_type, evidence.notice.submission_type
    if said is not None and said != announced:
        return unknown(f"EDGAR announced {announced}, the document says {said}")
    return met(f"form {announced}") if announced == asked else not_met(f"form {announced}")


@question(
    "seller",
    read=lambda value: one_of(value, {"entity": True, "person": False}, "entity"),
    example="entity",
    shape={"enum": ["entity", "person"]},
)
def seller(evidence: Evidence, entity: bool) -> Verdict:
    """Whether the seller is a person or an entity (a trust, fund, company), by the look of the name."""
    looks, name = evidence.figures.seller_looks_like_entity, evidence.notice.seller_name
    if looks is None:
        return unknown("the seller's name is missing or unreadable")
    because = f"{name} looks like {'an entity' if looks else 'a person'}"
    return met(because) if looks is entity else not_met(because)


@question(
    "gift",
    read=lambda value: one_of(value, {"true": True, "false": False}, "true"),
    example="true",
    shape={"type": "boolean"},
)
def gift(evidence: Evidence, asked: bool) -> Verdict:
    """Whether any of the securities to be sold came as a gift."""
    has_gift = evidence.figures.has_gift
    if has_gift is None:
        return unknown("how the securities were acquired is missing or unreadable")
    because = "a lot was acquired as a gift" if has_gift else "no lot was acquired as a gift"
    return met(because) if has_gift is asked else not_met(because)


@question(
    "broker",
    read=lambda value: texts(value, "Morgan Stanley"),
    example="Morgan Stanley",
    shape=_LIST_OF_TEXTS,
)
def broker(evidence: Evidence, asked: tuple[str, ...]) -> Verdict:
    """A broker's or market maker's name holds one of these, word for word, legal suffix aside."""
    named = [sale.broker_name for sale in evidence.notice.proposed_sales]
    return _any_named(
        named, lambda name: any(_holds(company(name), company(text)) for text in asked), "broker"
    )


@question("exchange", read=lambda value: texts(value, "NASDAQ"), example="NASDAQ", shape=_LIST_OF_TEXTS)
def exchange(evidence: Evidence, asked: tuple[str, ...]) -> Verdict:
    """The securities exchange named is one of these; NASD and Nasdaq are the same."""
    wanted = {_exchange(text) for text in asked}
    named = [sale.exchange for sale in evidence.notice.proposed_sales]
    return _any_named(named, lambda name: _exchange(name) in wanted, "exchange")


@question(
    "acquired_how",
    read=lambda value: texts(value, "option exercise"),
    example="option exercise",
    shape=_LIST_OF_TEXTS,
)
def acquired_how(evidence: Evidence, asked: tuple[str, ...]) -> Verdict:
    """The nature of an acquisition holds one of these, word for word."""
    named = [lot.nature for lot in evidence.notice.acquired_lots]
    wanted = [plain(text) for text in asked]
    return _any_named(
        named, lambda nature: any(_holds(plain(nature), text) for text in wanted), "nature of acquisition"
    )


def _any_named(named: Iterable[str | None], fits: Callable[[str], bool], what: str) -> Verdict:
    """MET by the first that fits; a missing one leaves the question open where no other fits."""
    listed = list(named)
    known = list(dict.fromkeys(name for name in listed if name is not None))
    for name in known:
        if fits(name):
            return met(f"{what} {name}")
    if not listed or None in listed:
        return unknown(f"the {what} is missing or unreadable")
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return not_met(f"{what} {', '.join(known[:NAMED])}{more}")


def _exchange(text: str) -> str:
    """One key for all spellings: `NasdaqGS`, `The Nasdaq Stock Mar`, `New York Stock Exch.`."""
    key = plain(text).removeprefix("the ")
    if key.startswith("nasdaq"):
        rest = key.removeprefix("nasdaq").split()
        if all(any(word.startswith(part) for word in _OF_NASDAQ) for part in rest):
            return "nasdaq"
    if key.startswith("new york") and _NEW_YORK.startswith(key.removesuffix(" llc")):
        return "nyse"
    return _EXCHANGES.get(key, key.removesuffix(" llc").removesuffix(" inc"))


def _holds(words: str, wanted: str) -> bool:
    return f" {wanted} " in f" {words} "
