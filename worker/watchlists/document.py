"""Document: a watchlist file as plain values, and the line and column of every key and value in it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from worker.errors import ConfigurationError, Mistake

#: A file that is edited by hand is small; long lists belong into a CSV beside it.
MAX_BYTES = 1_000_000

#: How deep a watchlist nests at most, and how long one text in it is.
MOST_LEVELS = 12
LONGEST_TEXT = 4_000

#: What YAML writes, without quotes, where there is nothing.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

#: Suffixes of watchlist files; everything else in the folder is read only when one of them names it.
LISTS = (".yaml", ".yml", ".toml")

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"


class Place(NamedTuple):
    """Where something stands, both counted from 1; written `12:9`."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `keys` and `values` give the place of a key and of its value by the way that leads there,
    such as ("issuers", 0, "cik").
    """

    path: str
    value: Value
    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]

    def where(self, way: Path, *, at_key: bool = False) -> str:
        """`watchlists/ir.yaml:12:9` for that way, or for the nearest thing around it that has a place."""
        return f"{self.path}:{self.place(way, at_key=at_key)}"

    def place(self, way: Path, *, at_key: bool = False) -> Place:
        for end in range(len(way), -1, -1):
            first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
            place = first.get(way[:end]) or second.get(way[:end])
            if place is not None:
                return place
        return Place(1, 1)


def beside(
    document: Document, name: str, files: Mapping[str, bytes], way: Path, suffixes: tuple[str, ...]
) -> str:
    """The path of a file that the document names relative to itself. Raises ConfigurationError where it is
    not among the files, or is no such file.
    """
    found = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), name))
    if found not in files or found.lower().endswith(LISTS):
        there = sorted(posixpath.basename(path) for path in files if path.lower().endswith(suffixes))
        hint = f"there is: {', '.join(there[:10])}" if there else "put the file beside the watchlist"
        raise ConfigurationError([Mistake(document.where(way), f"there is no file {name!r}", hint)])
    return found


def text_of(path: str, content: bytes, limit: int) -> str:
    """The file as text. Raises ConfigurationError where it is too large or not UTF-8."""
    if len(content) > limit:
        raise ConfigurationError(
            [
                Mistake(
                    f"{path}:1:1",
                    f"is {len(content):,} bytes; at most {limit:,} are read",
                    "move a long list into a CSV beside it and name it under entries_from",
                )
            ]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise ConfigurationError(
            [Mistake(f"{path}:{line}:{column}", "is not UTF-8 text here", "save the file as UTF-8")]
        ) from None
