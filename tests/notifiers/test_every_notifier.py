"""The contract of every notifier: what it may raise, and what it must never say or do."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

import worker.notifiers
from tests.notifiers.rigs import KEY, NOW, RIGS, Rig, a_message
from worker.alerts.delivery import Earlier
from worker.errors import Form144Error, Refused, Unreachable
from worker.notifiers.base import Notifier, WhenUnknown

HOSTILE = (
    "<!channel> <@U012345> *bold* _it_ `code` &amp; <script>alert(1)</script>\r\nBcc: all@example.com"
    "\x1b[2J\x07 \u202egnp.exe =cmd|' /C calc'!A0"
)


def each_failure() -> list[tuple[str, str]]:
    pairs = []
    for name, rig in RIGS.items():
        with rig() as opened:
            pairs += [(name, failure) for failure in opened.failures]
    return pairs


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with RIGS[request.param]() as rig:
        yield rig


def attempt(rig: Rig, notifier: Notifier) -> Form144Error:
    with pytest.raises(Form144Error) as raised:
        notifier.send(a_message(), rig.address, KEY)
    return raised.value


def test_every_notifier_of_the_package_has_a_rig() -> None:
    found = set()
    for module in pkgutil.iter_modules(worker.notifiers.__path__):
        members: list[Any] = list(vars(importlib.import_module(f"worker.notifiers.{module.name}")).values())
        found |= {
            vars(member)["name"]
            for member in members
            if inspect.isclass(member) and member is not Notifier and hasattr(member, "when_unknown")
        }
    assert found == set(RIGS)


def test_a_message_arrives_once_and_gives_a_receipt(rig: Rig) -> None:
    receipt = rig.notifier.send(a_message(), rig.address, KEY)
    assert receipt.reference
    assert not receipt.found
    assert len(rig.arrived()) == 1


@pytest.mark.parametrize(("name", "failure"), each_failure())
def test_every_failure_says_who_must_act(name: str, failure: str) -> None:
    with RIGS[name]() as rig:
        expected = rig.failures[failure]
        expected.provoke()
        error = attempt(rig, rig.facing(expected))
        assert type(error) is expected.error
        if isinstance(error, Refused):
            assert error.ends_destination is expected.ends_destination
        if isinstance(error, Unreachable):
            seconds = error.retry_after.total_seconds() if error.retry_after else None
            assert seconds == expected.retry_after
        if failure != "a closed stream":
            assert len(rig.arrived()) == int(expected.arrives)


def test_nobody_listening_is_unreachable_and_nothing_left(rig: Rig) -> None:
    if rig.unreachable is None:
        assert rig.notifier.name == "console"
        return
    with pytest.raises(Unreachable):
        rig.unreachable.send(a_message(), rig.address, KEY)
    assert rig.arrived() == []


@pytest.mark.parametrize(("name", "failure"), each_failure())
def test_no_secret_is_in_any_error_log_or_repr(
    name: str, failure: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with RIGS[name]() as rig:
        expected = rig.failures[failure]
        expected.provoke()
        notifier = rig.facing(expected)
        error = attempt(rig, notifier)
        printed = capfd.readouterr()
        said = "\n".join(
            (
                repr(notifier),
                repr(error),
                *traceback.format_exception(error),
                repr(error.__cause__),
                caplog.text,
                printed.out,
                printed.err,
            )
        )
        assert [secret for secret in rig.secrets if secret in said] == []


def test_no_secret_is_said_where_nobody_listens(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    if rig.unreachable is None:
        return
    with pytest.raises(Unreachable) as raised:
        rig.unreachable.send(a_message(), rig.address, KEY)
    said = "\n".join((*traceback.format_exception(raised.value), repr(rig.unreachable), caplog.text))
    assert [secret for secret in rig.secrets if secret in said] == []


def test_hostile_text_stays_text(rig: Rig) -> None:
    rig.notifier.send(a_message(text=HOSTILE, subject=HOSTILE, html=None), rig.address, KEY)
    (arrived,) = rig.arrived()
    assert "\x1b" not in arrived
    assert "\x07" not in arrived
    if rig.notifier.name == "email":
        assert "\nbcc:" not in arrived.split("\r\n\r\n")[0].lower()


def test_an_address_that_means_nothing_is_refused_or_ignored_but_never_a_crash(rig: Rig) -> None:
    refusals = []
    for address in (
        "",
        "\r\nBcc: x@example.com",
        "no such thing",
        "<>",
        "a@b@c",
        "jané@example.com",
        "jane@example.com\r\nX: y",
    ):
        try:
            rig.notifier.send(a_message(), address, KEY)
        except Refused as error:
            refusals.append(error)
    assert all(error.ends_destination for error in refusals)


def test_only_a_notifier_that_can_be_asked_says_so(rig: Rig) -> None:
    rig.notifier.send(a_message(), rig.address, KEY)
    if rig.notifier.when_unknown is WhenUnknown.ASK:
        found = rig.notifier.find(rig.address, KEY, NOW)
        assert found is not None
        assert found.found
    else:
        with pytest.raises(Refused):
            rig.notifier.find(rig.address, KEY, NOW)


def test_an_answer_arrives_once_whether_or_not_the_other_side_knows_conversations(rig: Rig) -> None:
    first = rig.notifier.send(a_message(), rig.address, KEY)
    earlier = Earlier(key=KEY, reference=first.reference)
    rig.notifier.send(a_message(text="an answer"), rig.address, "aa" * 32, earlier)
    assert "\n".join(rig.arrived()).count("an answer") == 1


def test_only_a_notifier_that_can_amend_says_so(rig: Rig) -> None:
    receipt = rig.notifier.send(a_message(), rig.address, KEY)
    changed = a_message(text="changed", blocks=({"type": "divider"},))
    if not rig.notifier.can_amend:
        with pytest.raises(Refused):
            rig.notifier.amend(changed, KEY, receipt.reference)
        return
    for _ in range(2):
        rig.notifier.amend(changed, KEY, receipt.reference)
    (arrived,) = rig.arrived()
    assert "changed" in arrived
