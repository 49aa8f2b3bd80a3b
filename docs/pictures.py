# ruff: noqa: INP001  a script beside its pictures, not a package
"""Draw the seed alert (`slack.png`, `email.png`) and a digest (`digest.png`), as they are sent, in Chromium.

Run it from the repository with `python docs/pictures.py`; it needs a `chromium` on the PATH. The Slack
picture is drawn here from the real blocks, and shows about what Slack's own client makes of them.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from tests.messages.digests import full  # noqa: E402
from tests.messages.samples import the_seed  # noqa: E402
from worker.messages.digest_message import write_digest  # noqa: E402
from worker.messages.templates import shipped  # noqa: E402
from worker.messages.writer import Writer  # noqa: E402
from worker.watchlists.destination import Destination  # noqa: E402

SLACK_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; background: #fff; color: #1d1c1d;
       font: 15px/22px Lato, "Liberation Sans", Arial, sans-serif; }
.post { display: flex; gap: 10px; padding: 18px 24px 20px; width: 672px; }
.face { flex: none; width: 38px; height: 38px; border-radius: 8px; background: #1d4f91; color: #fff;
        font-weight: 700; font-size: 13px; line-height: 38px; text-align: center; }
.who { font-weight: 700; } .app { background: #ececec; color: #616061; font-size: 10px; padding: 1px 4px;
        border-radius: 3px; margin: 0 6px; font-weight: 700; } .when { color: #616061; font-size: 12px; }
.header { font-size: 18px; font-weight: 700; line-height: 26px; padding-top: 4px; }
.section { padding-top: 6px; white-space: pre-line; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; padding-top: 8px;
          white-space: pre-line; }
.context { color: #616061; font-size: 12.5px; padding-top: 9px; line-height: 18px; }
hr { border: 0; border-top: 1px solid #ddd; margin: 12px 0 2px; }
a { color: #1264a3; text-decoration: none; }
</style><div class="post"><div class="face">144</div><div><div><span class="who">form144</span><span
class="app">APP</span><span class="when">4:31 PM</span></div>BLOCKS</div></div>"""


def main() -> None:
    """Write the pictures beside this file."""
    writer = Writer([shipped()])
    slack = writer.write(the_seed(), Destination("slack")).message
    drawn = "".join(block_html(block) for block in slack.blocks or ())
    photograph(SLACK_PAGE.replace("BLOCKS", drawn), DOCS / "slack.png", 720)
    email = writer.write(the_seed(), Destination("email")).message
    photograph(email.html or "", DOCS / "email.png", 640)
    digest = write_digest(writer, full(), Destination("email"))
    photograph(digest.message.html or "", DOCS / "digest.png", 640)


def block_html(block: dict[str, Any]) -> str:
    """One block, drawn about as Slack draws it."""
    if block["type"] == "divider":
        return "<hr>"
    if block["type"] == "context":
        return f'<div class="context">{" ".join(text_html(part) for part in block["elements"])}</div>'
    if "fields" in block:
        fields = "".join(f"<div>{text_html(field)}</div>" for field in block["fields"])
        return f'<div class="fields">{fields}</div>'
    return f'<div class="{block["type"]}">{text_html(block["text"])}</div>'


def text_html(text: dict[str, Any]) -> str:
    """A text object; of mrkdwn, only what our own words use."""
    shown = html.escape(html.unescape(text["text"]), quote=False)
    if text["type"] == "plain_text":
        return shown
    shown = re.sub(r"&lt;!date\^(\d+)\^[^|]*\|[^&]*&gt;", lambda date: local_time(int(date[1])), shown)
    shown = re.sub(r"&lt;(https[^|]*)\|([^&]*)&gt;", r'<a href="\1">\2</a>', shown)
    return re.sub(r"\*([^*]+)\*", r"<b>\1</b>", shown)


def local_time(seconds: int) -> str:
    """What a reader in New York sees of a `<!date>`."""
    local = datetime.fromtimestamp(seconds, ZoneInfo("America/New_York"))
    return f"{local:%b} {local.day}, {local.year} at {local:%I:%M %p}".replace(" 0", " ")


def photograph(page: str, picture: Path, width: int) -> None:
    """Render the page at that width and its own height."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        probe = "<script>document.title=document.documentElement.scrollHeight</script>"
        measured = Path(folder) / "measured.html"
        measured.write_text(page + probe, encoding="utf-8")
        size = f"--window-size={width},400"
        dom = chromium(folder, size, "--dump-dom", measured.as_uri())
        height = re.search(r"<title>(\d+)</title>", dom)
        if height is None:
            sys.exit("Chromium did not say how high the page is")
        chromium(folder, f"--window-size={width},{height[1]}", f"--screenshot={picture}", file.as_uri())


def chromium(folder: str, *arguments: str) -> str:
    """Run Chromium once, with a profile of its own and no word to anybody."""
    quiet = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={folder}/profile",
    )
    done = subprocess.run(  # noqa: S603
        ["chromium", *quiet, *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


if __name__ == "__main__":
    main()
