"""The users' words: Jinja2 templates, one folder per message and one file per part.

A folder of theirs may hold any part of any message; what it lacks comes from ours. Templates run in a
sandbox, an unknown name in one is an error, and what a channel must escape is escaped unless a template
asks otherwise: HTML in `*.html.j2`, Slack's control characters in `slack.*.j2`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from worker.messages import words

FILTERS = {
    "money": words.money,
    "units": words.units,
    "percent": words.percent,
    "day": words.day,
    "instant": words.instant,
    "span": words.span,
    "name": words.name,
    "counted": words.counted,
    "notes": words.notes,
    "wrap": words.wrap,
    "slack": lambda text: Markup(words.slack_literal(text)),  # noqa: S704  as finished as its name says
    "slack_instant": lambda when: Markup(words.slack_instant(when)),  # noqa: S704
}


#: How Jinja says that a value of ours lacks a name, and the words of which the name of its type is made.
_LACKS = re.compile(r"'(?:\w+\.)+(?P<kind>\w+) object' has no attribute (?P<name>'.+')")
_WORD = re.compile(r"[A-Z][a-z]*")


def in_words(error: Exception) -> str:
    """What Jinja says, where the values go by the names that templates know: `facts has no 'nope'`."""
    lacks = _LACKS.fullmatch(str(error))
    if lacks is None:
        return str(error)
    made_of = _WORD.findall(lacks["kind"].removeprefix("Form144")) or [lacks["kind"]]
    shorter = made_of[:-1] if made_of[-1] == "Facts" else made_of
    return f"{' '.join(shorter or made_of).lower()} has no {lacks['name']}"


def shipped() -> Path:
    """Our own templates: inside the package once it is installed, at the top of a checkout before."""
    package = Path(__file__).parents[1]
    installed = package / "_shipped" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


class _Fields(dict[type, frozenset[str]]):
    """The declared fields of a type of ours, which are data and never methods; none for any other type."""

    def __missing__(self, kind: type) -> frozenset[str]:
        names = frozenset(name for name in getattr(kind, "__struct_fields__", ()) if not name.startswith("_"))
        self[kind] = names
        return names


_FIELDS = _Fields()


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox asks some thirty questions at each `facts.issuer`. Of the declared fields of our own
    values, which are most of what a template reads, the answers are known.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the sandbox's, sooner."""
        if attribute in _FIELDS[type(obj)]:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """As Jinja's, but a plain dict: each message copies it, and a ChainMap is copied key by key."""
        return {**self.globals, **(d or {})}


class Templates:
    """The templates of some folders, the first that has a part winning. Each is compiled once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._plain = _environment(folders)
        self._html = _environment(folders, autoescape=True)
        self._slack = _environment(folders, finalize=_for_slack)
        self._held: dict[tuple[str, str], bool] = {}
        self._digests: dict[tuple[str, frozenset[str]], str] = {}

    def render(self, message: str, part: str, context: Mapping[str, Any]) -> str:
        """One part of one message (`alert`, `email.html.j2`). Whatever a template may raise, it raises."""
        return self._for(part).get_template(f"{message}/{part}").render(context)

    def has(self, message: str, part: str) -> bool:
        """Whether any folder held that part when it was first asked for; for parts that need not be there."""
        held = self._held.get((message, part))
        if held is None:
            held = self._held[message, part] = self._is_there(message, part)
        return held

    def referenced(self) -> frozenset[str | None]:
        """What the files extend or include, by name; with None where one makes up a name as it goes."""
        named: set[str | None] = set()
        loader = self._plain.loader
        if loader is None:
            return frozenset()
        for name in loader.list_templates():
            try:
                text, _, _ = loader.get_source(self._plain, name)
                named.update(meta.find_referenced_templates(self._plain.parse(text)))
            except (TemplateError, UnicodeDecodeError, OSError):
                continue  # a part that cannot be parsed is reported as such, and a picture names nothing
        return frozenset(named)

    def digest(self, message: str, parts: Collection[str]) -> str:
        """The sha256 of those parts and of whatever they extend or include, each with its name."""
        key = message, frozenset(parts)
        if key not in self._digests:
            sources: dict[str, str] = {}
            for part in parts:
                self._gather(f"{message}/{part}", sources)
            told = (
                f"{name}\0{sha256(text.encode()).hexdigest()}\n" for name, text in sorted(sources.items())
            )
            self._digests[key] = sha256("".join(told).encode()).hexdigest()
        return self._digests[key]

    def _gather(self, name: str, sources: dict[str, str]) -> None:
        loader = self._plain.loader
        if loader is None or name in sources:
            return
        sources[name], _, _ = loader.get_source(self._plain, name)
        for named in meta.find_referenced_templates(self._plain.parse(sources[name])):
            if named is not None:
                self._gather(named, sources)

    def _is_there(self, message: str, part: str) -> bool:
        try:
            self._for(part).get_template(f"{message}/{part}")
        except TemplateNotFound:
            return False
        return True

    def _for(self, part: str) -> Sandbox:
        if part.endswith(".html.j2"):
            return self._html
        return self._slack if part.startswith("slack.") else self._plain


def _for_slack(value: object) -> str:
    """What the filters above, and `tojson`, have finished stays; everything else is escaped."""
    return value if isinstance(value, Markup) else words.slack_escape(value)


def _environment(folders: Sequence[Path], **options: Any) -> Sandbox:
    environment = Sandbox(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        **options,
    )
    environment.filters.update(FILTERS)
    return environment
