"""What goes wrong, and when: a plan that follows from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.acceptance.otherside import EDGAR, MAIL, PATHS, SLACK


@dataclass(frozen=True, kw_only=True)
class Event:
    """At so many seconds after the beginning, this. `what` is a method of the torture's; `words` say it."""

    at: float
    what: str
    arguments: dict[str, Any]

    @property
    def words(self) -> str:
        return " ".join([self.what, *(str(value) for value in self.arguments.values())])


#: What goes wrong on several machines, and how often beside each other.
SEVERAL = {
    "kill_worker": 8,
    "kill_beat": 2,
    "flush": 3,
    "restart_redis": 2,
    "restart_postgres": 2,
    "cut": 6,
    "stall": 4,
    "refuse": 3,
    "swallow": 2,
    "misbehave": 10,
}

#: And where one process is everything.
EMBEDDED = {"kill_worker": 6, "fill_disk": 2, "cut": 4, "stall": 3, "refuse": 3, "swallow": 1, "misbehave": 8}

#: Each of these happens at least once, whatever the dice say.
SURE = (
    "kill_worker",
    "kill_beat",
    "flush",
    "restart_redis",
    "restart_postgres",
    "fill_disk",
    "cut",
    "misbehave",
)


def plan(seed: int, *, seconds: float, every: float, lanes: Sequence[str], embedded: bool) -> list[Event]:
    """What goes wrong within so many seconds, about `every` so many, the sure ones among it."""
    dice = random.Random(seed)
    weights = EMBEDDED if embedded else SEVERAL
    times = list(_times(dice, seconds, every))
    kinds = [one for one in SURE if one in weights]
    kinds += dice.choices(list(weights), list(weights.values()), k=max(0, len(times) - len(kinds)))
    dice.shuffle(kinds)
    return [
        Event(at=at, what=what, arguments=_arguments(dice, what, lanes))
        for at, what in zip(times, kinds, strict=False)
    ]


def _times(dice: random.Random, seconds: float, every: float) -> Iterator[float]:
    at = 3.0
    while (at := at + dice.uniform(0.4, 1.6) * every) < seconds:
        yield round(at, 2)


def _arguments(dice: random.Random, what: str, lanes: Sequence[str]) -> dict[str, Any]:
    def between(least: float, most: float) -> float:
        return round(dice.uniform(least, most), 2)

    lane = dice.choice(list(lanes))
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "kill_worker": lambda: {"number": dice.randrange(1_000), "away": between(0, 2)},
        "kill_beat": lambda: {"away": between(0, 2)},
        "flush": dict,
        "restart_redis": lambda: {"away": between(0.5, 3)},
        "restart_postgres": lambda: {"away": between(0.5, 3)},
        "fill_disk": lambda: {"away": between(2.5, 5)},
        "cut": lambda: {"lane": lane, "replies": dice.randint(1, 4), "after": dice.choice((0, 1, 5, 60))},
        "stall": lambda: {"lane": lane, "seconds": between(0.5, 4)},
        "refuse": lambda: {"lane": lane, "seconds": between(0.5, 3)},
        "swallow": lambda: {"lane": lane},
        "misbehave": lambda: _misbehaviour(dice),
    }
    return makers[what]()


def _misbehaviour(dice: random.Random) -> dict[str, Any]:
    who = dice.choice(("slack", "mail", "edgar"))
    times = dice.randint(1, 4)
    match who:
        case "slack":
            method = dice.choice(("chat.postMessage", "chat.postMessage", "conversations.history"))
            return {"who": who, "fault": dice.choice(sorted(SLACK)), "times": times, "method": method}
        case "mail":
            return {"who": who, "fault": dice.choice(sorted(MAIL)), "times": times}
    return {
        "who": who,
        "fault": dice.choice(sorted(EDGAR)),
        "times": times,
        "path": dice.choice(sorted(PATHS)),
    }
