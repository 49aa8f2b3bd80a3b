"""The `tests:` part of a watchlist file: a notice, and who must and who must not be told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from worker.filings.notice import Relationship
from worker.watchlists import amounts
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.conditions.words import kind_of, one_of, reader_of, text
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread
from worker.watchlists.shapes import HolderEntry, IssuerEntry, Strict, Told, Words, YesOrNo, as_list

_EASTERN = "America/New_York"
_TEXT = {"type": "string"}
_NUMBER_OR_TEXT = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


def _instant(value: Value) -> datetime:
    """`2026-09-01 22:05`, in EDGAR's time unless a zone stands behind it, as an aware UTC instant."""
    said = text(value, "2026-09-01 22:05").split()
    zone = said.pop() if len(said) > 1 and said[-1][0].isalpha() else _EASTERN
    try:
        naive = datetime.strptime(" ".join(said), "%Y-%m-%d %H:%M")  # noqa: DTZ007  the zone follows
        return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, OverflowError, ZoneInfoNotFoundError):
        hint = "write 2026-09-01 22:05, in Eastern time, or with a zone behind it, as in Europe/Vienna"
        raise Misread(f"{value!r} is not a day and a time", hint) from None


def _plan(value: Value) -> date | None:
    said = text(value, "absent, or the day it was adopted")
    return None if said.casefold() == "absent" else amounts.day(said)


def _relationships(value: Value) -> tuple[Relationship, ...]:
    return tuple(sorted(QUESTIONS["relationship"].read(value)))


def _nobody_or_list(value: Value) -> Value:
    if isinstance(value, str) and value.strip().casefold() == "nobody":
        return []
    return as_list(value)


Dollars = Annotated[
    Decimal, PlainValidator(reader_of(amounts.dollars, "2.5M")), WithJsonSchema(_NUMBER_OR_TEXT)
]
Whole = Annotated[
    int,
    PlainValidator(lambda value: int(amounts.whole(text(value, "50,000")))),
    WithJsonSchema(_NUMBER_OR_TEXT),
]
Day = Annotated[date, PlainValidator(reader_of(amounts.day, "2026-03-31")), WithJsonSchema(_TEXT)]


class NoticeFields(Strict):
    """What the notice says: the name of a document beside this file, or a few fields. A figure that is
    left out is missing from the notice.
    """

    document: Words | None = Field(None, description="A notice beside this file; says everything itself.")
    issuer: IssuerEntry | None = Field(None, description="Whose securities: a ticker, a CIK or a name.")
    seller: HolderEntry | None = Field(None, description="Who proposes to sell: a CIK or a name.")
    form: Annotated[
        str,
        PlainValidator(lambda value: one_of(value, {"original": "144", "amendment": "144/A"}, "original")),
        WithJsonSchema({"enum": ["original", "amendment"]}),
    ] = Field("144", description="original unless said.")
    relationship: Annotated[
        tuple[Relationship, ...],
        PlainValidator(_relationships),
        WithJsonSchema(dict(QUESTIONS["relationship"].shape)),
    ] = Field((), description="The seller's relationship to the issuer, one or several.")
    market_value: Dollars | None = Field(None, description="US dollars to be sold: 2.5M.")
    units: Whole | None = Field(None, description="Units to be sold: 50,000.")
    units_outstanding: Whole | None = Field(None, description="Units of the class outstanding.")
    past_units: Whole | None = Field(None, description="Units sold in the past three months.")
    plan: Annotated[date | None, PlainValidator(_plan), WithJsonSchema(_TEXT)] = Field(
        None, description="The day a Rule 10b5-1 plan was adopted; absent unless said."
    )
    notice_date: Day | None = Field(None, description="The date of the notice; the day of `at` unless said.")
    sale_date: Day | None = Field(None, description="The approximate date of sale.")
    broker: Words | None = Field(None, description="The broker's or market maker's name.")
    exchange: Words | None = Field(None, description="The securities exchange.")
    acquired_how: Words | None = Field(None, description="The nature of the acquisition.")
    gift: YesOrNo | None = Field(None, description="Whether the securities came as a gift.")
    earlier_sellers: Whole | None = Field(
        None, description="How many others have filed to sell the same issuer's securities that day."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"document": value}
        if not isinstance(value, dict) or not value:
            hint = "write a document's name, or fields: {issuer: QFIN, market_value: 12M}"
            raise Misread(f"expected a notice, found {kind_of(value)}", hint)
        if "document" in value and len(value) > 1:
            raise Misread("a document says everything itself", "take the other fields out, or the document")
        if empty := [key for key, item in value.items() if item is None]:
            raise Misread(f"nothing stands behind {empty[0]}", "fill it in, or take the key out")
        return value


class RehearsalFile(Strict):
    """One test of this list: `form144 check` runs it."""

    name: Words | None = Field(None, description="What the test is about.")
    notice: NoticeFields = Field(description="A document beside this file, or a few fields.")
    at: Annotated[datetime | None, PlainValidator(_instant), WithJsonSchema(_TEXT)] = Field(
        None, description="When EDGAR accepts it: 2026-09-01 22:05, Eastern unless a zone is named."
    )
    tells: Annotated[list[Told] | None, BeforeValidator(_nobody_or_list)] = Field(
        None, description="Who must be told, by this list; or nobody."
    )
    not_: Annotated[list[Told], BeforeValidator(as_list)] = Field(
        [], alias="not", description="Who must not be told, by this list."
    )

    @model_validator(mode="before")
    @classmethod
    def _expects_something(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise Misread(f"expected a test, found {kind_of(value)}", "begin it with - notice:")
        if not {"tells", "not"} & set(value):
            raise Misread("the test expects nothing", "add tells: with destinations or nobody, or not:")
        return value
