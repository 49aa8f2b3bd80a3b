"""Editing TOML: entries added to a watchlist file and taken out of it; comments and layout stay.

tomlkit keeps a file as it was written, and knows its places by what they mean. What an edit may change is
one key; that all others mean what they meant is checked before the text is given back.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.editing import SIDE_KEYS, entry_parts
from worker.watchlists.entries import Written
from worker.watchlists.match import Side


def add_entries_toml(path: str, text: str, side: Side, entries: Sequence[Written]) -> str:
    """The text with these entries behind the others of their side. Raises ConfigurationError where the list
    is written in a way that leaves no place for them.
    """
    key = SIDE_KEYS[side]
    document = tomlkit.parse(_one_ending(path, text))
    there: Any = document.get(key)
    if isinstance(there, AoT):
        for entry in entries:
            there.append(_table(entry))
    elif isinstance(there, Array):
        for entry in entries:
            there.append(_item(entry))
    else:
        array = tomlkit.array().multiline(True)
        array.extend([*([] if there is None else [there.unwrap()]), *(_item(entry) for entry in entries)])
        if there is not None and there.trivia.comment:
            array.comment(there.trivia.comment.lstrip("# "))
        document[key] = array
    return _finished(path, text, tomlkit.dumps(document), key)


def remove_entry_toml(path: str, text: str, side: Side, number: int) -> str:
    """The text without that entry of its side, counted from 0 in the file's order; without the key, where it
    was the last one. Raises ConfigurationError where there is no such entry.
    """
    key = SIDE_KEYS[side]
    document = tomlkit.parse(_one_ending(path, text))
    there: Any = document.get(key)
    many = isinstance(there, AoT | Array)
    if there is None or not 0 <= number < (len(there) if many else 1):
        raise ConfigurationError([Mistake(f"{path}:1:1", "has no such entry")])
    if many and len(there) > 1:
        there.pop(number)
    else:
        del document[key]
    return _finished(path, text, tomlkit.dumps(document), key)


def _item(entry: Written) -> str | InlineTable:
    said = entry_parts(entry)
    if len(said) == 1:
        return next(iter(said.values()))
    item = tomlkit.inline_table()
    _fill(item, said)
    return item


def _table(entry: Written) -> Table:
    table = tomlkit.table()
    _fill(table, entry_parts(entry))
    table.add(tomlkit.nl())
    return table


def _fill(table: MutableMapping[str, Any], said: Mapping[str, str]) -> None:
    for name, value in said.items():
        table[name] = int(value) if name == "cik" else value


def _one_ending(path: str, text: str) -> str:
    """The text with plain line ends; one with both kinds could not be given back as it was."""
    if 0 < text.count("\r\n") < text.count("\n"):
        raise _by_hand(path)
    return text.replace("\r\n", "\n")


def _finished(path: str, old: str, new: str, key: str) -> str:
    before, after = (tomllib.loads(text) for text in (old, new))
    before.pop(key, None)
    after.pop(key, None)
    if before != after:
        raise _by_hand(path)
    return new.replace("\n", "\r\n") if "\r\n" in old else new


def _by_hand(path: str) -> ConfigurationError:
    return ConfigurationError([Mistake(f"{path}:1:1", "cannot be edited for you", "edit it by hand")])
