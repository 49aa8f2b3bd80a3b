"""Walking an XML tree along a table: each element of the schema knows which field it fills.

A table maps an element's full name (namespace and local name; a prefix means nothing) to a node, a function
that reads the element. Whatever the table does not know, or cannot take, becomes a problem, and
everything else stands. Nodes are closures, not objects: this is where the reader spends its time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from lxml import etree

from worker.filings.notice import ProblemKind
from worker.filings.problems import Problems, Unfit

Element = etree._Element  # noqa: SLF001  lxml names the type of its elements no other way

#: What a struct will be made of: values by field name; a field that repeats holds a list, and a field that
#: was there and could not be read holds None.
Values = dict[str, Any]

#: Reads an element into values; the path is what the names of its fields begin with.
Node = Callable[[Element, Values, str, Problems], None]
Table = Mapping[str, Node]

#: So many times the schema's limit is still taken, of a text's length and of the number of rows. What is
#: beyond that was written by no filer, and comparing it would keep us busy for minutes.
BEYOND = 10

#: The most characters of a number, a date or a code, none of which has half as many.
LONGEST_CODE = 400


def walk(element: Element, table: Table, values: Values, path: str, problems: Problems) -> None:
    """Hand every child of `element` to its node of the table."""
    # A third faster than lxml's iterator.
    for child in element.getchildren():  # type: ignore[attr-defined]  # the stubs lack it
        node = table.get(child.tag)
        if node is None:
            name = path + etree.QName(child).localname
            problems.add(
                name, ProblemKind.UNEXPECTED, _all_text(child), "The schema has no such element here."
            )
        else:
            node(child, values, path, problems)


def leaf(field: str, parse: Callable[[str], object], limit: int = 0) -> Node:
    """An element that holds text and fills one field. `limit` is a text's greatest length, 0 for none; what
    is far longer than that is None.
    """
    room = limit or LONGEST_CODE

    def take(element: Element, values: Values, path: str, problems: Problems) -> None:
        raw = element.text
        if len(element):
            problems.add(path + field, ProblemKind.UNEXPECTED, raw or "", _NOT_TEXT)
            values.setdefault(field, None)
        elif raw is not None:
            if field in values:
                problems.add(path + field, ProblemKind.LIMIT, raw, _FIRST)
                return
            try:
                is_long = len(raw) > room
                value = parse(fitting(raw, limit) if is_long else raw)
            except Unfit as unfit:
                problems.add(path + field, unfit.kind, raw.strip(), unfit.why)
                values[field] = None
                return
            if value is not None:
                values[field] = value
                if is_long and limit and len(value) > limit:  # type: ignore[arg-type]  # only texts have a limit
                    problems.add(path + field, ProblemKind.LIMIT, raw, _too_long(limit))

    return take


def longest(limit: int) -> int:
    """How many characters are taken where the schema allows `limit`, 0 for a number, a date or a code."""
    return BEYOND * limit or LONGEST_CODE


def fitting(raw: str, limit: int) -> str:
    """The text, if it is not far too long when its whitespace is collapsed. Raises Unfit."""
    text = " ".join(raw.split())
    if len(text) > longest(limit):
        why = f"It has {len(text):,} characters, far more than the form has room for; nothing of it is taken."
        raise Unfit(ProblemKind.LIMIT, why)
    return text


def leaves(field: str, parse: Callable[[str], object], limit: int = 0, most: int = 0) -> Node:
    """An element that holds text and may repeat, at most `most` times (0 for any number); fills a list."""

    def take(element: Element, values: Values, path: str, problems: Problems) -> None:
        found = values.setdefault(field, [])
        one: Values = {}
        read_one(element, one, f"{path}{field}[{len(found)}]", problems)
        value = one.get("")
        if value is not None:
            found.append(value)
            if most and len(found) == most + 1:
                problems.add(path + field, ProblemKind.LIMIT, element.text or "", _too_many(most))

    read_one = leaf("", parse, limit)
    return take


def group(table: Table, stray: Node | None = None) -> Node:
    """An element whose children fill fields of the struct it stands in. Text directly inside it goes to
    `stray`, where there is one.
    """

    def take(element: Element, values: Values, path: str, problems: Problems) -> None:
        if stray is not None and not len(element):
            stray(element, values, path, problems)
        walk(element, table, values, path, problems)

    return take


def part(field: str, table: Table, struct: type[msgspec.Struct], required: frozenset[str]) -> Node:
    """An element that becomes a struct of its own. Where every element inside is empty it is absent."""

    def take(element: Element, values: Values, path: str, problems: Problems) -> None:
        if field in values:
            problems.add(path + field, ProblemKind.LIMIT, _all_text(element), _FIRST)
            return
        inner: Values = {}
        name = f"{path}{field}."
        walk(element, table, inner, name, problems)
        if inner:
            absent(inner, required, name, problems)
            values[field] = struct(**inner)

    return take


def rows(field: str, table: Table, struct: type[msgspec.Struct], required: frozenset[str], most: int) -> Node:
    """An element that is one row of a table of the form; `most` is the greatest number of rows.

    A row in which every element is empty is a shell that some filers leave behind: it is no row.
    """

    def take(element: Element, values: Values, path: str, problems: Problems) -> None:
        found = values.setdefault(field, [])
        inner: Values = {}
        name = f"{path}{field}[{len(found)}]."
        walk(element, table, inner, name, problems)
        if inner:
            absent(inner, required, name, problems)
            found.append(struct(**inner))
            if len(found) == most + 1:
                problems.add(path + field, ProblemKind.LIMIT, "", _too_many(most))

    return take


def ignored(element: Element, values: Values, path: str, problems: Problems) -> None:
    """An element of the schema that EDGAR masks or strips, and that says nothing about the sale."""


def absent(values: Values, required: frozenset[str], path: str, problems: Problems) -> None:
    """Note every required field that no element filled (one that could not be read has its problem)."""
    if not required <= values.keys():
        for field in sorted(required - values.keys()):
            problems.add(path + field, ProblemKind.ABSENT, "", "The form demands this, and it is not there.")


_NOT_TEXT = "There are elements inside what should be plain text."
_FIRST = "The first of several is taken."


def _too_many(most: int) -> str:
    return f"The schema allows {most} of these; all are taken."


def _too_long(limit: int) -> str:
    return f"The schema allows {limit} characters; the whole text is taken."


def _all_text(element: Element) -> str:
    return " ".join(str(etree.tostring(element, method="text", encoding="unicode")).split())
