"""Writer: an alert into a finished message for one destination, whatever the templates do."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jinja2 import TemplateError, TemplateSyntaxError

from worker.alerts.alert import Alert
from worker.alerts.message import Message, Summary
from worker.filings.figures import Figures
from worker.filings.rule144 import computed
from worker.messages import slack_limits
from worker.messages.drilled import drilled
from worker.messages.facts import DEGRADATION, Facts, facts_of, summary_of
from worker.messages.inlining import Inliner
from worker.messages.plain import plain_line
from worker.messages.slack_blocks import Block, blocks_of
from worker.messages.templates import Templates, in_words
from worker.messages.together import blocks_of_together, plain_together, together_of
from worker.watchlists.destination import Destination
from worker.watchlists.match import Severity

#: Gmail hides what lies beyond about 102 kB of an e-mail's HTML (https://support.google.com/mail).
HTML_BYTES = 100_000

#: How many alerts one message tells of at most, whatever the room.
MOST_TOGETHER = 50


T = TypeVar("T")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A message that can be sent, and, where it is not what the templates asked for, why: a sentence for
    the operator that holds nothing of the watchlist.
    """

    message: Message
    problem: str | None = None


class TooLong(Exception):
    """It does not fit the channel; said with less it may."""


class Page:
    """One message to be written, as a channel's templates see it: the folder of its templates, the words
    they may use, its Slack blocks where no template has its own, and what it is filed under.
    """

    def __init__(
        self,
        templates: Templates,
        folder: str,
        context: Mapping[str, object],
        blocks: Callable[[], Sequence[Block]],
        *,
        thread: str | None = None,
        summary: Summary | None = None,
        severity: Severity = Severity.NORMAL,
    ) -> None:
        self.blocks, self.thread, self.summary, self.severity = blocks, thread, summary, severity
        self._templates, self._folder, self._context = templates, folder, context
        self._used: set[str] = set()

    def place(self, part: str) -> str:
        """The part as a report names it: `alert/email.txt.j2`."""
        return f"{self._folder}/{part}"

    def has(self, part: str) -> bool:
        return self._templates.has(self._folder, part)

    def part(self, part: str) -> str:
        self._used.add(part)
        return self._templates.render(self._folder, part, self._context)

    def finished(self, message: Message) -> Message:
        """The message, filed, with what it was written with."""
        used = self._templates.digest(self._folder, self._used)
        return msgspec.structs.replace(
            message, thread=self.thread, summary=self.summary, templates=used, severity=self.severity
        )

    def own_blocks(self) -> list[dict[str, Any]]:
        """Blocks a user's template wrote as JSON; they pass the same limits as ours."""
        blocks = json.loads(self.part("slack.json.j2"))
        if not isinstance(blocks, list):
            raise TypeError("slack.json.j2 has to give a list of blocks")
        return blocks


class Writer:
    """Writes for Slack (`slack`, `slack-webhook`), e-mail, and as plain text for every other notifier.

    `folders` are searched for templates, the users' own first, ours (`templates.shipped()`) last. A
    template that fails makes way for ours, and ours for a plain line: nobody goes untold over a template.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._sources = [Templates(folders)]
        if len(folders) > 1:
            self._sources.append(Templates(folders[-1:]))
        self._inliner = Inliner()
        self._last: tuple[Alert, Figures, Facts] | None = None

    def write(self, alert: Alert, destination: Destination) -> Written:
        """Write it. Never raises: what goes wrong is reported in `problem`, beside a message that says
        the least a reader must know.
        """
        message, problem = self._attempted(
            lambda templates: self._first(self._pages(templates, alert), destination)
        )
        message = message or plain_line(alert)
        if alert.filing.is_drill:
            message = drilled(message, destination)
        return Written(message=message, problem=problem)

    def write_together(self, summaries: Sequence[Summary], destination: Destination) -> tuple[Written, int]:
        """One message about several alerts, and how many of them, from the first on, it tells of: as many as
        there is room for. Never raises, as `write`.
        """
        told, problem = self._attempted(lambda templates: self._as_many(templates, summaries, destination))
        message, number = told or (plain_together(summaries), len(summaries))
        return Written(message=message, problem=problem), number

    def write_page(
        self,
        page: Callable[[Templates], Page],
        plain: Message,
        destination: Destination,
        *less: Callable[[Templates], Page],
    ) -> Written:
        """Any other page, or the first of `less` that fits; `plain` where no template works. Never raises."""
        message, problem = self._attempted(
            lambda templates: self._first((one(templates) for one in (page, *less)), destination)
        )
        return Written(message=message or plain, problem=problem)

    def _first(self, pages: Iterable[Page], destination: Destination) -> Message:
        """The first of the pages, each saying less, that there is room for. Raises TooLong where none is."""
        why: Exception = ValueError("there is no page to write")
        for page in pages:
            try:
                return self._channel(destination)(page)
            except TooLong as error:
                why = error
        raise why

    def _attempted(self, write: Callable[[Templates], T]) -> tuple[T | None, str | None]:
        """What the first templates that work make of it, None where none do; and what was wrong."""
        found: list[str] = []
        for templates in self._sources:
            try:
                return write(templates), "; ".join(found) or None
            except Exception as error:  # noqa: BLE001  a template may raise anything; it is reported
                found.append(why_it_failed(error))
        return None, "; ".join(found)

    def _as_many(
        self, templates: Templates, summaries: Sequence[Summary], destination: Destination
    ) -> tuple[Message, int]:
        number = min(len(summaries), MOST_TOGETHER)
        while True:
            told = together_of(summaries[:number])
            blocks = partial(blocks_of_together, told)
            severity = max((one.severity for one in summaries[:number]), key=lambda one: one.rank)
            page = Page(templates, "together", {"together": told}, blocks, severity=severity)
            try:
                return self._channel(destination)(page), number
            except TooLong:
                if number == 1:
                    raise
                number = number * 3 // 4

    def _pages(self, templates: Templates, alert: Alert) -> Iterator[Page]:
        """The message with everything in it, then with less and less."""
        figures, everything = self._everything(alert)
        for number, room in enumerate(DEGRADATION):
            facts = facts_of(alert, figures, room) if number else everything
            context = {
                "facts": facts,
                "alert": alert,
                "filing": alert.filing,
                "notice": alert.notice,
                "match": alert.match,
                "figures": figures,
            }
            yield Page(
                templates,
                "alert" if alert.unreadable_because is None else "unreadable",
                context,
                partial(blocks_of, facts),
                thread=alert.family,
                summary=summary_of(facts),
                severity=alert.match.severity,
            )

    def _everything(self, alert: Alert) -> tuple[Figures, Facts]:
        """The figures, and the facts where there is room for all; most alerts go to several destinations."""
        last = self._last
        if last is None or last[0] != alert:
            figures = computed(alert.notice)
            last = self._last = alert, figures, facts_of(alert, figures, DEGRADATION[0])
        return last[1], last[2]

    def _channel(self, destination: Destination) -> Callable[[Page], Message]:
        if destination.notifier in ("slack", "slack-webhook"):
            return _slack
        return self._email if destination.notifier == "email" else _text

    def _email(self, page: Page) -> Message:
        html = self._inliner.inline(page.part("email.html.j2"))
        if len(html.encode()) > HTML_BYTES:
            raise TooLong(f"{page.place('email.html.j2')}: more than {HTML_BYTES:,} bytes")
        subject = " ".join(page.part("email.subject.txt.j2").split())
        text = page.part("email.txt.j2")
        return page.finished(Message(text=text, subject=subject, html=html))


def _slack(page: Page) -> Message:
    text = " ".join(page.part("slack.text.j2").split())
    blocks = page.own_blocks() if page.has("slack.json.j2") else page.blocks()
    if found := slack_limits.problems(blocks, text):
        part = "slack.text.j2" if found[0].startswith("text") else "slack.json.j2"
        raise TooLong(f"{page.place(part)}: Slack would refuse the message: {found[0]}")
    return page.finished(Message(text=text, blocks=tuple(blocks)))


def _text(page: Page) -> Message:
    return page.finished(Message(text=page.part("console.txt.j2")))


def why_it_failed(error: Exception) -> str:
    """Which template failed, where and how, without the values it was given."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name}:{error.lineno}: {error.message}"
    known = isinstance(error, TemplateError | TooLong)
    what = in_words(error) if known else f"raised {type(error).__name__}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return what
    file = Path(frames[-1].filename)
    return f"{file.parent.name}/{file.name}:{frames[-1].lineno}: {what}"
