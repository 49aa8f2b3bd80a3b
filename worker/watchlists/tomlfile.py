"""A TOML file as the same plain text values a YAML file gives."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from worker.errors import ConfigurationError, Mistake
from worker.watchlists.document import MAX_BYTES, Document, Path, Place, Value, text_of

_AT = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)")


def read_toml(path: str, content: bytes) -> Document:
    """Read one file. Raises ConfigurationError with one located Mistake where it is not TOML.

    Standard TOML readers keep no places: keys are found again by their line, list items by their text.
    """
    text = text_of(path, content, MAX_BYTES)
    try:
        value = _plain(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        end = text.count("\n") + 1
        place = Place(int(at[1]), int(at[2])) if at is not None and at[1] else Place(end if at else 1, 1)
        what = f"is not TOML: {_AT.sub('', str(error))}"
        raise ConfigurationError([Mistake(f"{path}:{place}", what)]) from None
    places: dict[Path, Place] = {}
    _locate(value, (), text, 0, places)
    return Document(path=path, value=value, keys=places, values=places)


def _plain(value: Any) -> Value:
    """Every scalar as text, the way a person would have written it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _locate(value: Value, way: Path, text: str, start: int, places: dict[Path, Place]) -> None:
    """Note the place of everything inside, looking onward from `start`."""
    if isinstance(value, dict):
        for key, item in value.items():
            pattern = rf'(?m)(?:^[ \t]*|[\[{{,.][ \t]*)"?({re.escape(key)})"?[ \t]*[=\].]'
            found = re.compile(pattern).search(text, start)
            at = found.start(1) if found is not None else start
            places[*way, key] = _place(text, at)
            _locate(item, (*way, key), text, at, places)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            at = text.find(item, start) if isinstance(item, str) else start
            start = max(at, start)
            places[*way, number] = _place(text, start)
            _locate(item, (*way, number), text, start, places)
            start += len(item) if isinstance(item, str) else 0


def _place(text: str, at: int) -> Place:
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
