"""What the engine could do at most on this machine: tasks that do nothing, transactions that mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from worker import engine
from worker.ledger.database import Database
from worker.settings import environment_without_ours


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """What the block asks of the database: a text for each transaction, `s` in it for a statement that only
    reads and `w` for one that writes, after an `r` where the whole transaction only reads.
    """
    found: list[str] = []

    def begin(connection: sa.Connection) -> None:
        found.append("r" if connection.get_execution_options().get("form144_reads") else "")

    def statement(_c: object, _cursor: object, text: str, *_rest: object) -> None:
        if not text.startswith("BEGIN"):
            found[-1] += "s" if text.startswith("SELECT") else "w"

    event.listen(database.engine, "begin", begin)
    event.listen(database.engine, "before_cursor_execute", statement)
    try:
        yield found
    finally:
        event.remove(database.engine, "begin", begin)
        event.remove(database.engine, "before_cursor_execute", statement)


def bare_ledger(url: str, transactions: list[str], *, processes: int, seconds: float = 4) -> float:
    """How often a second these transactions could be done through the driver alone: each statement reads,
    inserts or updates a row of 500 bytes by its key, and each transaction is committed as the ledger's are.
    """
    with closing(Database(url)) as database:
        with database.write() as connection:
            connection.execute(sa.text("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"))
        command = [sys.executable, "-m", "benchmarks.load_ceilings", url, str(seconds)]
        pipe = subprocess.PIPE
        running = [
            subprocess.Popen([*command, str(number * 10**8)], stdin=pipe, stdout=pipe)
            for number in range(processes)
        ]
        work = json.dumps(transactions).encode()
        with ThreadPoolExecutor(processes) as pool:
            done = [json.loads(out) for out, _ in pool.map(lambda one: one.communicate(work), running)]
        with database.write() as connection:
            connection.execute(sa.text("DROP TABLE bare"))
    return float(sum(done))


def _bare(url: str, transactions: list[str], first: int, seconds: float) -> float:
    mark = "?" if url.startswith("sqlite") else "%s"
    insert = f"INSERT INTO bare (id, body) VALUES ({mark}, {mark})"
    update = f"UPDATE bare SET body = {mark} WHERE id = {mark}"
    select = f"SELECT body FROM bare WHERE id = {mark}"
    database = Database(url)
    connection: Any = database.engine.raw_connection().driver_connection
    if not database.is_sqlite:
        connection.autocommit = True
    cursor = connection.cursor()
    key, done, writes, body = first, 0, 0, "x" * 500
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        statements = transactions[done % len(transactions)]
        cursor.execute("BEGIN" if "r" in statements or not database.is_sqlite else "BEGIN IMMEDIATE")
        for statement in statements:
            if statement == "s":
                cursor.execute(select, (key,)).fetchall()
            elif statement == "w":
                writes += 1
                key += writes % 2
                cursor.execute(*((insert, (key, body)) if writes % 2 else (update, (body, key))))
        cursor.execute("COMMIT")
        done += 1
    spent = time.monotonic() - began
    connection.close()
    database.close()
    return done / len(transactions) / spent


def nothing_tasks(settings: dict[str, str], *, number: int = 2_000, processes: int = 0) -> float:
    """Tasks a second that do nothing: embedded, or in so many processes on the broker of the settings."""
    mode = ["noop-worker", str(number // processes)] if processes else ["noop-run", str(number)]
    command = [sys.executable, "-m", "benchmarks.load_worker", *mode]
    if processes:
        _publish(settings, number + 200 * processes, number // processes)
    running = [
        subprocess.Popen(
            command,
            env=environment_without_ours() | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(processes or 1)
    ]
    told = [json.loads(process.communicate(timeout=120)[0].splitlines()[-1]) for process in running]
    span = max(one["last"] for one in told) - min(one["first"] for one in told)
    return float(sum(one["tasks"] for one in told) / span)


def _publish(settings: dict[str, str], number: int, each: int) -> None:
    """More than is counted, so that no process waits for work before the last one ends."""
    app = type(engine.app)("benchmarks", broker=settings["FORM144_BROKER_URL"])
    with app.connection_for_write() as connection:
        for _ in range(number):
            app.send_task("benchmarks.nothing", (each,), queue="edgar", connection=connection)


if __name__ == "__main__":
    print(_bare(sys.argv[1], json.load(sys.stdin), int(sys.argv[3]), float(sys.argv[2])))
