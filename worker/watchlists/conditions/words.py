"""Reading what stands after a condition's name: a text, one of several words, or a list of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from rapidfuzz import fuzz, process

from worker.watchlists.document import Value
from worker.watchlists.misread import Misread

T = TypeVar("T")

#: So many words are all named to somebody who wrote another one; of more, one stands for an example.
_FEW = 4


def text(value: Value, example: str) -> str:
    """The value as one text. Raises Misread where it is empty or not a text."""
    if not isinstance(value, str) or not value.strip():
        raise Misread(f"expected a text, found {kind_of(value)}", f"write {example}")
    return value.strip()


def texts(value: Value, example: str) -> tuple[str, ...]:
    """One text or a list of them, at least one. Raises Misread."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise Misread("the list is empty", f"write {example}")
    return tuple(text(item, example) for item in items)


def one_of(value: Value, words: Mapping[str, T], example: str) -> T:
    """What the word stands for, letter case and `-`, `_` aside. Raises Misread with did-you-mean, or with
    all the words where they are few.
    """
    said = text(value, example)
    known = {_folded(word): meaning for word, meaning in words.items()}
    if (meaning := known.get(_folded(said))) is not None:
        return meaning
    *others, last = words
    fitting = f"{', '.join(others)} or {last}" if len(words) <= _FEW else example
    raise Misread(
        f"{said!r} is not one of {', '.join(words)}", did_you_mean(said, words) or f"write {fitting}"
    )


def reader_of(read: Callable[[str], T], example: str) -> Callable[[Value], T]:
    """Make a reader of text one of values that refuses anything else."""
    return lambda value: read(text(value, example))


def did_you_mean(said: str, known: Mapping[str, object] | set[str] | list[str]) -> str:
    """`did you mean market_value?`, or "" where nothing known is close."""
    found = process.extractOne(
        _folded(said), {word: _folded(word) for word in known}, scorer=fuzz.ratio, score_cutoff=60
    )
    return f"did you mean {found[2]}?" if found is not None else ""


def kind_of(value: object) -> str:
    """What a value is, in a person's words."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, dict):
        return "keys with values"
    return "a list" if isinstance(value, list) else f"{str(value)[:60]!r}"


def _folded(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())
