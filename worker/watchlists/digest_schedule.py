"""When a digest is due, by the clocks of a named place; and how people write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from worker.watchlists.conditions.words import did_you_mean, text
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread
from worker.watchlists.zones import zone

EXAMPLE = "daily 07:30 America/New_York"
WEEKLY = "weekly Friday 17:00 Europe/London"

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY_DAY, _WEEKDAYS = tuple(range(7)), tuple(range(5))
_OFTEN = {"daily": _EVERY_DAY, "day": _EVERY_DAY, "weekdays": _WEEKDAYS, "weekday": _WEEKDAYS}
_DAY_WORDS = {word: number for number, name in enumerate(DAYS) for word in (name, name[:3], f"{name}s")}
_DAY_WORDS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}


class DigestSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """At `at` on each of `days` (0 is Monday), by the clocks of `zone` (an IANA name).

    There is one instant for each such day: where the clocks skip the time, as much later as they skip;
    where they show it twice, the first. Written as a text it reads back as the same schedule.
    """

    days: tuple[int, ...]
    at: time
    zone: str

    def last(self, now: datetime) -> datetime:
        """The newest time it was due, at or before `now`, as an aware UTC instant."""
        return max(instant for instant in self._around(now) if instant <= now)

    def next(self, now: datetime) -> datetime:
        """The first time it is due after `now`, as an aware UTC instant."""
        return min(instant for instant in self._around(now) if instant > now)

    def _around(self, now: datetime) -> Iterable[datetime]:
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        # A day to spare on either side of a week: a zone may skip a whole day.
        near = (today + timedelta(days=days) for days in range(-9, 10))
        return (self._on(day, zone) for day in near if day.weekday() in self.days)

    def _on(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)

    def __str__(self) -> str:
        if self.days == _EVERY_DAY:
            often = "daily"
        elif self.days == _WEEKDAYS:
            often = "weekdays"
        else:
            often = " ".join(("weekly", *(DAYS[day] for day in self.days)))
        return f"{often} {self.at:%H:%M} {self.zone}"


class WhenEmpty(StrEnum):
    """Whether a digest that holds no alert is sent, for its coverage line."""

    BUSINESS_DAYS = "business days"  #: where EDGAR worked in the time it covers
    ALWAYS = "always"
    NEVER = "never"


class DigestPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one line under `tell` asks for."""

    schedule: DigestSchedule
    when_empty: WhenEmpty = WhenEmpty.BUSINESS_DAYS
    attach_csv: bool = False


def digest_schedule(value: Value) -> DigestSchedule:
    """Read `daily 07:30 America/New_York`, `weekdays 18:00 Asia/Tokyo`, `weekly fri 17:00 Europe/London`.
    Raises Misread.
    """
    said = text(value, EXAMPLE)
    words = [word for word in said.replace(",", " ").split() if word.casefold() not in _FILLING]
    number = next((place for place, word in enumerate(words) if word[0].isdigit()), None)
    if number is None:
        raise Misread(f"{said!r} names no time of day", f"write {EXAMPLE}")
    often, moment, rest = words[:number], words[number], words[number + 1 :]
    at = _time(moment, rest)
    return DigestSchedule(days=_days(often, said), at=at, zone=_zone(rest, said))


_FILLING = {"every", "each", "at", "on", "and"}
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_TWELVE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?([ap])\.?m\.?", re.IGNORECASE)


def _time(written: str, rest: Sequence[str]) -> time:
    half = rest[0] if rest and rest[0].casefold().replace(".", "") in {"am", "pm"} else ""
    if twelve := _TWELVE.fullmatch(written + half):
        hour = int(twelve[1]) % 12 + 12 * (twelve[3].casefold() == "p")
        raise Misread(
            f"{written} {half}".strip() + " is a time by twelve hours",
            f"write {hour:02}:{int(twelve[2] or 0):02}",
        )
    found = _TIME.fullmatch(written)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Misread(f"{written} is no time of day", "write it by 24 hours, as in 07:30")
    return time(int(found[1]), int(found[2]))


def _days(words: Sequence[str], said: str) -> tuple[int, ...]:
    folded = [word.casefold() for word in words]
    if not folded:
        raise Misread(f"{said!r} does not say how often", f"write daily {said}")
    if folded == ["weekly"]:
        raise Misread("weekly says no day", f"write {WEEKLY}")
    if len(folded) == 1 and folded[0] in _OFTEN:
        return _OFTEN[folded[0]]
    return tuple(sorted({_day(word) for word in folded if word != "weekly"}))


def _day(word: str) -> int:
    known = {name.casefold(): number for name, number in _DAY_WORDS.items()}
    if word in known:
        return known[word]
    # Not Monday, which it looks most like.
    is_month = word.casefold().startswith("month")
    hint = "" if is_month else did_you_mean(word, ["daily", "weekdays", "weekly", *DAYS])
    raise Misread(f"{word!r} is not daily, weekdays, or a day of the week", hint or f"write {EXAMPLE}")


def _zone(words: Sequence[str], said: str) -> str:
    if not words:
        raise Misread(f"{said!r} names no time zone", f"write {EXAMPLE}")
    return zone("_".join(words))
