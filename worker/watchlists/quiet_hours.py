"""Quiet hours: when a destination wants to be left alone, by the clocks of a named place."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from worker.watchlists.conditions.words import text
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread

EXAMPLE = "22:00-07:00 America/New_York"

_WRITTEN = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*(?:-|–|to)\s*([0-9]{1,2}:[0-9]{2})\s+(\S+)")


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """From `begins` to before `ends` each day, by the clocks of `zone` (an IANA name); over midnight where
    `ends` is the earlier.
    """

    begins: time
    ends: time
    zone: str

    def until(self, now: datetime) -> datetime | None:
        """When the quiet in which `now` lies ends, as an aware UTC instant; None where it is not quiet.

        Where the clocks skip the end, it ends as much later as they skip.
        """
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        clock, over_midnight = local.time(), self.ends <= self.begins
        late = clock >= self.begins
        if not (late or clock < self.ends if over_midnight else late and clock < self.ends):
            return None
        day = local.date() + timedelta(days=int(over_midnight and late))
        ends = datetime.combine(day, self.ends, tzinfo=zone).astimezone(UTC)
        if ends > now:
            return ends
        # In an hour that the clocks show twice, the quiet goes on through the second time.
        return datetime.combine(day, self.ends, tzinfo=zone).replace(fold=1).astimezone(UTC)


def quiet_hours(value: Value) -> QuietHours:
    """Read `22:00-07:00 America/New_York`. Raises Misread."""
    said = text(value, EXAMPLE)
    found = _WRITTEN.fullmatch(said)
    if found is None:
        raise Misread(f"{said!r} is not from-to and a time zone", f"write {EXAMPLE}")
    begins, ends = (_time(written) for written in found.groups()[:2])
    if begins == ends:
        raise Misread("it is quiet for no time or for ever", f"write {EXAMPLE}")
    try:
        zone = ZoneInfo(found[3]).key
    except (KeyError, ValueError, OSError):
        raise Misread(f"{found[3]} is no time zone", "write its IANA name, such as Europe/Zurich") from None
    return QuietHours(begins=begins, ends=ends, zone=zone)


def _time(written: str) -> time:
    hour, minute = map(int, written.split(":"))
    if hour > 23 or minute > 59:
        raise Misread(f"{written} is no time of day", f"write {EXAMPLE}")
    return time(hour, minute)
