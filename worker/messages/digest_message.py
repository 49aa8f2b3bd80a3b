"""A digest into a finished message for one destination."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from worker.alerts.digest import Digest
from worker.alerts.message import Message
from worker.messages import words
from worker.messages.digest import DEGRADATION, Room, digest_facts
from worker.messages.digest_blocks import blocks_of_digest
from worker.messages.digest_lines import told_of
from worker.messages.digest_table import table_of
from worker.messages.templates import Templates
from worker.messages.writer import Page, Writer, Written
from worker.watchlists.destination import Destination
from worker.watchlists.match import Severity


def write_digest(writer: Writer, digest: Digest, to: Destination, *, attach_csv: bool = False) -> Written:
    """Write it, with as much in it as the channel has room for. Never raises, as `Writer.write`."""
    files = (table_of(digest),) if attach_csv and to.notifier == "email" and digest.entries else ()
    attached = files[0].name if files else ""
    pages = [partial(_page, digest, room, attached) for room in DEGRADATION]
    # Rooms that hold everything are all the same.
    most = max(len(digest.entries), len(digest.unacknowledged), len(digest.unreadable))
    fitting = [number for number, room in enumerate(DEGRADATION) if min(room.each, room.others) >= most]
    first, *less = pages[fitting[-1] if fitting else 0 :]
    written = writer.write_page(first, plain_digest(digest), to, *less)
    return msgspec.structs.replace(
        written, message=msgspec.structs.replace(written.message, attachments=files)
    )


def plain_digest(digest: Digest) -> Message:
    """What is left when every template fails: nothing that could need escaping."""
    told = told_of(digest.entries)
    title = f"Form 144 digest, {words.counted(len(told), 'notice')}"
    return Message(text="\n".join((f"{title}:", *(one.item.url for one in told[:30]))), subject=title)


def _page(digest: Digest, room: Room, attached: str, templates: Templates) -> Page:
    facts = digest_facts(digest, room, attached=attached)
    severity = max(
        (one.item.severity for one in digest.entries if not one.is_near_miss),
        key=lambda one: one.rank,
        default=Severity.NORMAL,
    )
    blocks: Callable[[], tuple[dict[str, object], ...]] = partial(blocks_of_digest, facts)
    return Page(templates, "digest", {"digest": facts}, blocks, severity=severity)
