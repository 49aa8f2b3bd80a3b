"""A YAML file through libyaml, which is written in C and five times as fast as a parser in Python.

It reads what a watchlist is made of: mappings, lists and texts. Of everything else, mistakes included, it
says nothing at all, so that `yamlfile.py` says it in one way. What this reads, that reads too, the same and
at the same places; a test holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from worker.watchlists.document import LONGEST_TEXT, MOST_LEVELS, NULLS, Document, Path, Place, Value

try:
    from yaml import CSafeLoader, YAMLError, parse
    from yaml.events import (
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )
except ImportError:  # PyYAML is not there, or was built without libyaml
    HAS_LIBYAML = False
else:
    HAS_LIBYAML = True

#: Where the parsers go apart: ends of lines to YAML 1.1 but not to 1.2, the mark of a byte order, tabs, and a
#: comment that touches the sign of a text in lines.
_APART = re.compile(r"[\t\x85\u2028\u2029\ufeff]|\r(?!\n)|[|>][-+0-9]*#")

#: And in a text in lines, one of nothing but spaces.
_SPACES = re.compile(r"(?m)^ +\r?$")


class _Unusual(Exception):
    """Something that only `yamlfile.py` knows what to say of."""


def read_usual(path: str, text: str) -> Document | None:
    """The document, or None where the file holds anything unusual or there is no libyaml."""
    if not HAS_LIBYAML or _APART.search(text) or (("|" in text or ">" in text) and _SPACES.search(text)):
        return None
    keys: dict[Path, Place] = {}
    values: dict[Path, Place] = {}
    try:
        value = _document(parse(text, Loader=CSafeLoader), keys, values)
    except (_Unusual, YAMLError, ValueError):
        return None
    return Document(path=path, value=value, keys=keys, values=values)


def _document(events: Iterator[Any], keys: dict[Path, Place], values: dict[Path, Place]) -> Value:
    value: Value = None
    documents = 0
    for event in events:
        if type(event) is DocumentStartEvent:
            documents += 1
            if documents > 1 or event.tags or event.version:
                raise _Unusual
            value = _value(next(events), events, (), keys, values)
    if value is None:
        raise _Unusual
    return value


def _value(
    event: Any, events: Iterator[Any], path: Path, keys: dict[Path, Place], values: dict[Path, Place]
) -> Value:
    kind = type(event)
    values[path] = _place(event)
    if kind is ScalarEvent:
        return _scalar(event)
    if event.anchor is not None or getattr(event, "tag", None) is not None or len(path) > MOST_LEVELS:
        raise _Unusual
    if kind is SequenceStartEvent:
        items: list[Value] = []
        while type(event := next(events)) is not SequenceEndEvent:
            items.append(_value(event, events, (*path, len(items)), keys, values))
        return items
    if kind is MappingStartEvent:
        return _mapping(events, path, keys, values)
    raise _Unusual


def _mapping(
    events: Iterator[Any], path: Path, keys: dict[Path, Place], values: dict[Path, Place]
) -> dict[str, Value]:
    pairs: dict[str, Value] = {}
    while type(event := next(events)) is not MappingEndEvent:
        if type(event) is not ScalarEvent:
            raise _Unusual
        key = _scalar(event)
        if not key or key in pairs:
            raise _Unusual
        way = (*path, key)
        keys[way] = place = _place(event)
        pairs[key] = value = _value(next(events), events, way, keys, values)
        if value is None:
            values[way] = place
    return pairs


def _scalar(event: Any) -> str | None:
    text: str = event.value
    if event.anchor is not None or event.tag is not None or len(text) > LONGEST_TEXT:
        raise _Unusual
    return None if text in NULLS and not event.style else text


def _place(event: Any) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1)
