"""The e-mails as a browser lays them out: nothing runs over the edge, everything can be read.

Skipped where there is no `chromium` on the PATH.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.messages import samples
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.watchlists.destination import Destination

#: WCAG 2.1, 1.4.3 Contrast (Minimum): 4.5 to 1 for text of ordinary size.
LEAST_CONTRAST = 4.5

#: What each frame has to report: how far it runs over its width, and its text of least contrast.
MEASURE = """
const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                     return .2126 * r + .7152 * g + .0722 * b; };
const rgb = c => c.match(/[0-9.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
                      if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
onload = () => { const found = [...document.querySelectorAll("iframe")].map(frame => {
  const page = frame.contentDocument, least = {ratio: 99, text: ""};
  for (const e of page.querySelectorAll("td, p, div, a, strong, span")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim());
    if (!own.length || !e.offsetParent) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < least.ratio) Object.assign(least, {ratio, text: own[0].data.trim().slice(0, 40)});
  }
  return {name: frame.name, over: page.documentElement.scrollWidth - frame.clientWidth, ...least,
          dark: matchMedia("(prefers-color-scheme: dark)").matches};
}); document.title = JSON.stringify(found); };
"""  # noqa: E501  a script for a browser

CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_email_fits_a_phone_and_a_desktop_and_can_be_read(tmp_path: Path, scheme: str) -> None:
    alerts = {**samples.SHOWN, "hostile": samples.hostile, "maxima": samples.maxima}
    writer, to = Writer([shipped()]), Destination("email")
    everything = {name: writer.write(sample(), to).message for name, sample in alerts.items()}
    everything["together"] = writer.write_together(samples.together(), to)[0].message
    everything["hostile together"] = writer.write_together(samples.together_hostile(), to)[0].message
    frames = []
    for name, message in everything.items():
        page = html.escape(message.html or "")
        frames += [
            f'<iframe name="{name} at {width}" width="{width}" height="600" srcdoc="{page}"></iframe>'
            for width in (320, 700)
        ]
    measured = _measured(tmp_path, "".join(frames), scheme)
    assert len(measured) == 2 * len(everything)
    for frame in measured:
        assert frame["dark"] is (scheme == "dark")
        assert frame["over"] <= 0, f"{frame['name']} runs over its edge by {frame['over']} pixels"
        assert frame["ratio"] >= LEAST_CONTRAST, (
            f"{frame['name']}: {frame['text']!r} has {frame['ratio']:.2f}"
        )


def _measured(folder: Path, frames: str, scheme: str) -> list[dict[str, Any]]:
    file = folder / "page.html"
    file.write_text(f'<!DOCTYPE html><meta charset="utf-8">{frames}<script>{MEASURE}</script>')
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            f"--user-data-dir={folder / 'profile'}",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title is not None, done.stderr
    found: list[dict[str, Any]] = json.loads(html.unescape(title[1]))
    return found
