"""The image and the services as text, without an engine: what they promise, and the image's own steps
replayed in a clean virtual environment.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from worker import due
from worker.settings import SECRETS, environment_without_ours, from_environment

COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("form144:")}


@dataclass(frozen=True)
class Step:
    """One instruction of the Dockerfile."""

    word: str
    rest: str


def steps() -> list[list[Step]]:
    """The stages of the Dockerfile, each a list of its instructions."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    stages: list[list[Step]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append(Step(word, rest.strip()))
    return stages


def seconds(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m|h)", text).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60, "h": 3600}[unit]


# -- the services -------------------------------------------------------------------------------------------


def test_redis_keeps_its_bells_and_asks_for_a_password() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert '--requirepass "$$(cat /run/secrets/redis)"' in command


def test_everybody_starts_after_the_schema_and_the_broker() -> None:
    for name in set(OURS) - {"migrate"}:
        assert SERVICES[name]["depends_on"] == {
            "redis": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"


def test_a_stop_waits_longer_than_the_longest_piece_of_work() -> None:
    # A step ends after the piece in hand, and a piece that took longer than half of its lease is given up.
    pieces = [due.DELIVER_LEASE / 2, due.READ_LEASE / 2, due.DRAIN]
    for name, service in OURS.items():
        assert seconds(service["stop_grace_period"]) > max(pieces).total_seconds() + 15, name


@pytest.mark.parametrize("variant", ["a mail server", "mailpit"])
def test_the_first_steps_of_the_compose_file_make_settings_that_hold(variant: str, tmp_path: Path) -> None:
    """Its head, typed line by line; what docker would put in the containers is read from there."""
    head = (ROOT / "compose.yaml").read_text(encoding="utf-8").partition("\nname:")[0]
    steps = [line.removeprefix("#   ") for line in head.splitlines() if line.startswith("#   ")]
    ups = [place for place, step in enumerate(steps) if step.startswith("docker compose")]
    typed = steps[: ups[0 if variant == "a mail server" else 1]]
    script = "\n".join(step.partition("     (")[0] for step in typed if not step.startswith("docker"))
    script = script.replace("openssl rand -hex 16", "echo 0123456789abcdef") + "\nenv -0 > exported"
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, check=True)
    exported = dict(
        line.split("=", 1) for line in (tmp_path / "exported").read_text().split("\0") if "=" in line
    )
    composed = OURS["beat"]["environment"]
    environment = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: exported.get(found[1], ""), value).replace(
            "/run/secrets", str(tmp_path / "secrets")
        )
        for name, value in composed.items()
    }
    settings = from_environment(environment)
    assert settings.contact is not None
    assert settings.mail_from == "form144@example.com"


def test_every_service_that_goes_on_has_a_health_check_of_work_done() -> None:
    for name, service in SERVICES.items():
        if name not in ("migrate", "mailpit"):
            assert "healthcheck" in service, name
    assert "redis-cli set" in SERVICES["redis"]["healthcheck"]["test"][1]
    assert "SELECT pg_logical_emit_message" in SERVICES["postgres"]["healthcheck"]["test"][1]
    for name in set(OURS) - {"migrate"}:
        check = SERVICES[name]["healthcheck"]
        assert check["test"][:-1] == ["CMD", "form144", "status", "--work", "--queue"]
        # A beat has no queue of its own: what it rings for is done on this one.
        assert check["test"][-1] == ("edgar" if name == "edgar" else "deliver")
        assert (check["interval"], check["start_period"]) == ("60s", "2m")


def test_nobody_is_root_or_can_become_it() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service
        if name not in OURS:  # ours says so in its image
            assert service["user"] not in ("root", "0"), name


def test_no_secret_stands_in_the_environment_or_the_compose_file() -> None:
    for name, service in SERVICES.items():
        for variable in service.get("environment", {}):
            assert variable not in SECRETS, name
            assert "PASSWORD" not in variable or variable.endswith("_FILE"), name
        files = {
            value.removeprefix("/run/secrets/")
            for variable, value in service.get("environment", {}).items()
            if variable.endswith("_FILE")
        }
        assert files <= set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name


def test_only_this_machine_sees_what_a_service_publishes() -> None:
    for service in SERVICES.values():
        assert [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")] == []


def test_mailpit_is_for_development_and_whoever_mails_there_shares_its_network() -> None:
    # Without TLS mail goes to 127.0.0.1 only (FORM144_SMTP_URL), so the two have to be one machine.
    assert {name for name, one in SERVICES.items() if "dev" in one.get("profiles", [])} == {
        "mailpit",
        "deliver-dev",
    }
    assert SERVICES["deliver-dev"]["network_mode"] == "service:mailpit"
    assert SERVICES["deliver-dev"]["command"] == SERVICES["deliver"]["command"]


# -- the image ----------------------------------------------------------------------------------------------


def test_every_stage_begins_with_the_same_pinned_image() -> None:
    begins = {stage[0].rest.partition(" AS ")[0] for stage in steps()}
    assert len(begins) == 1
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-[\w-]+", begins.pop())


def test_the_image_runs_a_command_of_ours_as_nobody_in_particular() -> None:
    last = {step.word: step.rest for step in steps()[-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert last["ENTRYPOINT"] == '["form144"]'
    assert "form144" in project["scripts"]
    assert last["USER"] == "form144"
    assert [step.word for step in steps()[-1]].index("USER") < [s.word for s in steps()[-1]].index(
        "ENTRYPOINT"
    )


def test_everything_is_installed_by_hash_and_what_builds_is_too() -> None:
    installs = [
        step.rest for stage in steps() for step in stage if step.word == "RUN" and "/pip " in step.rest
    ]
    fetched = [one for one in installs if "--require-hashes -r requirements" in one]
    assert len(fetched) == 2
    for one in set(installs) - set(fetched):
        assert "--no-deps" in one
        assert "--no-build-isolation" in one or "--no-index" in one, one


def test_make_builds_with_what_is_pinned() -> None:
    # Without the switch pip makes an environment of its own, and fetches what builds by its newest version.
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    builds = [line for line in text.splitlines() if line.endswith(" -e .")]
    assert len(builds) == 2
    assert [line for line in builds if "--no-deps --no-build-isolation" not in line] == []
    assert text.count("-r requirements-build.lock") == 2


def test_what_several_locks_pin_they_pin_alike() -> None:
    # One environment is made of two of them.
    pins: dict[str, set[str]] = {}
    for lock in ROOT.glob("requirements*.lock"):
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {"hatchling", "editables"} <= set(pins)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_what_the_image_copies_is_not_ignored_and_what_is_secret_is() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"secrets", ".git"} <= set(ignored)
    copied = [
        path for stage in steps() for step in stage if step.word == "COPY" for path in step.rest.split()[:-1]
    ]
    assert copied
    assert [path for path in copied if any(fnmatch(path, pattern) for pattern in ignored)] == []


# -- the image's steps, replayed -----------------------------------------------------------------------------


class Replay:
    """The steps of the Dockerfile in a folder instead of an image. What needs root is passed over."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "image"
        self.where = self.root
        tools = folder / "tools"
        tools.mkdir()
        (tools / "python").symlink_to(sys.executable)
        self.environment = environment_without_ours() | {"PATH": f"{tools}:/usr/bin:/bin"}
        self.passed_over: list[str] = []

    def inside(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def do(self, step: Step) -> None:
        match step.word:
            case "WORKDIR":
                self.where = self.inside(step.rest)
                self.where.mkdir(parents=True, exist_ok=True)
            case "COPY" if not step.rest.startswith("--from"):
                *sources, target = step.rest.split()
                for source in sources:
                    self._copy(ROOT / source, (self.where / target).resolve(), into=len(sources) > 1)
            case "RUN" if step.rest.startswith("useradd"):
                self.passed_over.append(step.rest)
            case "RUN":
                self._run(step.rest)
            case "ENV":
                for word in shlex.split(step.rest):
                    name, _, value = word.partition("=")
                    value = value.replace("$PATH", self.environment["PATH"])
                    self.environment[name] = self._moved(value)

    def form144(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The image's entry point with these arguments, somewhere else on the disk."""
        return subprocess.run(
            ["form144", *arguments],
            cwd=self.root,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _run(self, command: str) -> None:
        done = subprocess.run(
            self._moved(command),
            shell=True,
            cwd=self.where,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def _moved(self, text: str) -> str:
        return text.replace("/opt/form144", str(self.inside("/opt/form144")))

    @staticmethod
    def _copy(source: Path, target: Path, *, into: bool) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / source.name if into or target.is_dir() else target)


@pytest.mark.skipif(
    not os.environ.get("REPLAY_IMAGE"),
    reason="downloads every dependency; set REPLAY_IMAGE=1 (make image-check)",
)
def test_the_images_steps_make_a_form144_that_does_its_main_job(tmp_path: Path) -> None:
    replay = Replay(tmp_path)
    for stage in steps():
        for step in stage:
            replay.do(step)
    assert [one.partition(" ")[0] for one in replay.passed_over] == ["useradd"]
    # From its own folder, without this checkout: the commands are there, and refuse with a sentence.
    for service in OURS.values():
        command, *_options = service["command"]
        assert replay.form144(command, "--help").returncode == 0
    alone = replay.form144("run", FORM144_DATA=str(tmp_path / "data"))
    assert alone.returncode == 2
    assert "EDGAR_CONTACT" in alone.stderr
    played = replay.form144("demo", "--output", str(tmp_path / "demo"))
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Seen 21. Matched 7. Unreadable 1." in played.stdout
