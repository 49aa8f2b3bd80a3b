"""Time zones: places whose clocks somebody follows, by their IANA names."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from worker.watchlists.conditions.words import did_you_mean
from worker.watchlists.misread import Misread

#: Letters that people write for a place; most of them are a clock that knows no summer time.
_ABBREVIATED = {
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "gmt": "Europe/London", "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "jst": "Asia/Tokyo", "hkt": "Asia/Hong_Kong", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
}  # fmt: skip


def zone(written: str) -> str:
    """`Europe/Zurich` or `UTC`, as written. Raises Misread for what is no place (`EST`, `localtime`)."""
    zones = _zones()
    if written in zones and ("/" in written or written == "UTC"):
        return written
    if place := _ABBREVIATED.get(written.casefold()):
        raise Misread(
            f"{written} is no place whose clocks one could follow",
            f"write the place, such as {place}",
        )
    places = {zone: zone for zone in zones if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))}
    city = {zone.rsplit("/", 1)[1].casefold(): zone for zone in sorted(places)}
    hint = f"did you mean {city[written.casefold()]}?" if written.casefold() in city else ""
    hint = hint or did_you_mean(written, places) or "write its IANA name, such as Europe/Zurich"
    raise Misread(f"{written} is no time zone", hint)


@cache
def _zones() -> frozenset[str]:
    """Every name there is. Asking goes through the whole tz database, so this process asks once."""
    return frozenset(available_timezones())
