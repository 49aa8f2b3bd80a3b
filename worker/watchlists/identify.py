"""Is this notice about that entry? By CIK, by file number, by name; and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple, TypeAlias, TypeVar

from worker.filings.filing import Filing, Role
from worker.filings.notice import Form144Notice, Header
from worker.watchlists import names
from worker.watchlists.entries import file_number
from worker.watchlists.index import Listed, Names, WatchlistIndex, close_names, is_person, name_key, names_of
from worker.watchlists.match import Grade, Identity, Side
from worker.watchlists.misread import Misread
from worker.watchlists.watchlist import Entry

V = TypeVar("V", int, str)
Pair: TypeAlias = tuple[str, ...]


_NO_HEADER = Header()


class Named(NamedTuple):
    """One side of a notice: everything the document, its header and EDGAR's announcement call it."""

    side: Side
    ciks: tuple[int, ...]
    names: tuple[str, ...]
    file_numbers: tuple[str, ...] = ()


class Hit(NamedTuple):
    """An entry that this notice is about."""

    listed: Listed
    identity: Identity


def issuer_and_seller(notice: Form144Notice, filing: Filing) -> tuple[Named, Named]:
    """The two parties. Where they were announced without saying which is which and the document does not
    say either, each is taken for both: a list hears of a filing too many rather than of none.
    """
    header = notice.header or _NO_HEADER
    issuers = [party for party in filing.parties if party.role is Role.ISSUER]
    sellers = [party for party in filing.parties if party.role is Role.SELLER]
    issuer_ciks = _distinct([notice.issuer_cik, header.issuer_cik, *(party.cik for party in issuers)])
    seller_ciks = _distinct(
        [*notice.filer_ciks, header.seller_cik, *header.more_seller_ciks, *(party.cik for party in sellers)]
    )
    unsaid = [party for party in filing.parties if party.role is None]
    if not issuer_ciks:
        issuers += [party for party in unsaid if party.cik not in seller_ciks]
    if not seller_ciks:
        sellers += [party for party in unsaid if party.cik not in issuer_ciks]
    issuer_names = [notice.issuer_name, header.issuer_name, *(party.name for party in issuers)]
    seller_names = [
        notice.seller_name,
        header.seller_name,
        *header.more_seller_names,
        *(party.name for party in sellers),
    ]
    return (
        Named(
            Side.ISSUER,
            _distinct([*issuer_ciks, *(party.cik for party in issuers)]),
            _distinct(issuer_names),
            _file_numbers(notice.issuer_file_number),
        ),
        Named(
            Side.HOLDER,
            _distinct([*seller_ciks, *(party.cik for party in sellers)]),
            _distinct(names.seller(name) for name in seller_names if name),
        ),
    )


def hits(party: Named, index: WatchlistIndex) -> Iterator[Hit]:
    """Every entry this party may be. An entry may come more than once, by different evidence."""
    what = "issuer" if party.side is Side.ISSUER else "filer"
    for cik in party.ciks:
        for listed in index.by_cik.get((party.side, cik), ()):
            yield _hit(listed, Grade.CIK, f"{what} CIK {cik}")
    for number in party.file_numbers:
        for listed in index.by_file_number.get(number, ()):
            yield _hit(listed, Grade.FILE_NUMBER, f"SEC file number {number}")
    if _is_asked_by_name(party, index.names[party.side]):
        for name in party.names:
            yield from _by_name(name, party, index)


def _is_asked_by_name(party: Named, kept: Names) -> bool:
    """False where no name could add anything: an issuer's CIK, which EDGAR checks, settles all entries that
    have one.
    """
    settled = party.side is Side.ISSUER and bool(party.ciks)
    return bool(kept.without_cik.entries or (kept.with_cik.entries and not settled))


def _by_name(name: str, party: Named, index: WatchlistIndex) -> Iterator[Hit]:
    """Exact, then by pairs, then a typing error away; an entry settled by one is not asked again."""
    kept = index.names[party.side]
    exact: set[int] = set()
    for listed in kept.exact.get(name_key(name, party.side), ()):
        exact.add(listed.number)
        if not _contradicts(listed, party):
            yield _hit(listed, Grade.NAME, f"name {name}")
        elif party.side is Side.HOLDER:  # a filer's CIK may be an agent's; EDGAR checks an issuer's
            doubt = f"name {name}, but filer CIK {party.ciks[0]} is not {listed.entry.cik}"
            yield _hit(listed, Grade.POSSIBLE, doubt)
    seen = set(exact)
    if is_person(name, party.side):
        called_so = [
            (person, pair, listed)
            for person in names.persons(name)
            for pair in names.pairs(person)
            for listed in kept.pairs.get(pair, ())
        ]
        meant = _meant(called_so, party)
        for person, pair, listed in called_so:
            if listed.number not in exact:
                seen.add(listed.number)  # whom a middle name rules out is no typing error either
                yield from _by_pair(person, pair, listed, party, meant.get((listed.list_number, pair)))
    yield from _by_spelling(name, party, kept, seen)


def _by_spelling(name: str, party: Named, kept: Names, seen: set[int]) -> Iterator[Hit]:
    """What is a typing error away. Entries with a CIK only where the notice has none to hold it against."""
    for spelt in (kept.without_cik,) if party.ciks else (kept.without_cik, kept.with_cik):
        for listed, score in close_names(spelt, party.side, name):
            if listed.number not in seen and not _are_strangers(name, listed.entry, party.side):
                seen.add(listed.number)
                yield _hit(listed, Grade.POSSIBLE, f"name {name}, {score:.0f} % alike")


def _meant(
    called_so: Iterable[tuple[str, Pair, Listed]], party: Named
) -> dict[tuple[int, Pair], frozenset[str]]:
    """By list and pair: the middle initials of whom the notice means, where the list has several people
    called so. It means one whose initials are the notice's own, where there is one. Without a middle name it
    can mean only one of those whose initials contradict each other, and nobody knows which: it means nobody
    with initials then.
    """
    middles: dict[tuple[int, Pair], set[frozenset[str]]] = {}
    own: dict[Pair, frozenset[str]] = {}
    for person, pair, listed in called_so:
        own[pair] = names.middle_initials(person, pair)
        if not _contradicts(listed, party):
            middles.setdefault((listed.list_number, pair), set()).update(
                names.middle_initials(name, pair) for name in names_of(listed.entry)
            )
    return {
        (number, pair): own[pair]
        for (number, pair), found in middles.items()
        if own[pair] in found or (not own[pair] and _contradictory(found))
    }


def _contradictory(middles: Iterable[frozenset[str]]) -> bool:
    return any(not (one <= other or other <= one) for one, other in combinations(middles, 2))


def _by_pair(
    person: str, pair: Pair, listed: Listed, party: Named, meant: frozenset[str] | None
) -> Iterator[Hit]:
    """PAIR; POSSIBLE where only one of the two names says of which generation, or where the list has
    several people called so and those `meant` have other initials; nothing where they contradict each other.
    """
    if _contradicts(listed, party):
        return
    for name in names_of(listed.entry):
        for other in names.persons(name):
            if pair not in names.pairs(other) or not names.middles_agree(person, other, pair):
                continue
            generations = {names.generation(person), names.generation(other)}
            because = f"first and last name of {person}"
            if meant is not None and names.middle_initials(other, pair) != meant:
                yield _hit(listed, Grade.POSSIBLE, f"{because}; others on the list are called so too")
            elif len(generations) == 1:
                yield _hit(listed, Grade.PAIR, because)
            elif None in generations:
                because += f"; only one of them is {' or '.join(filter(None, generations))}"
                yield _hit(listed, Grade.POSSIBLE, because)


def _contradicts(listed: Listed, party: Named) -> bool:
    """True where both CIKs are known and differ: then a name alone proves nothing."""
    return bool(party.ciks) and listed.entry.cik is not None and listed.entry.cik not in party.ciks


def _are_strangers(name: str, entry: Entry, side: Side) -> bool:
    """True where names are alike and yet rule each other out: Fund II and Fund III, Smith A and Smith B."""
    return all(_differ(name, other, side) for other in names_of(entry))


def _differ(one: str, other: str, side: Side) -> bool:
    if not (is_person(one, side) and is_person(other, side)):
        return names.numerals(one) != names.numerals(other)
    mine, theirs = names.initials(one), names.initials(other)
    return names.generation(one) != names.generation(other) or bool(mine and theirs and not mine & theirs)


def _hit(listed: Listed, grade: Grade, because: str) -> Hit:
    entry = listed.entry
    return Hit(listed, Identity(side=entry.side, entry=entry.text, grade=grade, because=because))


def _file_numbers(filed: str | None) -> tuple[str, ...]:
    """The filed number in the entries' form; one that is unreadable stands among the notice's problems."""
    try:
        return (file_number(filed),) if filed is not None else ()
    except Misread:
        return ()


def _distinct(values: Iterable[V | None]) -> tuple[V, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
