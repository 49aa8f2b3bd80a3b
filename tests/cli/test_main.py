"""The commands as a shell sees them: exit codes, sentences, no tracebacks."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.processes import ended
from worker.cli import commands
from worker.ledger.ledger import Ledger
from worker.settings import environment_without_ours

LIST = "name: x\nowner: y\nissuers: [{cik: 320193}]\ntell: ['console:']\n"


def form144(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return ended(sys.executable, "-m", "worker.cli", *arguments, cwd=cwd, **settings)


def test_without_a_contact_run_says_what_to_set_and_why_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = form144("run", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("EDGAR_CONTACT: is not set; the SEC refuses programs")
    assert 'EDGAR_CONTACT="Jane Doe jane@example.com"' in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_mistake_in_the_settings_is_named_at_once(tmp_path: Path) -> None:
    done = form144("run", cwd=tmp_path, EDGAR_CONTACT="nobody", FORM144_POLL_SECONDS="x", FORM144_TYPO="1")
    assert done.returncode == 2
    for name in ("EDGAR_CONTACT", "FORM144_POLL_SECONDS", "FORM144_TYPO"):
        assert f"{name}: " in done.stderr
    assert "Traceback" not in done.stderr


MISTAKEN = {"EDGAR_CONTACT": "Jane Doe jane@example.com", "FORM144_EDGAR_URL": "http://127.0.0.1:9"}


@pytest.fixture
def mistaken(tmp_path: Path) -> Path:
    """Where a watchlist holds a mistake."""
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "x.yaml").write_text(LIST.replace("issuers", "isuers"))
    return tmp_path


def test_run_refuses_to_start_on_a_watchlist_with_a_mistake_and_keeps_its_name_from_the_log(
    mistaken: Path,
) -> None:
    done = form144("run", cwd=mistaken, **MISTAKEN)
    assert done.returncode == 2
    assert "FORM144_WATCHLISTS: holds 1 mistake\n    form144 check names them" in done.stderr
    assert "x.yaml" not in done.stderr
    assert "Traceback" not in done.stderr


def test_on_a_terminal_run_names_the_mistake_and_its_line(mistaken: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "worker.cli", "run"],
            cwd=mistaken,
            env=environment_without_ours() | MISTAKEN,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            timeout=120,
            check=False,
        )
        os.close(theirs)
        shown = _read_to_its_end(ours)
    finally:
        os.close(ours)
    assert done.returncode == 2
    assert "watchlists/x.yaml:3:1" in shown


def _read_to_its_end(terminal: int) -> str:
    """What was written to a terminal whose other end is closed: one read may be a part of it."""
    text = b""
    with suppress(OSError):  # which is the end, on Linux
        while part := os.read(terminal, 65_536):
            text += part
    return text.decode()


def test_run_beside_a_broker_is_refused(tmp_path: Path) -> None:
    done = form144("run", cwd=tmp_path, FORM144_BROKER_URL="redis://127.0.0.1:9/0")
    assert done.returncode == 2
    assert "form144 worker and form144 beat" in done.stderr


def test_a_queue_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = form144("worker", "-Q", "edgra", cwd=tmp_path, FORM144_BROKER_URL="redis://127.0.0.1:9/0")
    assert done.returncode == 2
    assert "edgra is not a queue" in done.stderr


def test_a_worker_whose_ledger_is_a_file_says_what_that_does_on_several_machines(tmp_path: Path) -> None:
    broker = {"FORM144_BROKER_URL": "redis://127.0.0.1:9/0"}
    done = form144("worker", cwd=tmp_path, **broker)
    assert "tell everybody twice" in done.stderr
    shared = form144("worker", cwd=tmp_path, **broker, FORM144_LEDGER_URL="postgresql://127.0.0.1:9/form144")
    assert "tell everybody twice" not in shared.stderr


def test_a_ledger_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    done = form144("migrate", cwd=tmp_path, FORM144_LEDGER_URL="sqlite:////nowhere/ledger.sqlite")
    assert done.returncode == 1
    assert "the ledger did not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_before_the_first_run_a_command_says_where_no_ledger_is_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / "form144-data").mkdir()
    done = form144("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "FORM144_DATA: there is no ledger at form144-data/ledger.sqlite\n"
        "    form144 run makes it, or set FORM144_DATA\n"
    )
    assert list((tmp_path / "form144-data").iterdir()) == []
    named = form144("status", cwd=tmp_path, FORM144_LEDGER_URL="sqlite:////nowhere/ledger.sqlite")
    assert "FORM144_LEDGER_URL: there is no ledger at /nowhere/ledger.sqlite" in named.stderr


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    done = form144(command, cwd=tmp_path, **MISTAKEN | {"FORM144_DATA": "file/data"})
    assert done.returncode == 2
    assert done.stderr.startswith("FORM144_DATA: the folder file/data cannot be made: Not a directory\n")


def test_status_speaks_json_to_machines(tmp_path: Path) -> None:
    Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", migrate=True).close()
    done = form144("status", "--json", cwd=tmp_path, FORM144_DATA=str(tmp_path))
    found = json.loads(done.stdout)
    assert found["deliveries"] == {}
    assert found["coverage_today"]["seen"] == 0
    assert done.returncode == (1 if found["stuck"] else 0)


def test_migrate_makes_a_ledger_and_does_nothing_the_second_time(tmp_path: Path) -> None:
    for _ in range(2):
        done = form144("migrate", cwd=tmp_path, FORM144_DATA=str(tmp_path / "data"))
        assert (done.returncode, done.stderr) == (0, "")
        assert "up to date" in done.stdout


def test_help_and_version_import_no_command_and_the_sentences_are_the_commands_own(tmp_path: Path) -> None:
    shown = form144("--help", cwd=tmp_path, COLUMNS="200").stdout
    for name, (_, sentence) in commands.COMMANDS.items():
        assert " ".join((commands.load(name).help or "").split()).startswith(sentence)
        assert f"{name} " in shown
        assert sentence in shown
    assert "<bool>" not in shown + form144("watch", "add", "--help", cwd=tmp_path).stdout
    heavy = "import sys\nfrom worker.cli import main\ntry: main()\nfinally: print(sorted(sys.modules))"
    for option in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", heavy, option], capture_output=True, text=True, check=True, timeout=120
        )
        loaded = done.stdout.splitlines()[-1]
        for module in ("celery", "sqlalchemy", "lxml", "httpx", "pydantic", "worker.parts"):
            assert f"'{module}'" not in loaded
    assert form144("--version", cwd=tmp_path).stdout.startswith("form144 0.")


def test_a_terminal_that_cannot_show_a_letter_shows_a_question_mark(tmp_path: Path) -> None:
    notice = ROOT / "tests" / "samples" / "sec_144a.xml"
    shown = form144("read", str(notice), cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Form 144/A ? ")
    said = form144("doctor", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert "Traceback" not in said.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_a_sentence(tmp_path: Path) -> None:
    notice = str(ROOT / "tests" / "samples" / "sec_144a.xml")
    for command in (["read", notice], ["read", "--json", notice], ["schema", "notice"], ["--help"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "worker.cli", *command],
                cwd=tmp_path,
                env=environment_without_ours() | {"PYTHONPATH": str(ROOT)},
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=120,
                check=False,
            )
        assert done.stderr == "the output cannot be written: No space left on device\n"
        assert done.returncode == 1


#: Ctrl-C in the middle of the imports: the module that comes last raises what the signal would.
INTERRUPTED = """
import sys
class Finder:
    def find_spec(self, name, *_):
        if name == "worker.errors":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
from worker.cli import main
main()
"""


def test_ctrl_c_while_it_starts_is_no_traceback(tmp_path: Path) -> None:
    done = ended(sys.executable, "-c", INTERRUPTED, "status", cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize(
    "command",
    [
        ["preview", str(ROOT / "tests" / "samples" / "sec_144a.xml"), "--list", "x", "--out", "file/out"],
        ["init", "file/lists"],
        ["demo", "--output", "file/out"],
        ["digest", "console:", "--out", "file/out"],
        ["ledger", "export", "--output", "file/record.jsonl"],
        ["drill", "--here"],
    ],
)
def test_a_folder_that_cannot_be_made_is_a_mistake_and_a_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "watchlists").mkdir()
    digest = "tell: [{to: 'console:', digest: daily 07:30 UTC}, 'console:']"
    (tmp_path / "watchlists" / "x.yaml").write_text(LIST.replace("tell: ['console:']", digest))
    data = "file/data" if "--here" in command else "data"
    if command[0] in ("digest", "ledger"):
        assert form144("migrate", cwd=tmp_path, FORM144_DATA="data").returncode == 0
    done = form144(*command, cwd=tmp_path, FORM144_DATA=data)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "file" in done.stderr
    assert "Not a directory" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("silence", "add", "--issuer", "AAPL"), "that is not a whole number"),
        (("drill", "--wait", "soon"), "that is not a number"),
        (("drill", "--wait", "0"), "it has to be at least 1"),
        (("run", "--threads", "65"), "it has to be at most 64"),
        (("ledger", "prune", "--before", "soon"), "'soon' is no day; write 2026-09-30"),
        (("digest", "console:", "--since", "soon"), "'soon' is no day; write 2026-09-30 or"),
        (("doctor", "--format", "xml"), "'--format': 'xml' is not one of 'text', 'json'"),
    ],
)
def test_a_value_that_is_none_is_refused_in_plain_words(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = form144(*arguments, cwd=tmp_path, COLUMNS="200")
    assert done.returncode == 2
    assert sentence in done.stderr
