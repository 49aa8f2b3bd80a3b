"""Amendments: how a 144/A differs from the notice it replaces, in the form's own words and order.

An amendment restates the whole form; what changed is nowhere marked in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from worker.filings.form_words import (
    ABOUT_THE_ISSUER,
    ABOUT_THE_NOTICE,
    TABLES,
    FormTable,
    Stated,
    row_stated,
    stated,
)
from worker.filings.notice import Form144Notice, Source
from worker.filings.notice_checks import NOT_ON_PRINT
from worker.filings.row_pairs import paired


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. `label` is the form's own word; `before` and `after` are texts for a person, None
    where that side does not state it (or the whole row is new, or gone).
    """

    label: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.label}: {self.after} (not stated before)"
        if self.after is None:
            return f"{self.label}: no longer stated (was {self.before})"
        return f"{self.label} {self.before} → {self.after}"


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """What an amended notice changes. Where the original is not known, `changes` is empty and says
    nothing; an empty `changes` beside a known original means that nothing in the form changed.
    """

    original_known: bool
    replaces: str | None  #: `previousAccessionNumber` as the amendment names it
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        if not self.original_known:
            which = (
                f"the notice it replaces ({self.replaces})" if self.replaces else "which notice it replaces"
            )
            return f"Amended; {which} is not known here, so what changed cannot be said."
        if not self.changes:
            return "Amended; nothing in the form changed."
        return "Amended: " + "; ".join(map(str, self.changes))


def differences(original: Form144Notice | None, amended: Form144Notice) -> Amendment:
    """Compare field by field. A notice of which only the announcement is known is as good as unknown."""
    if original is None or original.source is Source.ANNOUNCEMENT:
        return Amendment(original_known=False, replaces=amended.previous_accession, changes=())
    changes = [
        *_fields(ABOUT_THE_ISSUER, original, amended),
        *[change for table in TABLES for change in _table(table, original, amended)],
        *_fields(ABOUT_THE_NOTICE, original, amended),
    ]
    return Amendment(original_known=True, replaces=amended.previous_accession, changes=tuple(changes))


def _fields(words: dict[str, str], original: Form144Notice, amended: Form144Notice) -> list[Change]:
    """Fields of the notice itself; a print is not asked about what no print shows."""
    unasked = NOT_ON_PRINT if Source.PRINT in {original.source, amended.source} else frozenset()
    return _changes(
        {field: label for field, label in words.items() if field not in unasked},
        stated(original, original, words, ""),
        stated(amended, amended, words, ""),
    )


def _table(table: FormTable, original: Form144Notice, amended: Form144Notice) -> list[Change]:
    before: Sequence[msgspec.Struct] = getattr(original, table.field)
    after: Sequence[msgspec.Struct] = getattr(amended, table.field)
    has_rows = len(before) > 1 or len(after) > 1
    changes: list[Change] = []
    for pair in paired(before, after):
        was = {} if pair.before is None else row_stated(original, table, pair.before)
        now = {} if pair.after is None else row_stated(amended, table, pair.after)
        if pair.before is None or pair.after is None:
            number = pair.after if pair.after is not None else pair.before
            label = f"{table.title}, row {(number or 0) + 1}"
            changes.append(Change(label=label, before=_in_full(table, was), after=_in_full(table, now)))
        else:
            suffix = f" (row {pair.after + 1})" if has_rows else ""
            labels = {field: label + suffix for field, label in table.words.items()}
            changes += _changes(labels, was, now)
    return changes


def _changes(labels: dict[str, str], before: Stated, after: Stated) -> list[Change]:
    return [
        Change(label=label, before=before.get(field), after=after.get(field))
        for field, label in labels.items()
        if before.get(field) != after.get(field)
    ]


def _in_full(table: FormTable, stated_in_row: Stated) -> str | None:
    said = [
        f"{label} {stated_in_row[field]}" for field, label in table.words.items() if field in stated_in_row
    ]
    return ", ".join(said) or None
