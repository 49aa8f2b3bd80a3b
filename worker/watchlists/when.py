"""The `when:` part of a watchlist file: one key per question, generated from the registry."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    create_model,
    model_validator,
)

from worker.watchlists.conditions import QUESTIONS, Condition, Question
from worker.watchlists.conditions.logic import LOGIC
from worker.watchlists.conditions.words import kind_of
from worker.watchlists.misread import Misread


class _Conditions(BaseModel):
    """Every line must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Conditions")

    @model_validator(mode="before")
    @classmethod
    def _are_lines(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise Misread(f"expected conditions, found {kind_of(value)}", "write market_value: over 10M")
        if not value:
            raise Misread("no condition", "write market_value: over 10M, or take the key out")
        for name, argument in value.items():
            if argument is None and name in QUESTIONS:
                raise Misread(f"{name} says nothing", f"write {name}: {QUESTIONS[name].example}")
        return value


def _field(question: Question) -> Any:
    """The pydantic field of one question: `all` and `any` hold lists of conditions, `not` holds one set."""
    described = Field(None, alias=question.name, description=question.sentence)
    if question.name == "not":
        return ("When | None", described)
    if question.name in LOGIC:
        return (Annotated["list[When] | None", Field(min_length=1)], described)

    def read(value: Any) -> Condition:
        argument = question.read(value)
        return Condition(text=f"{question.name} {_shown(value)}", question=question, argument=argument)

    return (Annotated[Any, PlainValidator(read), WithJsonSchema(dict(question.shape))], described)


#: `all`, `any` and `not` are words of Python: the model's attributes carry an underscore, the file's do not.
When: Any = create_model(
    "When", __base__=_Conditions, **{f"{name}_": _field(question) for name, question in QUESTIONS.items()}
)
When.model_rebuild(_types_namespace={"When": When})


def conditions_of(when: Any, written: Any) -> tuple[Condition, ...]:
    """The conditions of a validated `when:` in the file's order; `written` is what it was validated from."""
    return tuple(_condition(QUESTIONS[name], getattr(when, f"{name}_"), written[name]) for name in written)


def _condition(question: Question, read: Any, written: Any) -> Condition:
    if isinstance(read, Condition):
        return read
    if question.name == "not":
        inner = conditions_of(read, written)
    else:
        inner = tuple(_joined(conditions_of(one, text)) for one, text in zip(read, written, strict=True))
    stated = "; ".join(condition.text for condition in inner)
    label = question.name if question.name == "not" else f"{question.name} of"
    return Condition(text=f"{label} ({stated})", question=question, argument=inner)


def _joined(conditions: tuple[Condition, ...]) -> Condition:
    """Several lines under one dash hold together."""
    if len(conditions) == 1:
        return conditions[0]
    stated = " and ".join(condition.text for condition in conditions)
    return Condition(text=stated, question=QUESTIONS["all"], argument=conditions)


def _shown(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
