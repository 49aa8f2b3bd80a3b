"""A slice of the torture, a minute of each size; `make torture` is the long one.

And that the torture can tell: a plan is the same again, a lane breaks what it is told to, and a reckoning
notices what is missing, doubled, misled or made up.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from celery import Celery

from tests.acceptance.chaos import EMBEDDED, SEVERAL, SURE, plan
from tests.acceptance.material import expected, expected_number, material
from tests.acceptance.proxy import Proxy
from tests.acceptance.reckoning import Reckoning, arrivals, raised
from tests.acceptance.torture import NO_SERVER
from tests.conftest import ROOT
from tests.servers import absent
from worker.errors import Form144Error, Unreachable
from worker.ledger.ledger import Ledger

LANES = ["edgar", "slack", "mail", "redis", "postgres"]


def a_slice(*options: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.acceptance.torture", "--minutes", "1", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode == NO_SERVER:
        absent(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.servers
def test_on_several_machines_nothing_is_lost_or_told_twice_whatever_breaks() -> None:
    a_slice("--seed", "144")


def test_embedded_nothing_is_lost_or_told_twice_whatever_breaks() -> None:
    a_slice("--seed", "144", "--embedded")


@pytest.mark.parametrize("embedded", [False, True])
def test_a_seed_is_a_plan_with_everything_in_it(embedded: bool) -> None:
    one, again, other = (
        plan(seed, seconds=25, every=1.3, lanes=LANES, embedded=embedded) for seed in (7, 7, 8)
    )
    assert one == again
    assert one != other
    kinds = EMBEDDED if embedded else SEVERAL
    assert set(SURE) & set(kinds) <= {event.what for event in one} <= set(kinds)


def test_the_material_is_the_same_in_both_processes_and_every_list_hears_something() -> None:
    began = datetime(2026, 9, 1, 12, tzinfo=UTC)
    one, again = (material(600, 7, began=began, span=100) for _ in range(2))
    assert one == again
    owed = expected(one, b"secret")
    assert len(owed) == expected_number(one)
    assert len({number for _, number, _ in owed.values()}) == 40
    assert {piece.filing.form_type for piece in one} == {"144", "144/A"}
    assert {piece.is_readable for piece in one} == {True, False}


# -- a lane breaks what it is told to -------------------------------------------------------------------


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says back what it hears, to any number of clients; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                Thread(target=_echo, args=(client,), daemon=True).start()

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _echo(client: socket.socket) -> None:
    with client:
        try:
            while heard := client.recv(1000):
                client.sendall(heard)
        except OSError:
            return


@pytest.fixture
def lane(echo: int) -> Iterator[tuple[Proxy, socket.socket]]:
    """A client that talks to the server through a lane."""
    with Proxy({"echo": echo}) as proxy, _connect(proxy) as client:
        client.sendall(b"let in")
        assert client.recv(1000) == b"let in"
        yield proxy, client


def _connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port("echo")), timeout=60)


def until_reset(client: socket.socket) -> bytes:
    """What came before the reset. Raises TimeoutError where none came, AssertionError for an orderly end."""
    heard = b""
    try:
        while some := client.recv(1000):
            heard += some
    except ConnectionResetError:
        return heard
    raise AssertionError("the connection ended in order")


def test_a_lane_that_is_left_alone_passes_everything(lane: tuple[Proxy, socket.socket]) -> None:
    proxy, client = lane
    client.sendall(b"hello")
    assert client.recv(1000) == b"hello"
    assert not proxy.lanes["echo"].done


def test_a_reply_is_cut_after_so_many_bytes_and_then_reset(lane: tuple[Proxy, socket.socket]) -> None:
    proxy, client = lane
    proxy.cut("echo", replies=1, after=2)
    client.sendall(b"hello")
    # A reset may overtake what was sent before it.
    assert until_reset(client) in (b"he", b"")
    assert proxy.lanes["echo"].done == {"cut": 1}


def test_a_lane_that_refuses_lets_nobody_new_in(lane: tuple[Proxy, socket.socket]) -> None:
    proxy, client = lane
    proxy.refuse("echo", 60)
    # On a busy machine the reset comes before connect() has returned.
    with suppress(ConnectionResetError), _connect(proxy) as refused:
        assert until_reset(refused) == b""
    assert proxy.lanes["echo"].done == {"refused": 1}
    client.sendall(b"hello")
    assert client.recv(1000) == b"hello"


def test_a_stalled_reply_comes_when_the_stall_is_over(lane: tuple[Proxy, socket.socket]) -> None:
    proxy, client = lane
    began = time.monotonic()
    proxy.stall("echo", 2)
    client.sendall(b"hello")
    assert client.recv(1000) == b"hello"
    assert time.monotonic() - began >= 2
    assert proxy.lanes["echo"].done == {"stalled": 1}


def test_a_swallowed_connection_says_nothing_at_all_and_a_new_one_works(
    lane: tuple[Proxy, socket.socket],
) -> None:
    proxy, client = lane
    client.sendall(b"hello")
    assert client.recv(1000) == b"hello"
    proxy.swallow("echo")
    with _connect(proxy) as other:
        other.sendall(b"hello")
        assert other.recv(1000) == b"hello"
    client.sendall(b"hello")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(1000)


# -- a reckoning notices ----------------------------------------------------------------------------------


def reckoned(tmp_path: Path, spoil: Any) -> list[str]:
    """What is wrong where the other side took everything, but for what `spoil` does to it."""
    with ExitStack() as stack:
        ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", migrate=True)
        stack.callback(ledger.close)
        pieces = material(50, 7, began=datetime(2026, 9, 1, 12, tzinfo=UTC), span=10)
        taken = [
            {"key": key, "to": str(to), "names": [accession]}
            for key, (accession, _number, to) in expected(pieces, ledger.secret()).items()
        ]
        spoil(taken)
        reckoning = Reckoning("a test")
        arrivals(reckoning, pieces=pieces, taken=taken, ledger=ledger)
    return [one.partition(":")[0] for one in reckoning.wrong]


def test_a_reckoning_of_everything_finds_nothing(tmp_path: Path) -> None:
    assert reckoned(tmp_path, lambda _taken: None) == []


def test_a_reckoning_finds_what_is_missing(tmp_path: Path) -> None:
    assert reckoned(tmp_path, lambda taken: taken.pop()) == ["missing"]


def test_a_reckoning_finds_what_nobody_expected(tmp_path: Path) -> None:
    made_up = {"key": "0" * 64, "to": "slack:#room-01", "names": []}
    assert reckoned(tmp_path, lambda taken: taken.append(made_up)) == ["that nobody expected"]


def test_a_reckoning_finds_what_came_twice_and_asks_why(tmp_path: Path) -> None:
    def double(taken: list[dict[str, Any]]) -> None:
        taken += [one for one in taken if one["to"].startswith("slack")][:1]

    assert reckoned(tmp_path, double) == ["twice at Slack, which can be asked", "twice without such a reason"]


def test_a_mail_that_came_twice_needs_an_attempt_whose_answer_was_lost(tmp_path: Path) -> None:
    def double(taken: list[dict[str, Any]]) -> None:
        taken += [one for one in taken if one["to"].startswith("email")][:1]

    assert reckoned(tmp_path, double) == ["twice without such a reason"]


def test_a_reckoning_finds_a_message_that_names_another_filing(tmp_path: Path) -> None:
    def mislead(taken: list[dict[str, Any]]) -> None:
        taken[0]["names"] = ["0000000000-26-000001"]

    assert reckoned(tmp_path, mislead) == ["with another filing or at another address"]


@pytest.mark.parametrize(
    ("error", "wrong"),
    [
        (None, []),
        (Unreachable("the ledger did not answer"), []),
        (Form144Error("of another kind"), ["tasks that raised: 1 Form144Error in hurt"]),
        (UnboundLocalError("found"), ["tasks that raised: 1 UnboundLocalError in hurt"]),
    ],
    ids=["none", "Unreachable", "another of ours", "a mistake"],
)
def test_a_reckoning_finds_a_task_that_raised_what_it_may_not(
    caplog: pytest.LogCaptureFixture, error: Exception | None, wrong: list[str]
) -> None:
    app = Celery(set_as_current=False)

    # No name of the program's own, and not for every app of this process, as Celery has it by itself.
    @app.task(name="form144.hurt", shared=False)
    def hurt() -> None:
        if error:
            raise error

    hurt.apply()
    assert ("raised" in caplog.text) is (error is not None)
    reckoning = Reckoning("a test")
    raised(reckoning, caplog.text)
    assert reckoning.wrong == wrong
