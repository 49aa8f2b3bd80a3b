"""Several alerts in one message: a line each, by issuer. What each would have said stands at its link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from worker.alerts.message import Message, Summary
from worker.messages import words
from worker.messages.slack_blocks import WARNING, Block, label, literal, plain, section
from worker.messages.slack_limits import TEXT, length
from worker.watchlists.match import Severity


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What there is about one issuer, in the order it was raised."""

    issuer: str
    items: tuple[Summary, ...]


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """What a message about several alerts says: issuers in the order of their first alert."""

    number: int
    groups: tuple[Group, ...]
    title: str
    lead: str


def together_of(summaries: Sequence[Summary]) -> Together:
    """Sort them by issuer."""
    by_issuer: dict[str, list[Summary]] = {}
    for one in summaries:
        by_issuer.setdefault(one.issuer, []).append(one)
    notices = words.counted(len(summaries), "notice")
    issuers = words.counted(len(by_issuer), "issuer")
    return Together(
        number=len(summaries),
        groups=tuple(Group(issuer=issuer, items=tuple(items)) for issuer, items in by_issuer.items()),
        title=f"Form 144 · {notices} at once",
        lead=(
            f"{notices} about {issuers} came within minutes and are told in one message. Each is on one of "
            "your watchlists; the notice itself is at its link."
        ),
    )


def blocks_of_together(told: Together) -> tuple[Block, ...]:
    """The message as Slack blocks. Whether Slack takes it is for `slack_limits` to say."""
    return tuple(_blocks(told))


def plain_together(summaries: Sequence[Summary]) -> Message:
    """What is left when every template fails: nothing that could need escaping."""
    title = f"{words.counted(len(summaries), 'Form 144 notice')} at once"
    return Message(text="\n".join((f"{title}:", *(one.url for one in summaries))), subject=title)


def _blocks(told: Together) -> Iterator[Block]:
    yield {"type": "header", "text": plain(told.title)}
    yield section(plain(told.lead))
    for group in told.groups:
        yield from (section(literal(text)) for text in _parts(group))
    yield {"type": "divider"}
    yield label("A notice states an intention to sell. It does not say that anything was sold.")


def _parts(group: Group) -> Iterator[str]:
    """The issuer and its lines, as many at a time as one section holds."""
    text = f"*{words.slack_literal(group.issuer)}*"
    for one in group.items:
        line = _line(one)
        if length(text) + length(line) + 1 > TEXT:
            yield text
            text = line
        else:
            text = f"{text}\n{line}"
    yield text


def _line(one: Summary) -> str:
    figures = f", {words.slack_literal(one.figures)}" if one.figures else ""
    mark = f"{WARNING} " if one.check else ""
    mark += "*High severity:* " if one.severity is Severity.HIGH else ""
    said = words.slack_literal(one.line)
    return f"• {mark}{said}{figures} <{words.slack_escape(one.url)}|{words.slack_literal(one.form)}>"
