"""Editing: entries added to a watchlist file and taken out of it, with every other character left as it is.

The file is not written anew from what it means: the places of its parts are found, and lines or items go in
and out there, so that comments, quotes and indentation stay their author's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.entries import Written
from worker.watchlists.match import Side

#: The key under which a side's entries stand.
SIDE_KEYS = {Side.ISSUER: "issuers", Side.HOLDER: "holders"}
#: Text that means itself to YAML wherever an entry may stand, without quotes.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .&/'()-]*[A-Za-z0-9.)'])?")


def entry_line(written: Written) -> str:
    """The entry as it stands in a file: bare, or as keys in braces where it says more than one thing."""
    said = entry_parts(written)
    if len(said) == 1:
        return _quoted(next(iter(said.values())))
    return "{" + ", ".join(f"{name}: {_quoted(value)}" for name, value in said.items()) + "}"


def entry_parts(written: Written) -> dict[str, str]:
    """What the entry says, by its keys, in the order people write them."""
    return {
        name: str(value)
        for name in ("ticker", "cik", "file_number", "name", "note")
        if (value := getattr(written, name)) is not None
    }


def add_entries(path: str, text: str, side: Side, entries: Sequence[Written]) -> str:
    """The text with these entries behind the others of their side. Raises ConfigurationError where the list
    is written in a way that leaves no place for them.
    """
    lines = [entry_line(entry) for entry in entries]
    end = "\r\n" if "\r\n" in text else "\n"
    found = _pair(path, text, side)
    if found is None:
        head = text if text.endswith("\n") or not text else text + end
        return head + end + f"{SIDE_KEYS[side]}:{end}" + "".join(f"  - {line}{end}" for line in lines)
    key, value = found
    if isinstance(value, SequenceNode) and value.value and not value.flow_style:
        dash = " " * value.start_mark.column + "- "
        return _insert_lines(
            text, _last_line(value.value[-1], text) + 1, [dash + line for line in lines], end
        )
    if isinstance(value, SequenceNode) and value.value:
        at = value.value[-1].end_mark.index
        return text[:at] + "".join(f", {line}" for line in lines) + text[at:]
    if isinstance(value, ScalarNode | MappingNode) and _is_on_one_line(value, text):
        start, stop = value.start_mark.index, value.end_mark.index
        return text[:start] + "[" + ", ".join([text[start:stop], *lines]) + "]" + text[stop:]
    raise _by_hand(path, key)


def remove_entry(path: str, text: str, side: Side, line: int, column: int) -> str:
    """The text without the entry that stands there, both counted from 1; without the key, where it was the
    last one. Raises ConfigurationError where nothing stands there.
    """
    found = _pair(path, text, side)
    if found is None:
        raise ConfigurationError([Mistake(f"{path}:{line}:{column}", "no entry stands here")])
    key, value = found
    items: list[Node] = value.value if isinstance(value, SequenceNode) else [value]
    places = [(item.start_mark.line + 1, item.start_mark.column + 1) for item in items]
    if (line, column) not in places:
        raise ConfigurationError([Mistake(f"{path}:{line}:{column}", "no entry stands here")])
    number = places.index((line, column))
    if len(items) == 1:
        return _without_lines(text, key.start_mark.line, _last_line(value, text))
    if isinstance(value, SequenceNode) and not value.flow_style:
        first = items[number].start_mark.line
        return _without_lines(text, first, _last_line(items[number], text))
    if number == 0:
        return text[: items[0].start_mark.index] + text[items[1].start_mark.index :]
    return text[: items[number - 1].end_mark.index] + text[items[number].end_mark.index :]


def _pair(path: str, text: str, side: Side) -> tuple[Node, Node] | None:
    """The key of that side and its value, None where the file has no such key."""
    root = YAML(typ="rt", pure=True).compose(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise ConfigurationError([Mistake(f"{path}:1:1", "cannot be edited for you", "edit it by hand")])
    return next(((key, value) for key, value in root.value if key.value == SIDE_KEYS[side]), None)


def _last_line(node: Node, text: str) -> int:
    """The line on which the node ends, counted from 0; comments below it do not belong to it."""
    if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
        said = text[node.start_mark.index : node.end_mark.index].rstrip()
        return int(node.start_mark.line) + said.count("\n")
    if isinstance(node, SequenceNode) and not node.flow_style:
        return max(_last_line(item, text) for item in node.value)
    if isinstance(node, MappingNode) and not node.flow_style:
        return max(_last_line(part, text) for pair in node.value for part in pair)
    return int(node.end_mark.line)


def _is_on_one_line(node: Node, text: str) -> bool:
    whole = isinstance(node, MappingNode) and node.flow_style
    bare = isinstance(node, ScalarNode) and node.style not in {"|", ">"} and bool(node.value)
    return bool(whole or bare) and "\n" not in text[node.start_mark.index : node.end_mark.index]


def _insert_lines(text: str, at: int, lines: Sequence[str], end: str) -> str:
    kept = text.splitlines(keepends=True)
    if at >= len(kept) and kept and not kept[-1].endswith(("\n", "\r")):
        kept[-1] += end
    return "".join([*kept[:at], *(line + end for line in lines), *kept[at:]])


def _without_lines(text: str, first: int, last: int) -> str:
    kept = text.splitlines(keepends=True)
    return "".join([*kept[:first], *kept[last + 1 :]])


def _quoted(value: str) -> str:
    # What YAML reads as nothing would be lost; everything else is read as the text that was written.
    is_plain = _PLAIN.fullmatch(value) and value.casefold() != "null"
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _by_hand(path: str, key: Node) -> ConfigurationError:
    where = f"{path}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
    return ConfigurationError(
        [Mistake(where, "is written in a way that cannot be added to", "make it a list")]
    )
