"""The golden files: each shown alert in each channel's words, to be read by people in a review.

Write them anew with `python -m tests.messages.goldens`, and look at the difference before it is committed.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.messages.samples import SHOWN
from worker.alerts.alert import Alert
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

FOLDER = Path(__file__).parent / "golden"


def parts(alert: Alert) -> dict[str, str]:
    """Everything that is sent about it, by the file it stands in."""
    writer = Writer([shipped()])
    slack, email, console = (
        writer.write(alert, Destination(notifier)).message for notifier in ("slack", "email", "console")
    )
    posted = {"text": slack.text, "blocks": slack.blocks}
    return {
        "slack.json": json.dumps(posted, indent=2, ensure_ascii=False) + "\n",
        "email.txt": f"Subject: {email.subject}\n\n{email.text}\n",
        "email.html": f"{email.html}\n",
        "console.txt": f"{console.text}\n",
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, sample in SHOWN.items():
        for part, text in parts(sample()).items():
            (FOLDER / f"{name}.{part}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
