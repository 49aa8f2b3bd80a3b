"""One frame of `form144 top`: at 80 columns one thing below the other, from 110 on side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from worker.alerts.delivery import DeliveryState
from worker.cli.outcome import coverage_line
from worker.cli.status import Status
from worker.ledger.counters import ARRIVED
from worker.ledger.gauges import Waiting
from worker.ledger.glance import Lane, Mishap
from worker.messages.words import span
from worker.metrics.readings import Reading

#: From so many columns on there is room for two panels in a row.
WIDE = 110

#: Lines of a frame beside its lists, narrow and wide.
_NARROW_FRAME, _WIDE_FRAME = 17, 16

#: Where an answer came from takes the line that what it said needs.
_ADDRESS = re.compile(r"https?://\S+ (?=answered)")

_BAD = (DeliveryState.UNKNOWN, DeliveryState.REFUSED, DeliveryState.ABANDONED)


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """What a frame shows."""

    at: datetime
    status: Status
    reading: Reading
    lanes: tuple[Lane, ...]
    mishaps: tuple[Mishap, ...]


def view(now: Now, width: int, height: int | None) -> RenderableType:
    """The frame, no higher than `height`; None is as high as it comes."""
    wide = width >= WIDE
    room = (height or 60) - (_WIDE_FRAME if wide else _NARROW_FRAME)
    stuck = now.status.stuck[: max(room // 3, 1)]
    room -= len(stuck)
    lanes = now.lanes[: max(min(len(now.lanes), room // 2), 1)]
    mishaps = now.mishaps[: max(room - len(lanes), 1)]
    section = _panel if wide else _headed
    feed = section("Feed", _feed(now))
    queues = section("Queues and deliveries", _queues(now))
    above: list[RenderableType] = [feed, queues]
    if wide:
        pair = Table.grid(expand=True)
        pair.add_column(ratio=1)
        pair.add_column(ratio=1)
        pair.add_row(feed, queues)
        above = [pair]
    below = [
        section("Coverage", _coverage(now)),
        section("Destinations", _lanes(lanes, now.at)),
        section("Went wrong lately", _mishaps(mishaps)),
    ]
    return Group(_head(now, width), *(_line(sentence, "red") for sentence in stuck), *above, *below)


def _head(now: Now, width: int) -> RenderableType:
    open_ = "EDGAR is open" if now.status.is_open else "EDGAR is closed"
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    # While EDGAR is closed nobody knows whether a poll would be a good one.
    well = "all is well" if now.status.is_open else "nothing is stuck"
    verdict = Text("something is stuck", "bold red") if now.status.stuck else Text(well, "bold green")
    left = Text.assemble(("form144 ", "bold"), verdict)
    right = f"{now.at:%Y-%m-%d %H:%M:%S} UTC, {open_}" + ("; q quits" if width >= 80 else "")
    head.add_row(left, Text(right, "dim"))
    return head


def _feed(now: Now) -> RenderableType:
    gauged, status = now.reading.gauged, now.status
    age = status.last_good_poll_age
    polls = gauged.polls_lately
    failed = polls.get("failed", 0)
    rows = _rows()
    rows.add_row("last good poll", f"{span(age)} ago" if age is not None else Text("never", "yellow"))
    rows.add_row(
        "in the last hour",
        Text(f"{polls.get('complete', 0)} polls, {failed} failed", "yellow" if failed else ""),
    )
    lag = gauged.feed_lag
    rows.add_row("longest lag", span(lag) if lag is not None else "nothing new for an hour")
    if gauged.quiet_until:
        rows.add_row("paused", Text(f"the SEC asked for silence: {span(gauged.quiet_until - now.at)}", "red"))
    unread = status.indexes_unread
    rows.add_row(
        "indexes",
        Text(
            f"whole up to {status.index_cursor or 'no day yet'}" + (f", {unread} due" if unread else ""),
            "yellow" if unread else "",
        ),
    )
    return rows


def _queues(now: Now) -> RenderableType:
    gauged = now.reading.gauged
    counted = gauged.counted
    arrived = counted and sum(n for (_, outcome, _), n in counted.attempts.items() if outcome in ARRIVED)
    rows = _rows()
    rows.add_row("to read", _waiting(gauged.reading, now.at))
    rows.add_row("to deliver", _waiting(gauged.delivering, now.at))
    rows.add_row("delivered", Text("being counted" if arrived is None else f"{arrived:,}", "green"))
    states: dict[str, int] = {}
    for (_, state), number in gauged.deliveries.items():
        states[state] = states.get(state, 0) + number
    told = [
        Text(f"{number:,} {state}", "red" if state in _BAD else "yellow") for state, number in states.items()
    ]
    rows.add_row("not yet, or never", Text(", ").join(told) if told else "none")
    return rows


def _coverage(now: Now) -> RenderableType:
    rows = [coverage_line(now.status.coverage_today)]
    if now.status.coverage_indexed is not None:
        rows.append(coverage_line(now.status.coverage_indexed))
    for row in rows:
        row.stylize("not bold")
        row.no_wrap, row.overflow = True, "ellipsis"
    return Group(*rows)


def _lanes(lanes: Sequence[Lane], at: datetime) -> RenderableType:
    rows = _rows()
    for lane in lanes:
        if lane.ended_because:
            said = Text(f"ended: {lane.ended_because}", "red")
        elif lane.waiting:
            later = lane.open_at - at
            pause = f", the next in {span(later)}" if later > timedelta(seconds=1) else ""
            said = Text(f"{lane.waiting:,} waiting{pause}", "yellow")
        else:
            said = Text("nothing waits", "dim")
        rows.add_row(Text(str(lane.destination), overflow="ellipsis", no_wrap=True), said)
    return rows if lanes else Text("nobody was told anything yet", "dim")


def _mishaps(mishaps: Sequence[Mishap]) -> RenderableType:
    lines = [
        _line(f"{one.at:%H:%M:%S}  {one.where}  {_ADDRESS.sub('', one.what)}", "yellow") for one in mishaps
    ]
    return Group(*lines) if lines else Text("nothing within a day", "dim")


def _waiting(waiting: Waiting, at: datetime) -> Text:
    if waiting.since is None or not waiting.number:
        return Text("0")
    return Text(f"{waiting.number:,}, the oldest for {span(at - waiting.since)}", "yellow")


def _rows() -> Table:
    rows = Table.grid(padding=(0, 2), expand=True)
    rows.add_column(style="dim", no_wrap=True, max_width=36)
    rows.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    return rows


def _line(text: str, style: str) -> Text:
    """One line, cut where the terminal ends."""
    return Text(" ".join(text.split()), style, no_wrap=True, overflow="ellipsis")


def _panel(title: str, content: RenderableType) -> Panel:
    return Panel(content, title=Text(title, "bold"), title_align="left", box=box.ROUNDED, padding=(0, 1))


def _headed(title: str, content: RenderableType) -> RenderableType:
    return Group(Text(title, "bold cyan"), Padding(content, (0, 0, 0, 2)))
