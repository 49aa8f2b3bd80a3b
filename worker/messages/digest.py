"""What a digest says: the notices by issuer with their totals, what is not among them and why, and how much
of EDGAR was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from worker.alerts.digest import Digest
from worker.messages import words
from worker.messages.coverage_line import coverage_line
from worker.messages.digest_lines import (
    Line,
    Told,
    kept_back,
    line_of,
    near_miss,
    told_of,
    unacknowledged,
    unreadable,
    value_of,
)
from worker.messages.words import shown

T = TypeVar("T")


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much is shown. Nothing is cut: a notice is shown whole or counted."""

    notices: int  #: in all
    each: int  #: of one issuer
    others: int  #: of each other part


#: What is left out first, next and last where a channel has too little room for everything.
DEGRADATION = tuple(
    Room(notices=number, each=max(number // divided, min(number, 3)), others=others)
    for number, divided, others in (
        (300, 1, 60), (150, 2, 30), (100, 3, 20), (75, 3, 15), (50, 4, 10), (35, 4, 8), (24, 4, 6),
        (16, 4, 5), (10, 4, 3), (6, 3, 2), (3, 3, 1), (1, 1, 0), (0, 1, 0),
    )
)  # fmt: skip


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The notices about one issuer. `more` says what is not shown of them, "" where all are."""

    issuer: str
    totals: str
    lines: tuple[Line, ...]
    more: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Another part of the digest. `lead` says what its lines are, `more` what is not shown of them."""

    name: str
    lead: str
    lines: tuple[Line, ...]
    more: str


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A figure above the rest."""

    name: str
    value: str


class DigestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a digest says, in finished words. `warnings` are what the reader must know before all else;
    `more` says what is not shown; `attached` names the file that holds everything, "" where there is none.
    """

    day: str
    headline: str
    span: str
    tiles: tuple[Tile, ...]
    warnings: tuple[str, ...]
    groups: tuple[Group, ...]
    more: str
    sections: tuple[Section, ...]
    coverage: tuple[str, ...]
    attached: str
    notices: int


def digest_facts(digest: Digest, room: Room, *, attached: str = "") -> DigestFacts:
    """Say as much of the digest as there is room for: the largest issuers first."""
    told = told_of(one for one in digest.entries if not (one.is_near_miss or one.is_silenced))
    groups = _by_issuer(told)
    shown_groups: list[Group] = []
    left = room.notices
    for group in groups:
        fit = min(left, room.each, len(group))
        if not fit:
            break
        shown_groups.append(_group(group, fit))
        left -= fit
    zone = ZoneInfo(digest.zone)
    return DigestFacts(
        day=_day(digest.until, zone),
        headline=_headline(told, groups),
        span=f"From {_local(digest.since, zone)} to {_local(digest.until, zone)} ({digest.zone})",
        tiles=tuple(_tiles(told, groups)),
        warnings=_warnings(digest),
        groups=tuple(shown_groups),
        more=_more(groups[len(shown_groups) :], attached),
        sections=tuple(_sections(digest, told, room)),
        coverage=tuple(coverage_line(one) for one in digest.coverage),
        attached=attached,
        notices=len(told),
    )


def _by_issuer(told: Iterable[Told]) -> list[list[Told]]:
    """What matters most first: by severity, then by market value, where one that is not known comes first."""
    found: dict[tuple[int | None, str], list[Told]] = {}
    for one in told:
        key = (one.item.issuer_cik, "" if one.item.issuer_cik is not None else one.item.issuer)
        found.setdefault(key, []).append(one)
    return sorted(found.values(), key=_weight, reverse=True)


def _weight(group: Sequence[Told]) -> tuple[int, bool, Decimal]:
    value, unknown = value_of(group)
    return max(one.severity.rank for one in group), bool(unknown), value or Decimal(0)


def _group(group: Sequence[Told], fit: int) -> Group:
    first = sorted(group, key=lambda one: one.severity.rank, reverse=True)
    rest = first[fit:]
    return Group(
        issuer=shown(group[0].item.issuer, f"The issuer with CIK {group[0].item.issuer_cik}"),
        totals=_totals(group),
        lines=tuple(line_of(one) for one in first[:fit]),
        more=f"and {words.counted(len(rest), 'more notice')}{_worth(rest)}" if rest else "",
    )


def _totals(group: Sequence[Told]) -> str:
    sellers = _sellers(group)
    said = f"{words.counted(len(group), 'notice')} by {words.counted(len(sellers), 'seller')}"
    counted = [one.item for one in group if not one.superseded]
    units = [one.units for one in counted]
    classes = {one.class_title for one in counted}
    if len(classes) == 1 and None not in classes and None not in units and len(units) > 1:
        title = shown(next(iter(classes)) or "", "one class")
        said += f", {words.counted(sum(unit or 0 for unit in units), 'unit')} of {title} in all"
    return said + _worth(group)


def _sellers(told: Iterable[Told]) -> set[int | str]:
    return {one.item.seller_cik or one.item.seller.casefold() for one in told}


def _worth(told: Sequence[Told]) -> str:
    """`, market value $1,250.00 (computed), 2 not known`, with what is not counted."""
    value, unknown = value_of(told)
    said = f", market value {words.money(value)} (computed)" if value is not None else ""
    if unknown:
        said += f", {unknown} without a known value" if said else ", market value not known"
    twice = sum(one.superseded for one in told)
    return said + (f"; {twice} amended in this digest and not counted" if twice else "")


def _headline(told: Sequence[Told], groups: Sequence[Sequence[Told]]) -> str:
    if not told:
        return "No notice on your watchlists"
    if len(groups) == 1:
        about = shown(told[0].item.issuer, "one issuer")
    else:
        about = words.counted(len(groups), "issuer")
    return f"{words.counted(len(told), 'notice')} about {about}"


def _tiles(told: Sequence[Told], groups: Sequence[Sequence[Told]]) -> Iterable[Tile]:
    if told:
        sellers = _sellers(told)
        value, unknown = value_of(told)
        yield Tile(name="Notices", value=words.units(len(told)))
        yield Tile(name="Issuers", value=words.units(len(groups)))
        yield Tile(name="Sellers", value=words.units(len(sellers)))
        if value is not None:
            without = f" ({unknown} not known)" if unknown else ""
            yield Tile(name=f"Market value, computed{without}", value=words.money(value))


def _sections(digest: Digest, told: Sequence[Told], room: Room) -> Iterable[Section]:
    alerted = {one.item.accession for one in told}
    silenced = told_of(one for one in digest.entries if one.is_silenced)
    near = told_of(one for one in digest.entries if one.is_near_miss and one.item.accession not in alerted)
    unread = [one for one in digest.unreadable if one.filing.accession not in alerted]
    lead = "A silence holds these alerts; nobody was told of them."
    yield from _section("Kept back", lead, silenced, kept_back, room)
    lead = "These raised no alert: what stood in the way did so by little."
    yield from _section("Near misses", lead, near, near_miss, room)
    lead = "Whether these notices are on your watchlists is not known, because nobody could read them."
    yield from _section("Could not be read", lead, unread, unreadable, room)
    lead = "You were told of these in the last seven days, and nobody has said that they saw to them."
    yield from _section("Not acknowledged", lead, digest.unacknowledged, unacknowledged, room)


def _section(
    name: str, lead: str, items: Sequence[T], line: Callable[[T], Line], room: Room
) -> Iterable[Section]:
    if items:
        left = len(items) - room.others
        more = f"and {left:,} more" if 0 < left < len(items) else f"{len(items):,} in all" if left > 0 else ""
        yield Section(name=name, lead=lead, lines=tuple(line(one) for one in items[: room.others]), more=more)


def _more(groups: Sequence[Sequence[Told]], attached: str) -> str:
    if not groups:
        return ""
    rest = [one for group in groups for one in group]
    issuers = words.counted(len(groups), "more issuer")
    where = "; the table that is attached holds them all" if attached else ""
    return f"Not shown here: {words.counted(len(rest), 'notice')} about {issuers}{_worth(rest)}{where}"


def _warnings(digest: Digest) -> tuple[str, ...]:
    if not digest.is_blind:
        return ()
    since = f"since {words.instant(digest.last_look)}" if digest.last_look else "yet"
    return (f"EDGAR could not be looked at {since}: there may be notices that are not known here.",)


def _day(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{local:%A}, {words.day(local.date())}"


def _local(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{words.day(local.date())}, {local:%H:%M}"
