from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from worker.alerts.alert import Alert
from worker.alerts.message import Message
from worker.filings.filing import FoundBy
from worker.messages.drilled import SENTENCE, drilled
from worker.messages.rehearsal import CHANNELS
from worker.messages.slack_limits import BLOCKS, problems
from worker.messages.specimens import SPECIMENS
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

SLACK, EMAIL = Destination("slack", "#ir"), Destination("email", "jane@example.com")


def as_drill(alert: Alert) -> Alert:
    return msgspec.structs.replace(
        alert, filing=msgspec.structs.replace(alert.filing, found_by=FoundBy.DRILL)
    )


def says_drill(message: Message, to: Destination) -> bool:
    """In every part by itself: a phone shows the text alone, an inbox the subject."""
    parts = [message.text, message.text.rstrip().splitlines()[-1]]
    if to.notifier == "email":
        parts += [message.subject or "", (message.html or "").partition("<table")[0]]
    if message.blocks is not None:
        parts += [str(message.blocks[0]), str(message.blocks[-1])]
    return all("DRILL" in part for part in parts)


@pytest.mark.parametrize("name", sorted(SPECIMENS))
@pytest.mark.parametrize("to", CHANNELS, ids=lambda to: str(to.notifier))
def test_every_message_of_a_drill_says_so_first_and_last_and_in_every_part(
    name: str, to: Destination
) -> None:
    writer = Writer([shipped()])
    alert = SPECIMENS[name]()
    drill, real = writer.write(as_drill(alert), to), writer.write(alert, to)
    assert says_drill(drill.message, to)
    assert not says_drill(real.message, to)
    assert drill.message.summary is None
    assert drill.message.thread is None
    assert drill.problem == real.problem
    if drill.message.blocks is not None:
        assert problems(drill.message.blocks, drill.message.text) == []


def test_a_template_of_a_user_that_fails_or_has_no_body_is_marked_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "alert").mkdir()
    (tmp_path / "alert" / "email.html.j2").write_text("<p>short</p>")
    (tmp_path / "alert" / "email.subject.txt.j2").write_text("{{ nonsense }}")
    alert = as_drill(SPECIMENS[min(SPECIMENS)]())
    assert says_drill(Writer([tmp_path, shipped()]).write(alert, EMAIL).message, EMAIL)
    bare = drilled(Message(text="x", subject="x", html="<p>short</p>"), EMAIL)
    assert bare.html is not None
    assert bare.html.index("DRILL") < bare.html.index("short")


def test_blocks_that_leave_no_room_make_way_for_text_that_says_the_same() -> None:
    block = {"type": "section", "text": {"type": "plain_text", "text": "fact <1>"}}
    full = drilled(Message(text="x", blocks=(block,) * BLOCKS), SLACK)
    assert full.blocks is None
    assert full.text.startswith(f"DRILL. {SENTENCE}")
    assert full.text.count("fact &lt;1&gt;") == BLOCKS
