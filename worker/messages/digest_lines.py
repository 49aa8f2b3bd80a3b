"""The lines of a digest: each notice in one, whatever number of lists it is on, with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from worker.alerts.delivery import DeliveryState
from worker.alerts.digest import DigestItem, Entry, Unacknowledged, UnreadableNotice
from worker.filings.filing import Role
from worker.messages import words
from worker.messages.facts import severity_word
from worker.messages.reasons import unread
from worker.messages.words import shown
from worker.watchlists.match import Severity

CONFIDENTIAL = "a confidential watchlist"

_NOT_ARRIVED = {
    DeliveryState.REFUSED: "{} was refused",
    DeliveryState.ABANDONED: "{} was given up",
    DeliveryState.UNKNOWN: "nobody can tell whether {} arrived",
    DeliveryState.CLOSED: "{} was closed by hand",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One notice. `notes` say which list, and what became of it; `check` marks what is to be checked."""

    said: str
    figures: str
    notes: tuple[str, ...]
    url: str
    form: str
    check: bool = False
    severity: str = ""

    @property
    def marked_notes(self) -> tuple[str, ...]:
        """The notes, after how much it matters where that is not as it mostly is."""
        return (*([f"{self.severity} severity"] if self.severity else []), *self.notes)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One notice and the entries about it, at least one. `superseded` is True where a newer one of its
    family, the notice amended and all that amend it, stands in the same digest: then its figures are not
    counted.
    """

    item: DigestItem
    entries: tuple[Entry, ...]
    superseded: bool = False

    @property
    def severity(self) -> Severity:
        return max((one.item.severity for one in self.entries), key=lambda one: one.rank)


def told_of(entries: Iterable[Entry]) -> tuple[Told, ...]:
    """The notices in the order they were read."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.item.accession, []).append(entry)
    items = {accession: of[0].item for accession, of in found.items()}
    newest: dict[str, DigestItem] = {}
    for item in items.values():
        family = _family(item, items)
        newest[family] = max(newest.get(family, item), item, key=_age)
    return tuple(
        Told(
            item=item,
            entries=tuple(found[accession]),
            superseded=newest[_family(item, items)] is not item,
        )
        for accession, item in items.items()
    )


def _family(item: DigestItem, items: Mapping[str, DigestItem]) -> str:
    """The accession of the notice that it amends, through others that are amended in turn, or its own."""
    passed = {item.accession}
    while item.amends is not None and item.amends not in passed:
        passed.add(item.amends)
        if item.amends not in items:
            return item.amends
        item = items[item.amends]
    # In a ring of notices that amend each other each finds the same name.
    return item.accession if item.amends is None else min(passed)


def _age(item: DigestItem) -> tuple[bool, datetime, str]:
    """What grows with each amendment: a notice comes before all that amend it."""
    return item.amends is not None, item.accepted_at or item.seen_at, item.accession


def line_of(told: Told) -> Line:
    """An alert, or several about one notice."""
    item = told.item
    return Line(
        said=shown(item.said, f"{item.form} {item.accession}, whose names are too long to be shown here"),
        figures=item.figures,
        notes=tuple(_notes(told)),
        url=item.url,
        form=item.form,
        check=any(one.item.check for one in told.entries),
        severity=severity_word(told.severity),
    )


def near_miss(told: Told) -> Line:
    """A notice that missed each list's conditions by a hair."""
    missed = [
        f"{_list(one.item)}: {shown('; '.join(one.item.missed), 'missed by a hair')}" for one in told.entries
    ]
    return msgspec.structs.replace(line_of(told), notes=tuple(missed), check=False, severity="")


def kept_back(told: Told) -> Line:
    """An alert that a silence holds, with who asked for that and why."""
    why = [
        f"silenced by {shown(words.clean(one.hold.by), 'somebody')}: "
        f"{shown(words.clean(one.hold.because), 'see form144 silence list')}"
        for one in told.entries
        if one.hold is not None
    ]
    line = line_of(told)
    return msgspec.structs.replace(line, notes=(*line.notes, *dict.fromkeys(why)))


def unacknowledged(one: Unacknowledged) -> Line:
    return Line(
        said=f"{shown(one.issuer, 'an issuer')}: {shown(one.said, 'a notice')}",
        figures="",
        notes=(f"told {words.instant(one.told_at)}",),
        url=one.url,
        form=one.form,
    )


def unreadable(one: UnreadableNotice) -> Line:
    issuer = one.filing.party(Role.ISSUER)
    who = words.name(issuer.name) if issuer else ", ".join(words.name(p.name) for p in one.filing.parties)
    return Line(
        said=f"About {shown(who or words.NOT_STATED, 'an issuer')}",
        figures="",
        notes=(shown(unread(one.why), "it could not be read"),),
        url=one.url,
        form=f"Form {words.clean(one.filing.form_type)}",
    )


def value_of(told: Iterable[Told]) -> tuple[Decimal | None, int]:
    """The sum of the market values that are known and count, None where none is; and how many are not."""
    counted = [one.item.value for one in told if not one.superseded]
    known = [value for value in counted if value is not None]
    return (sum(known, Decimal(0)) if known else None), len(counted) - len(known)


def _notes(told: Told) -> Iterator[str]:
    item = told.item
    yield from dict.fromkeys(_list(one.item) for one in told.entries)
    for check in dict.fromkeys(check for one in told.entries for check in one.item.check):
        yield f"to be checked: {shown(check, 'see the notice')}"
    if item.amends:
        yield f"amends {words.clean(item.amends)}"
    amended = min((one.amended_at for one in told.entries if one.amended_at), default=None)
    if amended is not None:
        yield f"amended {words.instant(amended)}" + (
            ", by a notice in this digest" if told.superseded else ""
        )
    elif told.superseded:
        yield "amended by a newer notice in this digest"
    if item.late:
        yield item.late
    yield from dict.fromkeys(note for one in told.entries for note in _became(one))
    people = dict.fromkeys(words.clean(person) for one in told.entries for person in one.acknowledged)
    if people:
        yield f"acknowledged by {shown(', '.join(people), words.counted(len(people), 'person', 'people'))}"


def _became(entry: Entry) -> Iterator[str]:
    """What became of the alert's own message, where it had to have one."""
    if entry.told_at is not None:
        yield f"told {words.instant(entry.told_at)}"
    elif entry.state in _NOT_ARRIVED:
        message = "the message about it and others" if entry.together else "its own message"
        yield _NOT_ARRIVED[entry.state].format(message)
    elif entry.state is DeliveryState.HELD and entry.hold is not None and entry.hold.until is not None:
        yield f"its own message waits until {words.instant(entry.hold.until)}"


def _list(item: DigestItem) -> str:
    return CONFIDENTIAL if item.list_name is None else item.list_name
