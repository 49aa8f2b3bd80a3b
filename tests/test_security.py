"""SECURITY.md: every test it names is there, every threat has one, and what no room tests is tested here."""

from __future__ import annotations

import ast
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from tests.builders import a_filing
from tests.conftest import ROOT
from tests.messages import samples
from tests.world import a_world
from worker import engine
from worker.alerts.message import Message
from worker.edgar.budget import LocalBudget
from worker.edgar.client import Edgar
from worker.edgar.contact import Contact
from worker.edgar.sites import Sites
from worker.errors import ConfigurationError, Unreachable
from worker.messages.templates import shipped
from worker.messages.writer import Writer
from worker.notifiers.slack import SlackNotifier
from worker.standins.slack import TOKEN
from worker.watched_folder import read_folder
from worker.watchlists.destination import Destination
from worker.watchlists.loading import load_watchlists

POLICY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in POLICY.splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
CERTIFICATE = ROOT / "tests" / "standins" / "certificates" / "localhost.pem"


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_threat_names_tests_and_each_of_them_is_there(row: list[str]) -> None:
    threat, _, _, proofs = row
    named = NAMED.findall(proofs)
    assert named, threat
    for path, test in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (path, test)


@pytest.mark.parametrize(
    "threat",
    [
        "filing",
        "feed",
        "in the middle",
        "leaked list",
        "broker",
        "ledger",
        "backup",
        "workspace",
        "watchlist",
        "template",
        "setting",
        "log",
    ],
)
def test_no_threat_that_was_thought_of_is_forgotten(threat: str) -> None:
    assert any(threat in row[0] for row in ROWS)


def test_every_test_here_stands_behind_a_row_or_checks_the_rows() -> None:
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    here = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) if node.name[:5] == "test_"}
    named = {test for path, test in NAMED.findall(POLICY) if path == "tests/test_security.py"}
    about_rows = {name for name in here if "threat" in name or "behind_a_row" in name}
    assert here - about_rows == named


@pytest.fixture
def impostor() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server whose certificate nobody vouches for, and all that it could read."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as wrapped:
                heard.append(wrapped.recv(65_536))

    thread = Thread(target=serve)
    thread.start()
    yield f"https://127.0.0.1:{listening.getsockname()[1]}", heard
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def test_an_edgar_whose_certificate_nobody_vouches_for_is_told_nothing(
    impostor: tuple[str, list[bytes]],
) -> None:
    url, heard = impostor
    contact = Contact.parse("Jane Doe jane@example.com")
    with Edgar(contact, LocalBudget(), sites=Sites.at(url)) as edgar, pytest.raises(Unreachable):
        edgar.tickers()
    assert b"".join(heard) == b""


def test_a_slack_whose_certificate_nobody_vouches_for_never_sees_the_token(
    impostor: tuple[str, list[bytes]],
) -> None:
    url, heard = impostor
    with pytest.raises(Unreachable):
        SlackNotifier(TOKEN, base_url=url).send(Message(text="a notice"), "#ir-alerts", "k" * 64)
    assert b"".join(heard) == b""


def test_the_workers_take_nothing_but_json_from_the_broker() -> None:
    settings = engine.app.conf
    assert list(settings.accept_content) == ["json"]
    assert (settings.task_serializer, settings.result_serializer) == ("json", "json")


def test_no_secret_is_written_to_the_ledger(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        world.publish(a_filing())
        world.settle()
        assert world.posts() == 1
        written = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite*"))
    assert b"#ir-alerts" in written
    assert TOKEN.encode() not in written


def test_a_confidential_list_is_refused_where_it_would_tell_others() -> None:
    text = "name: A\nowner: B\nissuers: [320193]\nvisibility: confidential\ntell: 'slack:#everybody'\n"
    allowed = [Destination("slack", "#wall")]
    with pytest.raises(ConfigurationError, match="#everybody is not allowed for such lists"):
        load_watchlists({"a.yaml": text.encode()}, None, confidential=allowed)
    load_watchlists({"a.yaml": text.replace("everybody", "wall").encode()}, None, confidential=allowed)


@pytest.mark.parametrize(
    "line", ["entries_from: {0}", "tests: [{{notice: {0}, tells: nobody}}]"], ids=["table", "notice"]
)
@pytest.mark.parametrize("name", ["../secret.txt", "/{1}/secret.txt", "link/../../secret.txt"])
def test_a_list_reads_no_file_outside_of_its_folder(tmp_path: Path, line: str, name: str) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("AAPL\n")
    named = line.format(name.replace("{1}", str(tmp_path).strip("/")))
    (folder / "a.yaml").write_text(f"name: A\nowner: B\nissuers: [320193]\ntell: 'console:'\n{named}\n")
    with pytest.raises(ConfigurationError, match="there is no file"):
        load_watchlists(read_folder(folder), None)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ facts.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}{{ alert.filing.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ('%s' | attr('format'))('x').__class__ }}",
        "{{ '{0.__class__.__mro__}'.format(facts) }}",
        "{{ notice.relationships.append('x') }}",
        "{% include '../../SECURITY.md' %}",
        "{% include '/etc/passwd' %}",
        "{% for one in range(10 ** 9) %}x{% endfor %}",
    ],
)
def test_a_template_reaches_no_code_and_no_file(tmp_path: Path, attack: str) -> None:
    (tmp_path / "alert").mkdir()
    (tmp_path / "alert" / "console.txt.j2").write_text("OURS " + attack)
    alert = samples.SHOWN[next(iter(samples.SHOWN))]()
    written = Writer([tmp_path, shipped()]).write(alert, Destination("console"))
    assert written.problem is not None
    assert "OURS" not in written.message.text
    assert written.message == Writer([shipped()]).write(alert, Destination("console")).message


def test_every_requirement_has_its_version_and_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-build.lock"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for line in filter(lambda line: line and not line.startswith((" ", "#")), text.splitlines()):
            assert re.match(r"[A-Za-z0-9_.\-\[\],]+==\S+", line), line
            assert "--hash=sha256:" in line, line
