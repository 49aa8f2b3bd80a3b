"""Facts as Slack blocks, built as data.

What comes from a filing stands in `plain_text` objects, where nothing is formatted, linked or rung. Only
the rows put it beside a bold name, in `mrkdwn`, as `slack_literal` text. `&`, `<` and `>` are escaped in
both, as Slack asks for every text object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from worker.messages.facts import Facts
from worker.messages.rows import Row
from worker.messages.slack_limits import FIELDS, HEADER, TEXT, length
from worker.messages.words import slack_escape, slack_instant, slack_literal

Block = dict[str, Any]

WARNING = "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}"


def blocks_of(facts: Facts) -> tuple[Block, ...]:
    """The whole message. Whether Slack takes it is for `slack_limits` to say."""
    return tuple(_blocks(facts))


def _blocks(facts: Facts) -> Iterator[Block]:
    form = f"{facts.severity} severity · {facts.form}" if facts.severity else facts.form
    title = slack_escape(f"{form} · {facts.issuer}")
    yield {"type": "header", "text": plain(title if length(title) <= HEADER else form, escape=False)}
    yield section(plain(facts.headline))
    if facts.checks:
        yield label(f"{WARNING} *Check this first*")
        yield from (section(_bullets(items)) for items in _that_fit(facts.checks))
    if facts.changed:
        yield label("*What this amendment changes*")
        yield from (section(_bullets(items)) for items in _that_fit(facts.changed))
    for rows in _in_sections(facts.rows):
        yield {"type": "section", "fields": [_field(row) for row in rows]}
    for name, items in (("Lines of the sale", facts.lines), ("Not as it should be", facts.problems)):
        if items:
            yield label(f"*{name}*")
            yield section(_bullets(items))
    if facts.remarks:
        yield label("*Remarks, as filed*")
        yield section(plain(facts.remarks))
    yield label("*Why you get this*")
    yield section(_bullets(facts.reasons))
    yield {"type": "divider"}
    yield label(" · ".join(_closing(facts)))


def _closing(facts: Facts) -> Iterator[str]:
    link = f"<{slack_escape(facts.url)}|Notice at the SEC>"
    left_out = f"; only there: {slack_escape(', '.join(facts.left_out))}" if facts.left_out else ""
    yield f"{link}{left_out}"
    if facts.accepted_at:
        yield f"Accepted {slack_instant(facts.accepted_at)}"
    yield f"Seen {facts.delay} later" if facts.delay else f"Seen {slack_instant(facts.seen_at)}"
    yield facts.accession


def _in_sections(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    return (rows[start : start + FIELDS] for start in range(0, len(rows), FIELDS))


def _that_fit(items: Iterable[str]) -> Iterator[Sequence[str]]:
    """As many at a time as one section holds; one that is too long for any stands alone."""
    held: list[str] = []
    room = TEXT
    for item in items:
        size = length(slack_escape(item)) + 3
        if held and size > room:
            yield held
            held, room = [], TEXT
        held.append(item)
        room -= size
    if held:
        yield held


def _field(row: Row) -> Block:
    """A name, and its value below it."""
    mark = f" {WARNING}" if row.unsure else ""
    return literal(f"*{row.name}*{mark}\n{slack_literal(row.value)}")


def section(text: Block) -> Block:
    return {"type": "section", "text": text}


def label(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _bullets(items: Sequence[str]) -> Block:
    return plain("\n".join(f"• {item}" for item in items))


def plain(text: str, *, escape: bool = True) -> Block:
    return {"type": "plain_text", "text": slack_escape(text) if escape else text, "emoji": False}


def literal(text: str) -> Block:
    """`mrkdwn` of ours around `slack_literal` text: `verbatim` keeps Slack from making links of that."""
    return {**_mrkdwn(text), "verbatim": True}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}
