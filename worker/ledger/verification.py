"""Verification: the record walked from its beginning, and the first entry named that is not as sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from worker.ledger.chain import Chain, Head, Sealed
from worker.ledger.database import Database
from worker.ledger.kinds import Kind
from worker.ledger.record_tables import entries, links
from worker.ledger.verifier import GENESIS, chained, entry_hash_of


class Wrong(StrEnum):
    """What can be wrong with an entry."""

    CHANGED = "changed"  #: it does not say any more what it said when it was sealed
    MISSING = "missing"  #: it is gone, or its link is, and no entry says that it was pruned
    MOVED = "moved"  #: another entry of the record stands in its place
    LINK = "link changed"  #: its own hash, or that of the chain, is not what was sealed
    ANCHOR = "not the anchor"  #: the chain does not hold what somebody kept of it


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first place that is wrong. `why` is a sentence without its subject."""

    position: int
    wrong: Wrong
    why: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: `position` and `hash` of the last entry that is as sealed, how many up to there were
    pruned, and the first one that is not as sealed, None where all are.
    """

    position: int
    hash: str
    pruned: int
    finding: Finding | None


class Verification:
    """Checks the chain. Entries may be written and sealed meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._chain = Chain(database)

    def verify(
        self,
        anchors: Iterable[tuple[int, str]] = (),
        *,
        progress: Callable[[int], None] = lambda _position: None,
    ) -> Verified:
        """Walk the record, some entries at a time. `anchors` are positions with the hash that somebody
        kept of each; `progress` hears of each position.
        """
        kept: dict[int, set[str]] = {}
        for position, digest in anchors:
            kept.setdefault(position, set()).add(digest)
        head, pruned = Head(0, GENESIS), 0
        pruned_to = self._pruned_to()
        for sealed in self._chain.walk():
            if sealed.entry is None and sealed.position > pruned_to:
                pruned_to = self._pruned_to()  # somebody may have pruned since
            finding = self._wrong(head, sealed, pruned_to) or _kept_otherwise(sealed, kept)
            if finding is not None:
                return Verified(position=head.position, hash=head.hash, pruned=pruned, finding=finding)
            head = Head(sealed.position, sealed.hash)
            pruned += sealed.entry is None
            progress(sealed.position)
        finding = _past_the_end(head, kept) or self._without_a_link(head)
        return Verified(position=head.position, hash=head.hash, pruned=pruned, finding=finding)

    def _wrong(self, head: Head, sealed: Sealed, pruned_to: int) -> Finding | None:
        """What is wrong with the next link behind `head`, None where nothing is."""
        expected = head.position + 1
        if sealed.position != expected:
            why = f"is missing with its link; the next one is {sealed.position}"
            return Finding(position=expected, wrong=Wrong.MISSING, why=why)
        stands = entry_hash_of(sealed.entry.canonical) if sealed.entry is not None else None
        if sealed.hash != chained(head.hash, sealed.entry_hash):
            return self._wrong_link(head, sealed, stands)
        if stands is not None:
            return None if stands == sealed.entry_hash else self._wrong_content(expected, stands)
        why = "is missing, and no entry says that it was pruned"
        missing = Finding(position=expected, wrong=Wrong.MISSING, why=why)
        return None if expected <= pruned_to else missing

    def _wrong_content(self, position: int, stands: str) -> Finding:
        elsewhere = self._position_of(stands)
        if elsewhere is not None:
            why = f"is another one than was sealed: entry {elsewhere} stands in its place"
            return Finding(position=position, wrong=Wrong.MOVED, why=why)
        why = "does not say what it said when it was sealed"
        return Finding(position=position, wrong=Wrong.CHANGED, why=why)

    def _wrong_link(self, head: Head, sealed: Sealed, stands: str | None) -> Finding:
        belongs = next(
            (one for one in self._chain.walk() if one.hash == chained(head.hash, one.entry_hash)), None
        )
        if belongs is not None and belongs.position != sealed.position:
            why = f"was moved: it stands at position {belongs.position} now"
            return Finding(position=sealed.position, wrong=Wrong.MOVED, why=why)
        own = stands is not None and sealed.hash == chained(head.hash, stands)
        what = "the hash of the entry in its link" if own else "its link"
        return Finding(
            position=sealed.position, wrong=Wrong.LINK, why=f"is not to be trusted: {what} was changed"
        )

    def _position_of(self, entry_hash: str) -> int | None:
        query = sa.select(links.c.position).where(links.c.entry_hash == entry_hash).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def _pruned_to(self) -> int:
        """The last position that an entry of the record says was pruned, 0 where none does."""
        query = sa.select(entries.c.body).where(entries.c.kind == Kind.PRUNED)
        with self._database.read() as connection:
            bodies = list(connection.execute(query).scalars())
        return max(map(pruned_to, bodies), default=0)

    def _without_a_link(self, head: Head) -> Finding | None:
        """An entry that was sealed and whose link is gone: the end was cut off."""
        query = (
            sa.select(sa.func.count())
            .select_from(entries.outerjoin(links, links.c.entry_id == entries.c.id))
            .where(entries.c.sealed.is_(sa.true()), links.c.entry_id.is_(None))
        )
        with self._database.read() as connection:
            number = connection.execute(query).scalar_one()
        if not number:
            return None
        why = f"is missing: {number} entries were sealed and have no link any more"
        return Finding(position=head.position + 1, wrong=Wrong.MISSING, why=why)


def pruned_to(body: str) -> int:
    """The last position that the body of an entry says was pruned; 0 where it was tampered with."""
    try:
        return msgspec.json.decode(body, type=_Pruned).position
    except msgspec.DecodeError:
        return 0


class _Pruned(msgspec.Struct):
    position: int


def _kept_otherwise(sealed: Sealed, kept: dict[int, set[str]]) -> Finding | None:
    if kept.pop(sealed.position, {sealed.hash}) == {sealed.hash}:
        return None
    why = "has another hash than the anchor that was kept: the record was made anew up to there"
    return Finding(position=sealed.position, wrong=Wrong.ANCHOR, why=why)


def _past_the_end(head: Head, kept: dict[int, set[str]]) -> Finding | None:
    if not kept:
        return None
    why = f"is missing: the record ends at {head.position}, and an anchor of {min(kept)} was kept"
    return Finding(position=head.position + 1, wrong=Wrong.MISSING, why=why)
