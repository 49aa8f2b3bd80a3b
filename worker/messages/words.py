"""How figures, days, times and names are written, in every channel alike; also the templates' filters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

#: EDGAR keeps New York's time, and so do the people who read about it.
EASTERN = ZoneInfo("America/New_York")

NOT_STATED = "not stated"

#: A text from a filing that is longer than any name on the form is not shown beside others, so that it cannot
#: make a message too long for its channel.
TOO_LONG = 600

#: Not the locale's.
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)


def clean(text: str) -> str:
    """Text from a filing on one line, without the invisible characters that disguise or reorder it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in visible if unicodedata.category(c) not in ("Cf", "Cs")).split())


def name(text: str | None) -> str:
    """A name as filed; `not stated` where there is none."""
    return (clean(text) if text else "") or NOT_STATED


def money(amount: Decimal | None) -> str:
    """US dollars to the cent: `$33,760,830.60`."""
    return NOT_STATED if amount is None else f"${amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def price(amount: Decimal) -> str:
    """Of one unit, in US dollars: to the cent, or below one with two digits that mean something."""
    if not amount or amount >= Decimal("0.01"):
        return money(amount)
    return f"${amount.quantize(Decimal(1).scaleb(max(amount.adjusted() - 1, -12)), ROUND_HALF_UP):f}"


def units(count: int | None) -> str:
    """`1,740,249`."""
    return NOT_STATED if count is None else f"{count:,}"


def percent(share: Decimal | None) -> str:
    """Two digits that mean something: `12.35 %`, `0.55 %`, `0.0028 %`."""
    if share is None:
        return "cannot be computed"
    places = 2 if abs(share) >= 1 or not share else 1 - share.adjusted()
    step = Decimal(1).scaleb(-min(places, 8))
    return f"{share.quantize(step, ROUND_HALF_UP):f} %"


def day(when: date | None) -> str:
    """`31 March 2023`: read the same on both sides of the Atlantic."""
    return NOT_STATED if when is None else f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def instant(when: datetime | None) -> str:
    """An instant as New York's clocks show it: `31 March 2023, 16:30 ET`."""
    if when is None:
        return NOT_STATED
    local = when.astimezone(EASTERN)
    return f"{day(local)}, {local.hour:02}:{local.minute:02} ET"


def span(length: timedelta) -> str:
    """`41 s`, `3 min 20 s`, `6 h 2 min`, `3 days`."""
    seconds = round(length.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 line`, `40 lines`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shown(text: str, instead: str) -> str:
    """The text, or `instead` where no channel has room for it beside others. It is never cut."""
    return text if len(slack_literal(text)) <= TOO_LONG else instead


def notes(items: Iterable[str]) -> str:
    """Notes one after the other on a line; the full stop of one that is a sentence gives way."""
    *others, last = [*items] or [""]
    return "; ".join((*(item.removesuffix(".") for item in others), last))


def wrap(text: str, width: int = 72, indent: int = 0) -> str:
    """Lines of at most `width` characters, where the first begins at column `indent` already and every
    other is indented to it. A longer word keeps a line to itself.
    """
    words = text.split()
    if indent + len(text) <= width:
        return " ".join(words)
    lines: list[str] = []
    line = ""
    for word in words:
        if line and indent + len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return f"\n{' ' * indent}".join((*lines, line))


def slack_escape(text: object) -> str:
    """The three characters Slack reads as control characters, and only those
    (https://docs.slack.dev/messaging/formatting-message-text, "Escaping text").
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


#: Slack formats between these (https://docs.slack.dev/messaging/formatting-message-text, "Basic formatting")
#: and has no escape for them; what stands in their place looks the same and formats nothing.
_LOOK_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_SPECIAL = re.compile(r"[*_~`:&<>]")
_EMOJI = re.compile(r":(?=[a-z0-9+-][a-z0-9+\-]*:)", re.IGNORECASE)


def slack_literal(text: str) -> str:
    """Text that Slack shows as it stands among mrkdwn: no format, link, emoji or mention comes of it."""
    if not _SPECIAL.search(text):
        return text
    return _EMOJI.sub("∶", slack_escape(text).translate(_LOOK_ALIKE))


def slack_instant(when: datetime) -> str:
    """An instant in each reader's own time zone, with New York's beside it for where Slack cannot
    (https://docs.slack.dev/messaging/formatting-message-text, "Date formatting").
    """
    seconds = int(when.astimezone(UTC).timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} at {{time}}|{instant(when)}>"
