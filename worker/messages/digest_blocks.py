"""A digest as Slack blocks, built as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from worker.messages import words
from worker.messages.digest import DigestFacts
from worker.messages.digest_lines import Line
from worker.messages.slack_blocks import WARNING, Block, label, literal, plain, section
from worker.messages.slack_limits import TEXT, length
from worker.messages.words import slack_escape, slack_literal


def blocks_of_digest(facts: DigestFacts) -> tuple[Block, ...]:
    """The whole message. Whether Slack takes it is for `slack_limits` to say."""
    return tuple(_blocks(facts))


def _blocks(facts: DigestFacts) -> Iterator[Block]:
    yield {"type": "header", "text": plain(f"Form 144 digest · {facts.day}")}
    for warning in facts.warnings:
        yield label(f"{WARNING} *{slack_literal(warning)}*")
    tiles = " · ".join(f"{tile.name} {tile.value}" for tile in facts.tiles)
    yield section(
        literal(f"*{slack_literal(facts.headline)}*" + (f"\n{slack_literal(tiles)}" if tiles else ""))
    )
    for group in facts.groups:
        head = f"*{slack_literal(group.issuer)}*\n{slack_literal(group.totals)}"
        yield from _parts(head, group.lines, group.more)
    if facts.more:
        yield section(literal(slack_literal(facts.more)))
    for part in facts.sections:
        yield {"type": "divider"}
        yield from _parts(f"*{part.name}*\n{slack_literal(part.lead)}", part.lines, part.more)
    yield {"type": "divider"}
    yield from (section(literal(text)) for text in _joined(map(slack_literal, facts.coverage)))
    yield label(slack_escape(facts.span))
    yield label("A notice states an intention to sell. It does not say that anything was sold.")


def _parts(head: str, lines: Iterable[Line], more: str) -> Iterator[Block]:
    texts = [head, *map(_line, lines), *([f"_{slack_literal(more)}_"] if more else [])]
    yield from (section(literal(text)) for text in _joined(texts))


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """The texts under each other, as many at a time as one section holds."""
    held = ""
    for text in texts:
        if held and length(held) + length(text) + 1 > TEXT:
            yield held
            held = ""
        held = f"{held}\n{text}" if held else text
    if held:
        yield held


def _line(line: Line) -> str:
    mark = f"{WARNING} " if line.check else ""
    figures = f", {slack_literal(line.figures)}" if line.figures else ""
    link = f"<{slack_escape(line.url)}|{slack_literal(line.form)}>"
    notes = f"\n    {slack_literal(words.notes(line.marked_notes))}" if line.marked_notes else ""
    return f"• {mark}{slack_literal(line.said)}{figures} {link}{notes}"
