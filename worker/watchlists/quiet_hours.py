"""Quiet hours: when a destination wants to be left alone, by the clocks of a named place."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from worker.watchlists.calendars import Calendar, is_holiday, is_weekend
from worker.watchlists.conditions.words import one_of, text
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread
from worker.watchlists.zones import zone

EXAMPLE = "22:00-07:00 America/New_York"
LONG_EXAMPLE = "22:00-07:00, weekends and NYSE holidays America/New_York"

_HOURS = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*(?:-|–|to)\s*([0-9]{1,2}:[0-9]{2})")
_HOLIDAYS = re.compile(r"(.*?)\s*holidays(?:\s+of(?:\s+the)?\s+(.+))?", re.IGNORECASE)
_WHOSE = {
    "NYSE": Calendar.NYSE,
    "New York Stock Exchange": Calendar.NYSE,
    "US federal": Calendar.FEDERAL,
    "federal": Calendar.FEDERAL,
    "US": Calendar.FEDERAL,
}
_DAY = timedelta(days=1)


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """By the clocks of `zone` (an IANA name): from `begins` to before `ends` each day, over midnight where
    `ends` is the earlier, both None where no hours are quiet; and, from midnight to midnight, on weekends
    and the holidays of these calendars.
    """

    zone: str
    begins: time | None = None
    ends: time | None = None
    weekends: bool = False
    holidays: tuple[Calendar, ...] = ()

    def until(self, now: datetime) -> datetime | None:
        """When the quiet in which `now` lies ends, as an aware UTC instant; None where it is not quiet. A
        quiet night that leads into a quiet day is one.

        Where the clocks skip the end, it ends as much later as they skip.
        """
        end = None
        while (later := self._until(end or now)) is not None:
            end = later
        return end

    def _until(self, now: datetime) -> datetime | None:
        local = now.astimezone(ZoneInfo(self.zone))
        if self._is_quiet(local.date()):
            return self._at(local.date() + _DAY, time(0), now)
        if self.begins is None or self.ends is None:
            return None
        clock, over_midnight = local.time(), self.ends <= self.begins
        late = clock >= self.begins
        if not (late or clock < self.ends if over_midnight else late and clock < self.ends):
            return None
        return self._at(local.date() + _DAY * int(over_midnight and late), self.ends, now)

    def _is_quiet(self, day: date) -> bool:
        return (self.weekends and is_weekend(day)) or any(is_holiday(one, day) for one in self.holidays)

    def _at(self, day: date, ends: time, now: datetime) -> datetime:
        """The first instant after `now` at which the clocks show that."""
        there = datetime.combine(day, ends, tzinfo=ZoneInfo(self.zone))
        first = there.astimezone(UTC)
        # In an hour that the clocks show twice, the quiet goes on through the second time.
        return first if first > now else there.replace(fold=1).astimezone(UTC)

    def __str__(self) -> str:
        """`22:00 to 07:00, weekends, NYSE holidays, America/New_York`"""
        hours = [f"{self.begins:%H:%M} to {self.ends:%H:%M}"] if self.begins is not None else []
        days = ["weekends"] * self.weekends + [f"{one} holidays" for one in self.holidays]
        return ", ".join((*hours, *days, self.zone))


def quiet_hours(value: Value) -> QuietHours:
    """Read `22:00-07:00 America/New_York`, or `22:00-07:00, weekends and NYSE holidays America/New_York`.
    Raises Misread.
    """
    said = text(value, EXAMPLE)
    parts, _, place = said.rpartition(" ")
    hours: list[tuple[time, time]] = []
    days: set[str] = set()
    whose: list[Calendar] = []
    for part in re.split(r",|\+|\band\b", parts):
        if found := _HOURS.fullmatch(part.strip()):
            hours.append((_time(found[1]), _time(found[2])))
        elif part.strip().casefold() in {"weekends", "weekend"}:
            days.add("weekends")
        elif found := _HOLIDAYS.fullmatch(part.strip()):
            whose.append(one_of(found[2] or found[1] or None, _WHOSE, "NYSE holidays"))
        else:
            raise Misread(f"{said!r} is not from-to and a time zone", f"write {EXAMPLE} or {LONG_EXAMPLE}")
    if len(hours) > 1:
        raise Misread("two times of quiet a day", "one from-to; a second one has no place here")
    begins, ends = hours[0] if hours else (None, None)
    if begins is not None and begins == ends:
        raise Misread("it is quiet for no time or for ever", f"write {EXAMPLE}")
    return QuietHours(
        zone=zone(place),
        begins=begins,
        ends=ends,
        weekends=bool(days),
        holidays=tuple(dict.fromkeys(whose)),
    )


def _time(written: str) -> time:
    hour, minute = map(int, written.split(":"))
    if hour > 23 or minute > 59:
        raise Misread(f"{written} is no time of day", f"write {EXAMPLE}")
    return time(hour, minute)
