"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from tests.servers import AbsentError, absent
from tests.servers.postgres import PostgresServer, any_postgres
from tests.servers.redis import RedisServer, any_redis
from tests.world import WATCHLIST, World, a_world

ROOT = Path(__file__).parents[1]

# The same examples each time, however busy the machine: a failure is the change's, not the day's.
# `pytest --hypothesis-profile default` draws new ones.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real EDGAR material beside the repository, or at $CORPUS, which is not part of it.

    A stranger's clone has none: tests that want it skip there, saying so. In CI it must be present.
    """
    folder = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"CI is set and the corpus is not at {folder}")
    pytest.skip(f"no corpus at {folder}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the session; each test makes itself a database in it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(any_postgres())
        except AbsentError as error:
            absent(str(error))
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty database of one's own, gone after the test."""
    name = f"test_{token_hex(6)}"
    with psycopg.connect(postgres.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server of one's own, empty."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(any_redis(tmp_path))
        except AbsentError as error:
            absent(str(error))
        yield server


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of one's own, whose watchlist is a file in `lists`, too, for commands to read."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "example.yaml").write_bytes(WATCHLIST)
    with a_world(tmp_path) as made:
        yield made
