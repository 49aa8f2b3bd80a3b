"""The record as a file for others: JSON lines, or a table for a spreadsheet; both verify by themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from worker.ledger import verifier
from worker.ledger.chain import Chain, Sealed
from worker.ledger.verifier import COLUMNS, FORMULA, GONE


class Form(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"


def written(chain: Chain, file: Path, form: Form, *, since: datetime | None, until: datetime | None) -> int:
    """Write what happened from `since` to before `until` (None: the whole record) and put the verifier beside
    it; how many entries. The file is there when it is whole, and none where there is no entry.

    Raises OSError.
    """
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8", newline="") as opened:
        write = _write_lines if form is Form.JSONL else _write_table
        number = write(_entries(chain, since, until), opened)
    if not number:
        part.unlink()
        return 0
    part.replace(file)
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    file.with_name("verifier.py").write_text(source, encoding="utf-8")
    return number


def _entries(chain: Chain, since: datetime | None, until: datetime | None) -> Iterator[tuple[str, Sealed]]:
    """Each entry, with the hash before it. Only the whole record begins with what was pruned from it."""
    first, last = 1, None
    if since is not None or until is not None:
        span = chain.span(since, until)
        if span is None:
            return
        first, last = span
    before = verifier.GENESIS
    for sealed in chain.walk(max(first - 1, 1), last):
        if sealed.position >= first:
            yield before, sealed
        before = sealed.hash


def _write_lines(told: Iterable[tuple[str, Sealed]], to: TextIO) -> int:
    number = 0
    for number, (before, sealed) in enumerate(told, start=1):  # noqa: B007 - counted
        entry = sealed.entry.canonical if sealed.entry is not None else "null"
        head = {
            "position": sealed.position,
            "previous": before,
            "entry_hash": sealed.entry_hash,
            "hash": sealed.hash,
        }
        # As it was hashed: whoever reads the line sees the very text.
        to.write(f'{json.dumps(head)[:-1]}, "entry": {entry}}}\n')
    return number


def _write_table(told: Iterable[tuple[str, Sealed]], to: TextIO) -> int:
    table, number = csv.writer(to), 0
    table.writerow(COLUMNS)
    for number, (before, sealed) in enumerate(told, start=1):  # noqa: B007 - counted
        entry = sealed.entry or GONE
        hashes = (before, sealed.entry_hash, sealed.hash)
        table.writerow([sealed.position, *map(_harmless, entry), *hashes])
    return number


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
