"""The house rules that a program can check: what the README, the compose file and the tree promise."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from worker import engine
from worker.cli import commands
from worker.pipeline import Step
from worker.settings import SECRETS, VARIABLES
from worker.undone import CHORES
from worker.watchlists.conditions import QUESTIONS
from worker.watchlists.loading import load_watchlists

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "docs" / "watchlists.md",
    ROOT / "docs" / "operate.md",
]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service.get("image", "").startswith("form144:")
}
COMMANDS: dict[str, Any] = {name: commands.load(name) for name in commands.COMMANDS}
#: Longer than this and a file has more than one purpose.
LINES = 250


def tracked(pattern: str) -> list[Path]:
    """Files git tracks or would track; every file where there is no git, as in an unpacked archive."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", pattern],
        capture_output=True,
        text=True,
        check=False,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_module_outgrows_its_purpose() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in tracked("worker/*.py")}
    assert sizes
    assert {str(path): lines for path, lines in sizes.items() if lines > LINES} == {}


def test_the_pipeline_reads_on_a_screen_or_two() -> None:
    assert len((ROOT / "worker" / "pipeline.py").read_text(encoding="utf-8").splitlines()) <= 180


def test_tasks_carry_nothing_and_decide_nothing() -> None:
    tree = ast.parse((ROOT / "worker" / "tasks.py").read_text(encoding="utf-8"))
    decisions = (ast.If, ast.IfExp, ast.Try, ast.For, ast.While, ast.Match, ast.BoolOp)
    assert [node for node in ast.walk(tree) if isinstance(node, decisions)] == []
    engine.app.loader.import_default_modules()
    tasks = {name: task for name, task in engine.app.tasks.items() if name.startswith("form144.")}
    assert set(tasks) == {f"form144.{step}" for step in Step}
    assert [name for name, task in tasks.items() if inspect.signature(task.run).parameters] == []


def test_the_broker_is_never_told_what_to_do_later() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in tracked("worker/*.py"))
    assert re.findall(r"\b(?:countdown|eta|autoretry_for)\s*=|\bself\.retry\(", sources) == []


def test_every_queue_is_consumed_embedded_and_on_several_machines() -> None:
    queues = set(engine.QUEUES.values())
    composed = {
        argument
        for service in OURS.values()
        for flag, argument in zip(service["command"], service["command"][1:], strict=False)
        if flag == "--queue"
    }
    assert composed == queues == set(engine.EMBEDDED_QUEUES)
    assert set(engine.QUEUES) == set(Step)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_of_the_compose_file_is_one_of_ours(name: str) -> None:
    command, *arguments = OURS[name]["command"]
    COMMANDS[command].make_context(command, arguments)


def test_a_health_check_asks_for_work_done() -> None:
    # Each of its own; beat rings the sweep, which the deliver workers do.
    for name, queue in {"beat": "deliver", "edgar": "edgar", "deliver": "deliver"}.items():
        _cmd, _form144, command, *arguments = OURS[name]["healthcheck"]["test"]
        given = COMMANDS[command].make_context(command, arguments).params
        assert (command, given["work"], given["queue"]) == ("status", True, queue)
    assert set(CHORES) == set(engine.EMBEDDED_QUEUES)
    assert all(engine.QUEUES[chore] == queue for queue, chores in CHORES.items() for chore in chores)


def test_the_health_check_of_postgres_comes_over_the_network_and_writes(postgres_url: str) -> None:
    (shell,) = COMPOSE["services"]["postgres"]["healthcheck"]["test"][1:]
    ask = shlex.split(shell.partition("|")[0])
    assert ask[ask.index("-h") + 1] == "127.0.0.1"
    end = "SELECT pg_current_wal_insert_lsn()::text"
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        before = connection.execute(end).fetchone()
        assert connection.execute(ask[-1]).fetchone() == (True,)
        assert connection.execute(end).fetchone() != before


def test_every_variable_of_the_compose_file_is_one_the_settings_know() -> None:
    for service in OURS.values():
        for variable in service["environment"]:
            known = variable.removesuffix("_FILE") if variable.endswith("_FILE") else variable
            assert known in VARIABLES
            assert not variable.endswith("_FILE") or known in SECRETS


def test_the_services_have_no_rights_they_do_not_need() -> None:
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert re.search(r"^USER form144$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_image_is_pinned() -> None:
    for service in COMPOSE["services"].values():
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?", service["image"])


def test_every_path_the_dockerfile_copies_is_there() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    assert copied
    assert [path for line in copied for path in line.split() if not (ROOT / path).exists()] == []


def test_the_docs_have_a_row_for_every_setting_and_no_other() -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `((?:FORM144|EDGAR)_\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == VARIABLES


def test_the_docs_have_a_row_for_every_condition_and_no_other() -> None:
    page = (ROOT / "docs" / "watchlists.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| (.+) \| `(.+)` \|$", page, re.MULTILINE))
    assert rows == {(one.name, one.sentence, f"{one.name}: {one.example}") for one in QUESTIONS.values()}


def test_the_readme_has_a_row_for_every_command_and_no_other() -> None:
    assert set(re.findall(r"^\| `form144 (\w[\w-]*)` \|", README, re.MULTILINE)) == set(COMMANDS)


def test_the_readmes_tree_is_the_tree() -> None:
    drawn = README.partition("## The house")[2].partition("```\n")[2].partition("```")[0]
    inside = {line.split()[0].rstrip("/") for line in drawn.splitlines() if line.startswith("  ")}
    there = {
        path.name
        for path in (ROOT / "worker").iterdir()
        if not path.name.startswith(("_", ".")) and path.name != "py.typed"
    }
    assert inside == there
    top = [line.split()[0].rstrip("/") for line in drawn.splitlines() if not line.startswith(" ")]
    assert [name for name in top if not (ROOT / name).is_dir()] == []


def test_the_readmes_watchlist_is_one_the_program_reads() -> None:
    example = README.partition("```yaml\n")[2].partition("```")[0]
    (watchlist,) = load_watchlists(
        {"readme.yaml": example.encode()},
        {"QFIN": (1_741_530, "Qfin Holdings, Inc.")},
        notifiers={"slack": None, "email": None, "console": None},
    )
    assert watchlist.entries[0].cik == 1_741_530


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)|src=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    assert [link for pair in links for link in pair if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_written_out_is_one_the_program_has(page: Path) -> None:
    named = set(
        re.findall(
            r"\bform144 ([a-z][\w-]*)",
            "\n".join(re.findall(r"`[^`\n]+`|^    .+$", page.read_text(encoding="utf-8"), re.MULTILINE)),
        )
    )
    assert named - set(COMMANDS) == set()


def test_nothing_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    # In pieces, so that this file does not name them either.
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js", "deb" + ".debian.org"]
    paths = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/"]
    text = re.compile("|".join(map(re.escape, hosts + paths)))
    files = [path for path in tracked("*") if path.suffix not in {".png", ".pem"}]
    assert [
        str(path) for path in files if text.search(path.read_text(encoding="utf-8", errors="replace"))
    ] == []


def test_nothing_strays_at_the_top() -> None:
    customary = "CHANGELOG.md CONTRIBUTING.md Dockerfile LICENSE Makefile README.md SECURITY.md compose.yaml"
    locks = "requirements.lock requirements-build.lock requirements-dev.lock pyproject.toml"
    beside = {*customary.split(), *locks.split(), ".dockerignore", ".gitattributes", ".gitignore"}
    assert {path.name for path in tracked("*") if path.parent == ROOT} - beside == set()


def test_mocks_are_absent() -> None:
    word = "unittest." + "mock"
    users = [path for path in tracked("tests/*.py") if word in path.read_text(encoding="utf-8")]
    assert [path.name for path in users if path.name != "test_house.py"] == []
