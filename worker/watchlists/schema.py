"""The shape of a watchlist file: which keys there are, what each takes, and the JSON Schema of it all."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from worker.watchlists.match import Severity
from worker.watchlists.rehearsal_shapes import RehearsalFile
from worker.watchlists.shapes import (
    EntriesFrom,
    Fraction,
    HolderEntry,
    IssuerEntry,
    Matters,
    Quiet,
    Shown,
    Strict,
    Tell,
    Words,
    YesOrNo,
    as_list,
    filled,
)
from worker.watchlists.watchlist import NEAR_MISS, Visibility
from worker.watchlists.when import When


class WatchlistFile(Strict):
    """Whom to watch, under which conditions, and who is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="form144 watchlist")

    name: Words = Field(description="What the list is called in messages.")
    owner: Words = Field(description="Who answers for it.")
    reason: Words | None = Field(None, description="Why it exists; for readers of the file.")
    visibility: Shown = Field(
        Visibility.SHARED, description="confidential: name, owner and reason reach no message, log or metric."
    )
    issuers: Annotated[list[IssuerEntry], BeforeValidator(as_list)] = Field(
        [], description="Notices to sell securities of one of these."
    )
    holders: Annotated[list[HolderEntry], BeforeValidator(as_list)] = Field(
        [], description="Notices to sell by one of these."
    )
    entries_from: Annotated[EntriesFrom | None, BeforeValidator(filled)] = Field(
        None, description="More entries, from a CSV beside this file."
    )
    any_notice: YesOrNo = Field(False, description="true: every notice is on the list, whoever files it.")
    when: Annotated[When | None, BeforeValidator(filled)] = Field(
        None, description="Conditions; every line must hold."
    )
    near_miss: Fraction = Field(
        NEAR_MISS, description="How close to a limit still counts as a near miss; 10% unless said."
    )
    tell: Annotated[list[Tell], BeforeValidator(as_list)] = Field(
        [], description="Destinations: slack:#channel, email:address, console:."
    )
    severity: Matters = Field(
        Severity.NORMAL, description="low, normal or high: how much it matters to those who are told."
    )
    quiet_hours: Quiet | None = Field(
        None, description="When messages wait, by the clocks of a place: 22:00-07:00 America/New_York."
    )
    tests: Annotated[list[RehearsalFile], BeforeValidator(as_list)] = Field(
        [], description="Notices, and who must and must not be told of them; form144 check runs them."
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a watchlist file, for editors."""
    schema = WatchlistFile.model_json_schema(by_alias=True, mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    text = {"type": "string"}
    # `console:` and `slack: "#channel"` are a key and a value to YAML.
    one_key = {
        "type": "object",
        "maxProperties": 1,
        "properties": dict.fromkeys(Tell.model_fields, False),
    }
    bare: dict[str, list[dict[str, Any]]] = {
        "IssuerEntry": [text, {"type": "integer"}],
        "HolderEntry": [text, {"type": "integer"}],
        "EntriesFrom": [text],
        "NoticeFields": [text],
        "Tell": [text, one_key],
        "DigestFile": [text],
        "HoldFile": [text],
    }
    for name, shapes in bare.items():
        schema["$defs"][name] = {"anyOf": [*shapes, schema["$defs"][name]]}
    return schema
