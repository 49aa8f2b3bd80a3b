"""The golden files: each shown alert in each channel's words, to be read by people in a review.

Write them anew with `python -m tests.messages.goldens`, and look at the difference before it is committed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.messages import digests, samples
from worker.alerts.alert import Alert
from worker.alerts.digest import Digest
from worker.alerts.message import Message
from worker.messages.amended import marked
from worker.messages.digest_message import write_digest
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

CHANNELS = (Destination("slack"), Destination("email"), Destination("console"))
FOLDER = Path(__file__).parent / "golden"


def parts(alert: Alert) -> dict[str, str]:
    """Everything that is sent about it, by the file it stands in."""
    writer = Writer([shipped()])
    return _parts({to.notifier: writer.write(alert, to).message for to in CHANNELS})


def files() -> dict[str, str]:
    """Every golden file's text."""
    writer = Writer([shipped()])
    together = {to.notifier: writer.write_together(samples.together(), to)[0].message for to in CHANNELS}
    named = {name: parts(sample()) for name, sample in samples.SHOWN.items()}
    named["together"] = _parts(together)
    named |= {name: _digest(digest()) for name, digest in digests.SHOWN.items()}
    named["marked"] = {"slack.json": _posted(the_marked())}
    return {f"{name}.{part}": text for name, texts in named.items() for part, text in texts.items()}


def the_marked() -> Message:
    """The post about the seed notice after two amendments."""
    message = Writer([shipped()]).write(samples.the_seed(), Destination("slack")).message
    times = (datetime(2023, 3, 31, 21, 42, tzinfo=UTC), datetime(2023, 4, 3, 13, 5, tzinfo=UTC))
    made = marked(message, times)
    assert made is not None
    return made


def _digest(digest: Digest) -> dict[str, str]:
    """A digest in each channel's words, and the table that goes with the e-mail."""
    writer = Writer([shipped()])
    made = {to.notifier: write_digest(writer, digest, to, attach_csv=True).message for to in CHANNELS}
    table = "".join(file.content for file in made["email"].attachments)
    return _parts(made) | ({"table.csv": table.replace("\r\n", "\n")} if table else {})


def _parts(messages: dict[str, Message]) -> dict[str, str]:
    email, console = messages["email"], messages["console"]
    return {
        "slack.json": _posted(messages["slack"]),
        "email.txt": f"Subject: {email.subject}\n\n{email.text}\n",
        "email.html": f"{email.html}\n",
        "console.txt": f"{console.text}\n",
    }


def _posted(message: Message) -> str:
    posted = {"text": message.text, "blocks": message.blocks}
    return json.dumps(posted, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
