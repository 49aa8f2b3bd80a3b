"""An anchor in words: where the record stood, for somebody who keeps it out of its keeper's reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import msgspec

from worker.alerts.message import Message
from worker.messages import words
from worker.messages.slack_blocks import Block, label, plain, section
from worker.messages.templates import Templates
from worker.messages.writer import Page

TITLE = "Form 144 record, anchor"

KEEP = (
    "Keep this message where the keeper of the record cannot change it. Whoever changes, removes or moves an "
    "entry up to this one, or makes the record anew, can no longer end up with this hash."
)


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the record as it was at `at`. `text` is POSITION:HASH, as the commands take it."""

    at: datetime
    position: int
    text: str
    title: str = TITLE
    keep: str = KEEP

    @property
    def lead(self) -> str:
        entries = words.counted(self.position, "entry", "entries")
        return f"On {words.instant(self.at)} the record had {entries}. The last one and its hash are:"


#: For who tries templates out.
SPECIMEN = Anchor(at=datetime(2026, 9, 2, 4, tzinfo=UTC), position=1234, text=f"1234:{'5a' * 32}")


def page_of(anchor: Anchor) -> Callable[[Templates], Page]:
    """The message, to be written with whatever templates work."""
    return lambda templates: Page(templates, "anchor", {"anchor": anchor}, partial(_blocks, anchor))


def plain_anchor(anchor: Anchor) -> Message:
    """What is left when every template fails."""
    return Message(text=f"{anchor.title}: {anchor.text}", subject=f"{anchor.title}: entry {anchor.position}")


def _blocks(anchor: Anchor) -> tuple[Block, ...]:
    return tuple(_lines(anchor))


def _lines(anchor: Anchor) -> Iterator[Block]:
    yield {"type": "header", "text": plain(anchor.title)}
    yield section(plain(anchor.lead))
    yield section(plain(anchor.text))
    yield section(plain(anchor.keep))
    yield label(f"To check it: `form144 ledger verify --anchor {anchor.text}`")
