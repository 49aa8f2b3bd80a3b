"""A YAML file as plain text values, each with the place where it stands.

Nothing is guessed: every scalar stays the text that was written (`NO`, `0000320193`, `1e3`, `2026-03-31`),
except an empty one, `~` or `null`, which is None. Anchors, aliases, tags, directives, several documents,
duplicate keys, deep nesting and large files are refused, each with its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.document import (
    LONGEST_TEXT,
    MAX_BYTES,
    MOST_LEVELS,
    NULLS,
    Document,
    Path,
    Place,
    Value,
    text_of,
)
from worker.watchlists.libyaml import read_usual

#: What ruamel says, and what a person can do about it.
_HINTS = (
    (r"'\\t' that cannot start", "YAML does not take tabs for indentation; use spaces"),
    (r"chomping or indentation", 'put the comparison in quotes (">= 10M"), or write: at least 10M'),
    (r"mapping values are not allowed", "put the text in quotes if it holds a colon and a space"),
    (r"'[@`%]' that cannot start|found character '", "put the text in quotes"),
    (r"unexpected end of stream", "a quote or bracket that was opened is not closed"),
    (
        r"expected <block end>|did not find expected",
        "check how far this line is indented against the one above",
    ),
    (r"could not find expected ':'", "a key needs a colon and a space after it"),
)


#: A destination without an address looks to YAML like a key, and none may follow another on its line.
_KEY_CONSOLE = re.compile(r"\b\w+:[ \t]+console:[ \t]*(?:#.*)?$")


def read_yaml(path: str, content: bytes) -> Document:
    """Read one file. Raises ConfigurationError with one located Mistake where YAML cannot go on, or with
    every duplicate key, anchor and tag it holds.
    """
    text = text_of(path, content, MAX_BYTES)
    return read_usual(path, text) or read_any(path, text)


def read_any(path: str, text: str) -> Document:
    """The same by a parser in Python, which knows where and why YAML cannot go on."""
    builder = _Builder(path)
    try:
        value = builder.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
        line = "".join(text.splitlines()[place.line - 1 : place.line])
        raise builder.error(place, _sentence(error.problem or str(error)), _hint(str(error), line)) from None
    except YAMLError as error:
        raise builder.error(Place(1, 1), _sentence(str(error).splitlines()[0])) from None
    except (ValueError, IndexError, AssertionError, RecursionError) as error:  # ruamel, on broken escapes
        raise builder.error(Place(1, 1), f"is not YAML ({error})") from None
    if builder.mistakes:
        raise ConfigurationError(builder.mistakes)
    return Document(path=path, value=value, keys=builder.keys, values=builder.values)


class _Builder:
    """Events in, values and places out; refuses what a watchlist never needs."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.mistakes: list[Mistake] = []

    def document(self, events: Iterator[Event]) -> Value:
        value: Value = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.error(_place(event), "a second document begins", "one watchlist a file")
                if event.tags:
                    raise self.error(_place(event), "a %TAG directive", "take it out; tags are not used")
                value = self._value(next(events), events, ())
        return value

    def error(self, place: Place, what: str, hint: str = "") -> ConfigurationError:
        self._mistake(place, what, hint)
        return ConfigurationError(self.mistakes)

    def _mistake(self, place: Place, what: str, hint: str) -> None:
        self.mistakes.append(Mistake(f"{self.path}:{place}", what, hint))

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Value:
        place = _place(event)
        self.values[path] = place
        if isinstance(event, AliasEvent):
            raise self.error(place, f"an alias (*{event.anchor})", "write the text out; aliases are not used")
        if anchor := getattr(event, "anchor", None):
            self._mistake(place, f"an anchor (&{anchor})", "take it out; anchors are not used")
        if tag := getattr(event, "ctag", None):
            self._mistake(place, f"a tag ({tag})", "take it out; everything is read as text")
        if len(path) > MOST_LEVELS:
            hint = f"a watchlist needs no more than {MOST_LEVELS} levels"
            raise self.error(place, "is nested too deeply", hint)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        raise self.error(place, "is not YAML")

    def _scalar(self, event: ScalarEvent, place: Place) -> str | None:
        text = str(event.value)
        if len(text) > LONGEST_TEXT:
            raise self.error(place, f"a text of {len(text):,} characters", f"at most {LONGEST_TEXT:,}")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.error(
                place, "half a character (an escape such as \\ud800)", "write the character itself"
            )
        return None if text in NULLS and event.style is None else text

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Value]:
        items: list[Value] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Value]:
        pairs: dict[str, Value] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            place = _place(event)
            if not isinstance(event, ScalarEvent):
                raise self.error(place, "a key that is not a word", "a key is one word and a colon")
            key = self._scalar(event, place) or ""
            if (first := self.keys.get((*path, key))) is not None:
                self._mistake(place, f"{key!r} stands twice; the first is on line {first.line}", "keep one")
            self.keys[*path, key] = place
            pairs[key] = self._value(next(events), events, (*path, key))
            if pairs[key] is None:  # the parser places nothing at whatever comes next
                self.values[*path, key] = place
        return pairs


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _sentence(problem: str) -> str:
    return f"is not YAML: {re.sub(r' at line [0-9]+.*', '', problem)}"


def _hint(problem: str, line: str) -> str:
    if _KEY_CONSOLE.search(line):
        return "write tell: console, or tell: [console:]"
    return next((hint for pattern, hint in _HINTS if re.search(pattern, problem)), "")
