"""Mistakes: what pydantic found wrong with a file, as places and sentences for the person who wrote it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from worker.errors import Mistake
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.conditions.words import did_you_mean, kind_of
from worker.watchlists.digest_shape import DigestFile
from worker.watchlists.document import Document
from worker.watchlists.misread import Misread
from worker.watchlists.rehearsal_shapes import HoldFile, NoticeFields, RehearsalFile
from worker.watchlists.schema import WatchlistFile
from worker.watchlists.shapes import EntriesFrom, HolderEntry, IssuerEntry, Tell

#: Words people know from elsewhere, and the key meant.
_MEANT = {
    "title": "name", "description": "reason", "why": "reason", "author": "owner", "companies": "issuers",
    "company": "issuers", "tickers": "issuers", "symbols": "issuers", "people": "holders",
    "persons": "holders", "sellers": "holders", "insiders": "holders", "conditions": "when", "if": "when",
    "rules": "when", "notify": "tell", "destinations": "tell", "alert": "tell", "symbol": "ticker",
    "value": "market_value", "amount": "market_value", "shares": "units", "role": "relationship",
    "10b5-1": "plan", "10b5_1": "plan", "amendment": "form",
}  # fmt: skip


#: What may stand inside which keys; everything else holds conditions.
_SHAPES: dict[tuple[str, ...], type[BaseModel]] = {
    (): WatchlistFile,
    ("issuers",): IssuerEntry,
    ("holders",): HolderEntry,
    ("entries_from",): EntriesFrom,
    ("tell",): Tell,
    ("tell", "digest"): DigestFile,
    ("tests",): RehearsalFile,
    ("tests", "holds"): HoldFile,
    ("tests", "notice"): NoticeFields,
    ("tests", "notice", "issuer"): IssuerEntry,
    ("tests", "notice", "seller"): HolderEntry,
}


def mistakes_of(document: Document, error: ValidationError) -> list[Mistake]:
    """One located Mistake per thing wrong, in the file's order."""
    found = [(document.place(_way(one)), _mistake(document, one)) for one in error.errors(include_url=False)]
    return [mistake for _, mistake in sorted(found, key=lambda item: item[0])]


def _way(error: Any) -> tuple[str | int, ...]:
    return tuple(error["loc"])


def _mistake(document: Document, error: Any) -> Mistake:
    way, kind = _way(error), error["type"]
    if kind == "extra_forbidden":
        return Mistake(document.where(way, at_key=True), f"{way[-1]!r} is not a key here", _meant(way))
    if kind == "missing":
        example = {"name": "Large sales by 10 % holders", "owner": "Jane Doe, Compliance"}
        return Mistake(
            document.where(way[:-1]),
            f"{way[-1]} is missing",
            f"add {way[-1]}: {example.get(str(way[-1]), '...')}",
        )
    reason = error.get("ctx", {}).get("error")
    if isinstance(reason, Misread):
        return Mistake(document.where(way), f"{_label(way)}{reason.what}", reason.hint)
    if kind in {"list_type", "too_short"}:
        return Mistake(document.where(way), f"{_label(way)}expected a list", "begin each line with a dash")
    return Mistake(
        document.where(way), f"{_label(way)}expected something else than {kind_of(error['input'])}"
    )


def _label(way: tuple[str | int, ...]) -> str:
    name = next((part for part in reversed(way) if isinstance(part, str)), None)
    return f"{name}: " if name is not None else ""


def _meant(way: tuple[str | int, ...]) -> str:
    known = _keys(way)
    said = str(way[-1])
    meant = _MEANT.get(said.casefold())
    if meant in known:
        return f"did you mean {meant}?"
    return did_you_mean(said, known) or f"known here: {', '.join(known)}"


def _keys(way: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand where the last one of the way does."""
    around = tuple(part for part in way[:-1] if isinstance(part, str))
    shape = _SHAPES.get(around)
    if shape is None:
        return sorted(QUESTIONS)
    return [field.alias or name for name, field in shape.model_fields.items()]
