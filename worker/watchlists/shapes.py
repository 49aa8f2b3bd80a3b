"""What single values of a watchlist file look like: an entry, a destination, a few words; with their JSON
Schema.

Every value arrives as the text that was written (`yamlfile.py`); the readers here make of it what is meant
and raise Misread, so that pydantic collects every mistake of a file in one go.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from worker.watchlists import entries
from worker.watchlists.amounts import percent
from worker.watchlists.conditions.words import kind_of, one_of, text
from worker.watchlists.destination import Destination, addressed
from worker.watchlists.digest_schedule import EXAMPLE as DAILY
from worker.watchlists.digest_shape import DigestFile
from worker.watchlists.document import Value
from worker.watchlists.match import Severity, Side
from worker.watchlists.misread import Misread
from worker.watchlists.quiet_hours import EXAMPLE, LONG_EXAMPLE, QuietHours, quiet_hours
from worker.watchlists.watchlist import Visibility
from worker.watchlists.when import When

_TEXT = {"type": "string"}
YES_OR_NO = {"true": True, "false": False, "yes": True, "no": False}
_NUMBER_OR_TEXT = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def few_words(value: Value) -> str:
    said = " ".join(text(value, "a few words").split())
    if len(said) > 200:
        raise Misread(f"a text of {len(said)} characters", "at most 200")
    return said


def as_list(value: Value) -> Value:
    """One item stands for a list of one; an empty list is a mistake, because it means nobody."""
    if value is None or value == []:
        raise Misread("the list is empty", "add a line, or take the key out")
    return value if isinstance(value, list) else [value]


def filled(value: Value) -> Value:
    """A key without anything behind it is not the same as no key: somebody meant something."""
    if value is None:
        raise Misread("nothing stands behind the key", "fill it in, or take the key out")
    return value


def _destination(value: Value | Destination) -> Destination:
    """`slack:#ir-alerts`; also the key and value YAML makes of `console:` and `slack: "#ir-alerts"`."""
    if isinstance(value, Destination):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((notifier, address),) = value.items()
        if address is None and notifier != "console":
            raise Misread(
                f"{notifier}: has no address; after a space, # begins a comment", f"write {notifier}:#channel"
            )
        value = f"{notifier}:{'' if address is None else text(address, 'an address')}"
    return addressed(text(value, "slack:#channel or email:jane@example.com"))


def _entry(value: Any, side: Side) -> Any:
    """A bare line as the mapping it stands for; a mapping must name somebody."""
    names = ("cik", "ticker", "file_number", "name")
    if isinstance(value, dict):
        if empty := [key for key, item in value.items() if item is None]:
            raise Misread(f"nothing stands behind {empty[0]}", "fill it in, or take the key out")
        if not set(names) & set(value) and set(value) <= {"note"}:
            raise Misread("this entry names nobody", "give it a cik, a name or, for an issuer, a ticker")
        return value
    said = entries.written(text(value, "a CIK, a name or, for an issuer, a ticker"), side)
    return {key: str(getattr(said, key)) for key in names if getattr(said, key) is not None}


Cik = Annotated[
    int, PlainValidator(lambda value: entries.cik(text(value, "320193"))), WithJsonSchema(_NUMBER_OR_TEXT)
]
Ticker = Annotated[
    str, PlainValidator(lambda value: entries.ticker(text(value, "AAPL"))), WithJsonSchema(_TEXT)
]
FileNumber = Annotated[
    str, PlainValidator(lambda value: entries.file_number(text(value, "001-38752"))), WithJsonSchema(_TEXT)
]
Name = Annotated[
    str, PlainValidator(lambda value: entries.name(text(value, "Apple Inc."))), WithJsonSchema(_TEXT)
]
Words = Annotated[str, PlainValidator(few_words), WithJsonSchema(_TEXT)]
YesOrNo = Annotated[
    bool,
    PlainValidator(lambda value: one_of(value, {"true": True, "false": False}, "true")),
    WithJsonSchema({"type": "boolean"}),
]
Fraction = Annotated[
    Decimal, PlainValidator(lambda value: percent(text(value, "10%")) / 100), WithJsonSchema(_TEXT)
]
Shown = Annotated[
    Visibility,
    PlainValidator(lambda value: one_of(value, {kind.value: kind for kind in Visibility}, "shared")),
    WithJsonSchema({"enum": [kind.value for kind in Visibility]}),
]
Matters = Annotated[
    Severity,
    PlainValidator(lambda value: one_of(value, {kind.value: kind for kind in Severity}, "high")),
    WithJsonSchema({"enum": [kind.value for kind in Severity]}),
]
Quiet = Annotated[
    QuietHours,
    PlainValidator(quiet_hours),
    WithJsonSchema({**_TEXT, "examples": [EXAMPLE, LONG_EXAMPLE]}),
]
Told = Annotated[
    Destination,
    PlainValidator(_destination),
    WithJsonSchema(
        {"anyOf": [_TEXT, {"type": "object", "maxProperties": 1}], "examples": ["slack:#ir-alerts"]}
    ),
]


class Strict(BaseModel):
    """Nothing but the keys that are named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HolderEntry(Strict):
    """A holder: a bare CIK or name, or these keys."""

    cik: Cik | None = Field(None, description="The holder's CIK: the surest, because names are spelt freely.")
    name: Name | None = Field(None, description="A person's or an entity's name, in either order.")
    note: Words | None = Field(None, description="Why this entry is here; for readers of the file.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return _entry(value, Side.HOLDER)


class IssuerEntry(Strict):
    """An issuer: a bare ticker, CIK, SEC file number or name, or these keys."""

    cik: Cik | None = Field(None, description="The issuer's CIK: never reused, and survives a renaming.")
    ticker: Ticker | None = Field(None, description="Looked up once in the SEC's list and pinned to a CIK.")
    file_number: FileNumber | None = Field(None, description="The SEC file number, such as 001-38752.")
    name: Name | None = Field(None, description="The issuer's name, legal suffix aside.")
    note: Words | None = Field(None, description="Why this entry is here; for readers of the file.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return _entry(value, Side.ISSUER)


class EntriesFrom(Strict):
    """CSV files or plain lists beside this file; a bare file name holds issuers."""

    issuers: Words | None = Field(None, description="A file of tickers, CIKs, file numbers or names.")
    holders: Words | None = Field(None, description="A file of CIKs or names.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if value is None or value == {}:
            raise Misread("names no file", "write entries_from: holdings.csv")
        if isinstance(value, list):
            raise Misread(f"expected one file, found {kind_of(value)}", "write entries_from: holdings.csv")
        return value if isinstance(value, dict) else {"issuers": value}


class Tell(Strict):
    """Who is told: a bare destination, or one with conditions of its own."""

    to: Told = Field(description="slack:#channel, email:address or console:.")
    when: Annotated[When | None, BeforeValidator(filled)] = Field(
        None, description="Conditions that must hold besides the list's, for this destination alone."
    )
    severity: Matters | None = Field(
        None, description="low, normal or high, instead of the list's; of several lines the highest counts."
    )
    quiet_hours: Quiet | None = Field(None, description="When messages to it wait, instead of the list's.")
    digest: Annotated[DigestFile | None, BeforeValidator(filled)] = Field(
        None, description="Tell it in one message at this time, not at once: daily 07:30 America/New_York."
    )
    also_at_once: Annotated[
        bool,
        PlainValidator(lambda value: one_of(value, YES_OR_NO, "true")),
        WithJsonSchema({"type": "boolean"}),
    ] = Field(False, description="true: besides being in the digest, each alert goes out at once.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not set(cls.model_fields) & set(value):
            return {"to": _destination(value)}
        if "to" not in value:
            raise Misread("names no destination", "write {to: slack:#exec, when: {market_value: over 50M}}")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Tell:
        if self.digest is None and self.also_at_once:
            raise Misread("also_at_once goes with a digest", f"add digest: {DAILY}, or take it out")
        if self.digest is not None and self.quiet_hours is not None and not self.also_at_once:
            hint = "take quiet_hours out, or add also_at_once: true"
            raise Misread("quiet_hours hold nothing back here: the digest has a time of its own", hint)
        if self.digest is not None and self.digest.attach and self.to.notifier != "email":
            raise Misread("attach: csv is for e-mail", "take attach out")
        return self
