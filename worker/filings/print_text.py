"""Pieces of the printed form's text: a field taken from a cell, and a name told from its address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from worker.filings.notice import Address
from worker.filings.problems import Problems, Unfit
from worker.filings.walk import fitting

T = TypeVar("T")

#: Copying through Markdown leaves `\\$10`.
_ESCAPED = re.compile(r"\\([$*_^{}\[\]()#+.!&<>|-])")

#: The last two-character code with a letter in it, and behind it a postal code with a digit in it.
_TAIL = re.compile(
    r"^(?P<street>.+)[ ,]+(?P<code>(?=.?[A-Z])[A-Z0-9]{2})[ ]+"
    r"(?P<zip>(?=\S*[0-9]|\S+ \S*[0-9])[0-9A-Za-z# -]{3,10})$"
)
_SUFFIX = re.compile(
    r"\b(?:Inc|LLC|L\.L\.C|Ltd|Limited|LP|L\.P|LLP|Corp|Corporation|Co|Company|N\.A|AG|PLC|plc|S\.A|SE|NV|N\.V|Incorporated)"
    r"(?:\.|\b),?(?=\s)"
)


def unescaped(text: str) -> str:
    """The text as the form shows it, without Markdown's backslashes."""
    return _ESCAPED.sub(r"\1", text)


def taken(
    name: str, parse: Callable[[str], T | None], raw: str, problems: Problems, limit: int = 0
) -> T | None:
    """The cell's value, or None with a problem under that name, or None where the cell is blank. `limit` is
    what the schema allows a text; what is far longer is a problem.
    """
    try:
        return parse(fitting(raw, limit))
    except Unfit as unfit:
        problems.add(name, unfit.kind, raw.strip(), unfit.why)
        return None


def name_and_address(cell: str, known_name: str | None = None) -> tuple[str | None, Address | None]:
    """Take apart `Citigroup Global Markets Inc. 390 Greenwich Street New York NY 10013`.

    The name ends where `known_name` does, else behind its legal suffix, else before the first number;
    where none of these is there, the whole cell is the name. Street and city cannot be told apart and
    stand in `street1`; code and postal code are taken from the end.
    """
    text = " ".join(unescaped(cell).split())
    if not text:
        return None, None
    name, rest = _split(text, known_name)
    if not rest:
        return name, None
    if match := _TAIL.match(rest):
        return name, Address(street1=match["street"], state_or_country=match["code"], zip_code=match["zip"])
    return name, Address(street1=rest)


def _split(text: str, known_name: str | None) -> tuple[str, str]:
    if known_name and text.casefold().startswith(known_name.casefold()):
        return text[: len(known_name)], text[len(known_name) :].strip(" ,")
    if suffix := _SUFFIX.search(text):
        return text[: suffix.end()].rstrip(","), text[suffix.end() :].strip(" ,")
    if number := re.search(r"\s(?=[0-9])", text):
        return text[: number.start()].rstrip(","), text[number.end() :]
    return text, ""
