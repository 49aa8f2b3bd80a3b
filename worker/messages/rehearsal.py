"""Rehearsal: every template of a user's folder, tried on everything it will meet, before it is live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from worker.errors import Mistake
from worker.messages.anchored import SPECIMEN, page_of, plain_anchor
from worker.messages.digest_message import write_digest
from worker.messages.digest_specimens import DIGESTS
from worker.messages.specimens import SPECIMENS
from worker.messages.templates import Templates, shipped
from worker.messages.writer import Writer, why_it_failed
from worker.watchlists.destination import Destination

CHANNELS = (
    Destination("slack", "#channel"),
    Destination("email", "jane@example.com"),
    Destination("console"),
)

#: `alert/email.txt.j2:3: ...`, as the writer reports it.
_PLACE = re.compile(r"(?P<file>[\w./-]+\.j2)(?P<line>:[0-9]+)?: (?P<what>.+)", re.DOTALL)

_COPY = "begin from the shipped one of that name"


def rehearse(folder: Path) -> tuple[Mistake, ...]:
    """Everything that is wrong with the templates of `folder`, each at its file and line."""
    mistakes = dict.fromkeys([*_not_parts(folder), *_not_templates(folder)])
    broken = {mistake.where.split(".j2")[0] for mistake in mistakes}
    for problem, specimen, channel in _problems(Writer([folder, shipped()])):
        mistake = _mistake(folder, problem, specimen, channel)
        if mistake.where.split(".j2")[0] not in broken:
            mistakes.setdefault(mistake)
    return tuple(_once(mistakes))


def _problems(writer: Writer) -> Iterator[tuple[str, str, Destination]]:
    """What goes wrong with which specimen, alone and beside the others, in which channel."""
    alerts = {name: specimen() for name, specimen in SPECIMENS.items()}
    for channel in CHANNELS:
        written = {name: writer.write(alert, channel) for name, alert in alerts.items()}
        for name, one in written.items():
            if one.problem is not None:
                yield one.problem, name, channel
        summaries = [one.message.summary for one in written.values() if one.message.summary]
        together, _ = writer.write_together(summaries, channel)
        if together.problem is not None:
            yield together.problem, "several alerts at once", channel
        for name, digest in DIGESTS.items():
            made = write_digest(writer, digest(), channel)
            if made.problem is not None:
                yield made.problem, name, channel
        anchor = writer.write_page(page_of(SPECIMEN), plain_anchor(SPECIMEN), channel)
        if anchor.problem is not None:
            yield anchor.problem, "an anchor of the record", channel


def _not_parts(folder: Path) -> Iterator[Mistake]:
    """Files that nothing reads: a spelling mistake would otherwise never be seen. What is hidden and what
    is written for people (`README.md`) is no template.
    """
    parts = {str(path.relative_to(shipped())) for path in shipped().rglob("*.j2")}
    messages = {Path(part).parent for part in parts if not part.startswith("base/")}
    parts |= {str(message / "slack.json.j2") for message in messages}
    named = Templates([folder]).referenced()
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        part = within.as_posix()
        if not path.is_file() or path.suffix == ".md" or any(one.startswith(".") for one in within.parts):
            continue
        if part in parts or part in named or within.parts[0] == "base":
            continue
        if None not in named or within.parent in messages:
            near = get_close_matches(part, parts, n=1)
            hint = f"did you mean {near[0]}?" if near else "see the folder of shipped templates"
            yield Mistake(str(path), "is no part of any message, so nothing reads it", hint)


def _not_templates(folder: Path) -> Iterator[Mistake]:
    templates = Templates([folder])
    for path in sorted(folder.rglob("*.j2")):
        message, _, part = str(path.relative_to(folder)).rpartition("/")
        try:
            templates.has(message or ".", part)
        except Exception as error:  # noqa: BLE001  a template may raise anything; it is reported
            yield _placed(folder, why_it_failed(error), _COPY)


def _mistake(folder: Path, problem: str, specimen: str, channel: Destination) -> Mistake:
    return _placed(folder, problem, f"for {channel.notifier}, with {specimen}")


def _placed(folder: Path, problem: str, hint: str) -> Mistake:
    found = _PLACE.fullmatch(problem)
    if found is None:
        return Mistake(str(folder), problem, hint)
    return Mistake(f"{folder / found['file']}{found['line'] or ''}", found["what"], hint)


def _once(mistakes: dict[Mistake, None]) -> Iterator[Mistake]:
    """One mistake a place and sentence, however many specimens meet it."""
    seen = set()
    for mistake in mistakes:
        if (mistake.where, mistake.what) not in seen:
            seen.add((mistake.where, mistake.what))
            yield mistake
