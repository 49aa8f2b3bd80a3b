"""What stands behind `digest:` in a watchlist file, with its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from worker.watchlists.conditions.words import one_of
from worker.watchlists.digest_schedule import (
    EXAMPLE,
    WEEKLY,
    DigestPlan,
    DigestSchedule,
    WhenEmpty,
    digest_schedule,
)
from worker.watchlists.misread import Misread

_EMPTY = {kind.value: kind for kind in WhenEmpty} | {"yes": WhenEmpty.ALWAYS, "no": WhenEmpty.NEVER}

Schedule = Annotated[
    DigestSchedule,
    PlainValidator(digest_schedule),
    WithJsonSchema({"type": "string", "examples": [EXAMPLE, "weekdays 18:00 Asia/Tokyo", WEEKLY]}),
]


class DigestFile(BaseModel):
    """When a destination gets its alerts in one message: a bare time, or these keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Schedule = Field(description="daily 07:30 America/New_York, weekdays ..., weekly Friday ...")
    when_empty: Annotated[
        WhenEmpty,
        PlainValidator(lambda value: one_of(value, _EMPTY, "always")),
        WithJsonSchema({"enum": [kind.value for kind in WhenEmpty]}),
    ] = Field(
        WhenEmpty.BUSINESS_DAYS,
        description="Whether it comes without any alert, for its coverage line; business days unless said.",
    )
    attach: Annotated[
        bool | None,
        PlainValidator(lambda value: one_of(value, {"csv": True, "nothing": False}, "csv")),
        WithJsonSchema({"enum": ["csv", "nothing"]}),
    ] = Field(None, description="csv: an e-mail carries everything as a table, too.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, dict) and "every" not in value:
            raise Misread("does not say when", f"add every: {EXAMPLE}")
        return value if isinstance(value, dict) else {"every": value}

    @property
    def plan(self) -> DigestPlan:
        return DigestPlan(schedule=self.every, when_empty=self.when_empty, attach_csv=bool(self.attach))
