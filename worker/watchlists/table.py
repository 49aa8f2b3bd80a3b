"""`entries_from`: a CSV somebody exported, or lines somebody pasted, as entries with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from worker.errors import Mistake
from worker.watchlists import entries
from worker.watchlists.document import text_of
from worker.watchlists.entries import Written
from worker.watchlists.match import Side
from worker.watchlists.misread import Misread
from worker.watchlists.names import plain

MAX_BYTES = 64_000_000
_MAX_MISTAKES = 100

_COLUMNS = {
    "ticker": "ticker", "symbol": "ticker", "tickers": "ticker", "ticker symbol": "ticker",
    "cik": "cik", "cik number": "cik", "cik str": "cik", "central index key": "cik",
    "file number": "file_number", "sec file number": "file_number",
    "name": "name", "company": "name", "company name": "name", "issuer": "name", "issuer name": "name",
    "holder": "name", "person": "name", "owner": "name", "security name": "name",
    "note": "note", "notes": "note", "comment": "note", "reason": "note",
}  # fmt: skip


class Row(NamedTuple):
    """One entry of the table and the line it stands on."""

    written: Written
    text: str
    line: int


def read_table(path: str, content: bytes, side: Side) -> tuple[list[Row], list[Mistake]]:
    """The entries and everything wrong, up to a hundred mistakes. Raises ConfigurationError where the
    file is not text at all, or too large.

    A first line of column names (ticker or symbol, cik, file number, name, note; others are passed over)
    says what each column is. Without one there is one entry a line. Lines that begin with # are comments.
    """
    text = text_of(path, content, MAX_BYTES)
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    columns: dict[int, str] | None = None
    width = 1
    lines = _cells(path, text, mistakes)
    for line, cells in lines:
        if columns is None:
            columns, width = _header(cells), len(cells)
            if columns and (twice := _twice(columns)):
                what = f"{' and '.join(cells[index] for index in twice)} both say the {columns[twice[0]]}"
                mistakes.append(_mistake(path, line, what, "keep one, or give the other another heading"))
                break
            if columns:
                continue
            columns = {0: "line"}
            if width > 1 or plain(cells[0]) in _COLUMNS:
                mistakes.append(_mistake(path, line, "no column has a known name", "begin with: ticker,note"))
                break
        try:
            if any(cells[width:]):
                raise Misread(
                    f"{len(cells)} columns where the first line has {width}", "quote text with commas"
                )
            named = {columns[index]: cell for index, cell in enumerate(cells) if cell and index in columns}
            rows.append(Row(_written(named, side), _text(named), line))
        except Misread as wrong:
            mistakes.append(_mistake(path, line, wrong.what, wrong.hint))
        if len(mistakes) >= _MAX_MISTAKES:
            mistakes.append(_mistake(path, line, "too many mistakes; the rest is not read", ""))
            break
    if not rows and not mistakes:
        mistakes.append(_mistake(path, 1, "holds no entry", "take the file out of entries_from, or fill it"))
    return rows, mistakes


def _cells(path: str, text: str, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each as trimmed cells with the number of its first line."""
    if path.lower().endswith(".txt"):
        yield from (
            (number, [line.strip()])
            for number, line in enumerate(text.splitlines(), start=1)
            if line.strip() and not line.startswith("#")
        )
        return
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count), strict=True)
    line = 1
    try:
        for raw in reader:
            cells = [" ".join(cell.split()) for cell in raw]
            if any(cells) and not cells[0].startswith("#"):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        mistakes.append(_mistake(path, line, f"is not a table from here on: {error}", "check the quotes"))


def _header(cells: list[str]) -> dict[int, str]:
    found = {index: _COLUMNS[plain(cell)] for index, cell in enumerate(cells) if plain(cell) in _COLUMNS}
    return found if len(cells) > 1 or set(found.values()) - {"note"} else {}


def _twice(columns: dict[int, str]) -> list[int]:
    """The first columns that mean one thing, where two do: nobody could tell which of them counts."""
    alike = ([index for index, kind in columns.items() if kind == one] for one in columns.values())
    return next((indexes for indexes in alike if len(indexes) > 1), [])


def _written(named: dict[str, str], side: Side) -> Written:
    if "line" in named:
        return entries.written(named["line"], side)
    if side is Side.HOLDER and not {"cik", "name"} & set(named):
        raise Misread("this row names no holder", "give a cik or a name")
    if not set(named) - {"note"}:
        raise Misread("this row names nobody", "give a ticker, a cik or a name")
    return Written(
        cik=entries.cik(named["cik"]) if "cik" in named else None,
        ticker=entries.ticker(named["ticker"]) if "ticker" in named and side is Side.ISSUER else None,
        file_number=entries.file_number(named["file_number"]) if "file_number" in named else None,
        name=entries.name(named["name"]) if "name" in named else None,
        note=named.get("note"),
    )


def _text(named: dict[str, str]) -> str:
    return next(named[key] for key in ("line", "ticker", "name", "cik", "file_number") if key in named)


def _mistake(path: str, line: int, what: str, hint: str) -> Mistake:
    return Mistake(f"{path}:{line}:1", what, hint)
