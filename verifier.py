"""Checks an export of the record with nothing but Python: `python verifier.py record.jsonl [ANCHOR ...]`.

Each line is {"position": 7, "previous": "...", "entry_hash": "...", "hash": "...", "entry": {...}}. The entry
as JSON with sorted keys, no spaces and no escapes beyond JSON's own, in UTF-8, has the sha256 `entry_hash`;
`previous`, a line feed and `entry_hash` have the sha256 `hash`; and `hash` is the next line's `previous`.
Before the first entry stands the sha256 of "form144 record, version 1". An entry is null where it was pruned,
as a later one of kind "pruned" has to say.

A table (record.csv) has a row for each: the entry's `body` is its JSON, the rest of it is text, and an
apostrophe before = + - @, tab or return was put there so that no spreadsheet computes the cell. Of an entry
that was pruned only the word "pruned" is there.

An anchor is POSITION:HASH as somebody kept it. Without one, nobody can tell whether the end is missing or the
whole was made anew. Exit codes: 0 every entry is as it was sealed, 1 one is not, 2 there is nothing to check.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable

GENESIS = hashlib.sha256(b"form144 record, version 1").hexdigest()

KEYS = {"position", "previous", "entry_hash", "hash", "entry"}

COLUMNS = ("position", "at", "kind", "subject", "body", "previous", "entry_hash", "hash")

#: How a cell begins that a spreadsheet may take for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: What stands in a table for an entry that was pruned.
GONE = ["", "pruned", "", ""]


def entry_hash_of(canonical: str) -> str:
    """The hash of an entry by itself."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def chained(previous: str, entry_hash: str) -> str:
    """The hash of an entry in its place."""
    return hashlib.sha256(f"{previous}\n{entry_hash}".encode()).hexdigest()


class Wrong(Exception):
    """The first thing that is wrong, as a sentence."""


class Check:
    """What is known of the record after each line. `first` and `position` are 0 before the first one."""

    def __init__(self, anchors: Iterable[str] = ()) -> None:
        self.first = self.position = 0
        self.hash = ""
        self.gone = self.said_gone = 0  # the last position that is pruned, and that an entry says is
        self.anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            position, colon, digest = anchor.partition(":")
            if not colon or not position.isdecimal() or len(position) > 12:
                raise Wrong(f"the anchor {anchor} is not POSITION:HASH")
            self.anchors.setdefault(int(position), set()).add(digest.strip().lower())

    def line(self, text: str) -> None:
        """Check the next line. Raises Wrong."""
        try:
            told = json.loads(text, object_pairs_hook=_each_once)
            if set(told) != KEYS or type(told["position"]) is not int:
                raise ValueError
            texts = [] if told["entry"] is None else [_canonical(told["entry"])]
        except (ValueError, TypeError, RecursionError):
            raise self._no_entry() from None
        self._next(told["position"], str(told["previous"]), str(told["entry_hash"]), str(told["hash"]), texts)

    def row(self, cells: list[str]) -> None:
        """Check the next row of a table. Raises Wrong."""
        if len(cells) != len(COLUMNS) or str(_number(cells[0])) != cells[0]:
            raise self._no_entry()
        position, *entry, previous, entry_hash, given = cells
        texts = [] if entry == GONE else _texts(entry)
        self._next(int(position), previous, entry_hash, given, texts)

    def _next(self, position: int, previous: str, entry_hash: str, given: str, texts: list[str]) -> None:
        """`texts` are the ones that the entry may have been sealed with, none where it was pruned."""
        if self.position and position != self.position + 1:
            missing = self.position + 1
            raise Wrong(f"{self._where()} stands entry {position}; entry {missing} is missing, or moved")
        if previous != (self.hash if self.position else GENESIS if position == 1 else previous):
            raise Wrong(f"entry {position} does not follow the one before it: its link was changed")
        if chained(previous, entry_hash) != given:
            raise Wrong(f"entry {position}: its link was changed")
        if not texts:
            self.gone = position
        else:
            sealed = [text for text in texts if entry_hash_of(text) == entry_hash]
            if not sealed:
                raise Wrong(f"entry {position} was changed, or another one put in its place")
            self.said_gone = max(self.said_gone, _pruned_to(sealed[0]))
        if self.anchors.pop(position, {given}) != {given}:
            raise Wrong(f"entry {position} has the hash {given}, which is not the anchor's")
        self.first, self.position, self.hash = self.first or position, position, given

    def _where(self) -> str:
        return f"after entry {self.position}" if self.position else "at the beginning"

    def _no_entry(self) -> Wrong:
        return Wrong(f"{self._where()} stands a line that is not an entry of the record")

    def end(self) -> None:
        """Check what can be known only now. Raises Wrong."""
        if self.gone > self.said_gone:
            raise Wrong(f"entry {self.gone} is missing, and no entry says that it was pruned")
        for position in self.anchors:
            raise Wrong(
                f"the anchor is of entry {position}; these are entries {self.first} to {self.position}"
            )

    def file(self, path: str) -> None:
        """Check a whole file, lines or a table. Raises Wrong, and OSError."""
        with open(path, encoding="utf-8", newline="") as opened:  # noqa: PTH123 - the file stands alone
            csv.field_size_limit(sys.maxsize)
            try:
                is_table = opened.readline().rstrip() == ",".join(COLUMNS)
                if not is_table:
                    opened.seek(0)
                for one in csv.reader(opened, strict=True) if is_table else opened:
                    self.line(one) if isinstance(one, str) else self.row(one)
            except (csv.Error, UnicodeDecodeError):
                raise self._no_entry() from None
        self.end()


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of a name that stands twice, one reader sees the first and another the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _canonical(entry: object) -> str:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text.encode()  # raises ValueError where no text of ours can hold it
    return text


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 12 else -1


def _texts(cells: list[str]) -> list[str]:
    """The entry of a row with and without each apostrophe that may be ours."""
    found: list[list[str]] = [[]]
    for cell in cells:
        ours = cell.startswith("'") and cell[1:].startswith(FORMULA)
        found = [[*before, one] for before in found for one in ([cell, cell[1:]] if ours else [cell])]
    return [
        f'{{"at":{_canonical(at)},"body":{body},"kind":{_canonical(kind)},"subject":{_canonical(subject)}}}'
        for at, kind, subject, body in found
    ]


def _pruned_to(text: str) -> int:
    """The last position that an entry says was pruned, 0 where it says no such thing."""
    try:
        entry = json.loads(text)
        return int(entry["body"]["position"]) if entry["kind"] == "pruned" else 0
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0


def main() -> int:
    """Check the file named on the command line."""
    if len(sys.argv) < 2:
        print(__doc__)  # noqa: T201 - the file stands alone
        return 2
    path, *anchors = sys.argv[1:]
    try:
        check = Check(anchors)
        check.file(path)
    except (Wrong, OSError) as error:
        print(error)  # noqa: T201
        return 2 if isinstance(error, OSError) else 1
    if not check.position:
        print("there is no entry")  # noqa: T201
        return 2
    print(f"entries {check.first} to {check.position} are as they were sealed")  # noqa: T201
    print(f"the last one is {check.position}:{check.hash}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
