"""The `tests:` part of a watchlist file: a notice, and who must and who must not be told of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from worker.filings.filing import ACCESSION
from worker.filings.notice import Relationship
from worker.watchlists import amounts
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.conditions.words import did_you_mean, kind_of, one_of, reader_of, text
from worker.watchlists.document import Value
from worker.watchlists.misread import Misread
from worker.watchlists.rehearsal import Silenced
from worker.watchlists.samples import SAMPLES
from worker.watchlists.shapes import HolderEntry, IssuerEntry, Strict, Told, Words, YesOrNo, as_list

_EASTERN = "America/New_York"
_TEXT = {"type": "string"}
_NUMBER_OR_TEXT = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


class Until(NamedTuple):
    """A time by the clocks of the test's zone; on the next day that has it where no day is said."""

    day: date | None
    at: time

    def after(self, now: datetime) -> datetime:
        day = self.day or now.date() + timedelta(days=int(self.at <= now.time()))
        return datetime.combine(day, self.at, tzinfo=now.tzinfo)


def _instant(value: Value) -> datetime:
    """`2026-09-01 22:05`, in EDGAR's time unless a zone stands behind it, as an aware instant there."""
    said = text(value, "2026-09-01 22:05").split()
    zone = said.pop() if len(said) > 1 and said[-1][0].isalpha() else _EASTERN
    try:
        there = datetime.strptime(" ".join(said), "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
        there.astimezone(ZoneInfo("UTC"))  # the first days of all lie before its beginning
    except (ValueError, OSError, OverflowError, ZoneInfoNotFoundError):
        hint = "write 2026-09-01 22:05, in Eastern time, or with a zone behind it, as in Europe/Vienna"
        raise Misread(f"{value!r} is not a day and a time", hint) from None
    return there


def _until(value: Value) -> Until:
    """`07:00`, or `2026-09-02 07:00`."""
    *day, clock = text(value, "07:00").split()
    try:
        if len(day) > 1:
            raise ValueError(day)
        at = datetime.strptime(clock, "%H:%M").time()  # noqa: DTZ007  the zone is that of `at`
        return Until(date.fromisoformat(day[0]) if day else None, at)
    except ValueError:
        what = f"{value!r} is not a time, nor a day and a time"
        raise Misread(what, "write 07:00, or 2026-09-02 07:00, by the clocks of `at`") from None


def _plan(value: Value) -> date | None:
    said = text(value, "absent, or the day it was adopted")
    return None if said.casefold() == "absent" else amounts.day(said)


def _accession(value: Value) -> str:
    said = text(value, "0001963043-23-000001")
    if ACCESSION.fullmatch(said) is None:
        raise Misread(f"{said!r} is not an accession number", "it looks like 0001963043-23-000001")
    return said


def _named_by(said: str) -> str:
    """Which key a bare text stands for; a name without an ending is no document's."""
    if ACCESSION.fullmatch(said.strip()):
        return "accession"
    return "document" if "." in said else "sample"


def _relationships(value: Value) -> tuple[Relationship, ...]:
    return tuple(sorted(QUESTIONS["relationship"].read(value)))


_NOBODY = ("nobody", "none", "nothing")


def _nobody_or_list(value: Value) -> Value:
    if isinstance(value, str) and value.strip().casefold() in _NOBODY:
        return []
    if isinstance(value, str) and ":" not in value and (hint := did_you_mean(value, ["nobody"])):
        raise Misread(f"{value!r} is no destination", hint)
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
    """What the notice says: the name of a document beside this file, the accession number of one in the
    ledger, the name of a sample, or a few fields. A figure that is left out is missing from the notice.
    """

    document: Words | None = Field(None, description="A notice beside this file; says everything itself.")
    accession: Annotated[str, PlainValidator(_accession), WithJsonSchema(_TEXT)] | None = Field(
        None, description="A notice that the ledger holds, by its accession number; says everything itself."
    )
    sample: (
        Annotated[
            str,
            PlainValidator(
                lambda value: one_of(value, {name: name for name in SAMPLES}, "officer-with-plan")
            ),
            WithJsonSchema({"enum": [*SAMPLES]}),
        ]
        | None
    ) = Field(None, description="A notice that comes with form144; issuer and seller may be others.")
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
            return {_named_by(value): value}
        if not isinstance(value, dict) or not value:
            hint = "write a document's name, or fields: {issuer: QFIN, market_value: 12M}"
            raise Misread(f"expected a notice, found {kind_of(value)}", hint)
        for whole in ("document", "accession"):
            if whole in value and len(value) > 1:
                what = f"{'a document' if whole == 'document' else 'a filing'} says everything itself"
                raise Misread(what, f"take the other fields out, or the {whole}")
        if "sample" in value and set(value) - {"sample", "issuer", "seller", "earlier_sellers"}:
            raise Misread("a sample says its figures itself", "leave issuer, seller and earlier_sellers")
        if empty := [key for key, item in value.items() if item is None]:
            raise Misread(f"nothing stands behind {empty[0]}", "fill it in, or take the key out")
        return value


class HoldFile(Strict):
    """Somebody whose message must be kept back: a bare destination, or these keys."""

    to: Told = Field(description="Whose message waits.")
    until: Annotated[Until | None, PlainValidator(_until), WithJsonSchema(_TEXT)] = Field(
        None, description="When it goes out: 07:00, or 2026-09-02 07:00, by the clocks of `at`."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, dict) and {"to", "until"} & set(value):
            return value
        return {"to": value}


class RehearsalFile(Strict):
    """One test of this list: `form144 check` runs it."""

    name: Words | None = Field(None, description="What the test is about.")
    notice: NoticeFields = Field(description="A document beside this file, or a few fields.")
    at: Annotated[datetime | None, PlainValidator(_instant), WithJsonSchema(_TEXT)] = Field(
        None, description="When EDGAR accepts it: 2026-09-01 22:05, Eastern unless a zone is named."
    )
    silenced: Annotated[
        Silenced | None,
        PlainValidator(lambda value: one_of(value, {one.value: one for one in Silenced}, "issuer")),
        WithJsonSchema({"enum": [one.value for one in Silenced]}),
    ] = Field(None, description="As if somebody had silenced the issuer, the seller or this list.")
    tells: Annotated[list[Told] | None, BeforeValidator(_nobody_or_list)] = Field(
        None, description="Who must be told, by this list; or nobody."
    )
    not_: Annotated[list[Told], BeforeValidator(as_list)] = Field(
        [], alias="not", description="Who must not be told, by this list."
    )
    holds: Annotated[list[HoldFile], BeforeValidator(as_list)] = Field(
        [], description="Whose message must wait, for quiet hours, a digest or a silence; and until when."
    )

    @model_validator(mode="before")
    @classmethod
    def _expects_something(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise Misread(f"expected a test, found {kind_of(value)}", "begin it with - notice:")
        if not {"tells", "not", "holds"} & set(value):
            raise Misread("the test expects nothing", "add tells: with destinations or nobody, or not:")
        if "holds" in value and not {"at", "silenced"} & set(value):
            raise Misread("nothing waits at no time", "add at: 2026-09-01 22:05, or silenced: issuer")
        return value

    @model_validator(mode="after")
    def _knows_until_when(self) -> RehearsalFile:
        if not any(one.until is not None for one in self.holds):
            return self
        if self.silenced is not None:
            raise Misread("a silence ends when somebody ends it", "take until out")
        if self.at is None:
            raise Misread("until needs the time of the notice", "add at: 2026-09-01 22:05")
        return self
