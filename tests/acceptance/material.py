"""The material of a torture: filings, lists, and who must hear of what, computed from it and nothing else.

All of it follows from a number of filings and a seed, so that the stand-ins' process and the one that
reckons make the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from worker.alerts.raising import delivery_key
from worker.filings.filing import Filing, FoundBy, Party, Role
from worker.standins.demo.people import Company, a_notice, sale
from worker.standins.forms import as_xml
from worker.watchlists.destination import Destination

LISTS = 40
#: Issuers that a list asks about, and after them those nobody asks about.
WATCHED, ISSUERS = 40, 60

#: The feed's time runs so much faster than ours: a real day has a few hundred filings, and a poll looks
#: back over ten minutes of them.
SPEED = 100


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One filing: when its first row appears after the beginning, in seconds, and how long its second row
    and its document lag behind.
    """

    filing: Filing
    document: bytes
    issuer: int
    is_readable: bool
    appears: float
    row_gap: float
    document_lag: float


def watched_by(number: int) -> set[int]:
    """The issuers, by number, that a list asks about."""
    return {number, (number + 1) % WATCHED} if number % 3 == 0 else {number}


def told_by(number: int) -> tuple[Destination, ...]:
    return (
        Destination("slack", f"#room-{number:02}"),
        Destination("email", f"reader-{number:02}@example.com"),
    )


def write_lists(folder: Path) -> None:
    """The lists as their owners would write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(LISTS):
        issuers = ", ".join(str(_company(issuer).cik) for issuer in sorted(watched_by(number)))
        tell = ", ".join(f'"{to}"' for to in told_by(number))
        text = f"name: List {number:02}\nowner: Nobody\nissuers: [{issuers}]\ntell: [{tell}]\n"
        (folder / f"list-{number:02}.yaml").write_text(text)


def expected(pieces: list[Piece], secret: bytes) -> dict[str, tuple[str, int, Destination]]:
    """Who must hear of what: accession, list and destination, by the key that the message carries."""
    owed = {}
    for piece in pieces:
        for number in range(LISTS):
            for to in told_by(number) if piece.issuer in watched_by(number) else ():
                key = delivery_key(secret, piece.filing.accession, f"list-{number:02}", to)
                owed[key] = (piece.filing.accession, number, to)
    return owed


def expected_number(pieces: list[Piece]) -> int:
    return sum(2 for piece in pieces for number in range(LISTS) if piece.issuer in watched_by(number))


def material(count: int, seed: int, *, began: datetime, span: float) -> list[Piece]:
    """`count` filings that appear within `span` seconds, some out of order, late, damaged, or amendments."""
    return list(_pieces(count, random.Random(seed), began, span))


def _pieces(count: int, dice: random.Random, began: datetime, span: float) -> Iterator[Piece]:
    first = began - timedelta(seconds=span * SPEED + 600)
    issuers = [dice.randrange(ISSUERS) for _ in range(count)]
    for number in range(count):
        amends = number - 40 if number >= 40 and number % 29 == 0 else None
        if amends is not None and _is_damaged(amends):
            amends = None
        if amends is not None:
            issuers[number] = issuers[amends]
        accepted = first + timedelta(seconds=SPEED * span * number / count)
        yield Piece(
            filing=_filing(number, issuers[number], accepted, is_amendment=amends is not None),
            document=_document(number, issuers[number], began, amends),
            issuer=issuers[number],
            is_readable=not _is_damaged(number),
            appears=span * number / count + (dice.uniform(0, 2.5) if dice.random() < 0.3 else 0.0),
            row_gap=dice.choice((0.0, 0.0, 0.3, 1.5)),
            document_lag=dice.choice((0.0, 0.0, 0.0, 0.5, 2.5)),
        )


def _is_damaged(number: int) -> bool:
    return number % 97 == 5


def _filing(number: int, issuer: int, accepted: datetime, *, is_amendment: bool) -> Filing:
    company, (seller, cik) = _company(issuer), _seller(issuer)
    return Filing(
        accession=_accession(number),
        form_type="144/A" if is_amendment else "144",
        parties=(
            Party(cik=cik, name=seller, role=Role.SELLER),
            Party(cik=company.cik, name=company.name, role=Role.ISSUER),
        ),
        found_by=FoundBy.FEED,
        accepted_at=accepted.replace(microsecond=0),
    )


def _document(number: int, issuer: int, began: datetime, amends: int | None) -> bytes:
    today = began.date()
    rows = [sale(1_000 + number, f"{50_000 + 10 * number}.00", today + timedelta(days=2))]
    notice = a_notice(_company(issuer), _seller(issuer), "Director", today, rows)
    if amends is not None:
        notice = replace(notice, submission_type="144/A", previous_accession=_accession(amends))
    document = as_xml(notice)
    return document[: len(document) // 2] if _is_damaged(number) else document


def _accession(number: int) -> str:
    return f"0001950047-26-{number + 1:06}"


def _company(issuer: int) -> Company:
    return Company(
        name=f"Proving Ground {issuer:02} Corp.",
        cik=1_990_001 + issuer,
        ticker=f"PG{issuer:02}",
        file_number=f"001-{40_000 + issuer}",
    )


def _seller(issuer: int) -> tuple[str, int]:
    return f"Example Seller {issuer:02}", 1_980_001 + issuer
