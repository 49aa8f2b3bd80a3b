"""The users' words: Jinja2 templates, one folder per message and one file per part.

A folder of theirs may hold any part of any message; what it lacks comes from ours. Templates run in a
sandbox, an unknown name in one is an error, and what a channel must escape is escaped unless a template
asks otherwise: HTML in `*.html.j2`, Slack's control characters in `slack.*.j2`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound
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
    "wrap": words.wrap,
    "slack": lambda text: Markup(words.slack_literal(text)),  # noqa: S704  as finished as its name says
    "slack_instant": lambda when: Markup(words.slack_instant(when)),  # noqa: S704
}


def shipped() -> Path:
    """Our own templates: inside the package once it is installed, at the top of a checkout before."""
    package = Path(__file__).parents[1]
    installed = package / "_shipped" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


class Templates:
    """The templates of some folders, the first that has a part winning. Each is compiled once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._plain = _environment(folders)
        self._html = _environment(folders, autoescape=True)
        self._slack = _environment(folders, finalize=_for_slack)

    def render(self, message: str, part: str, context: Mapping[str, Any]) -> str:
        """One part of one message (`alert`, `email.html.j2`). Whatever a template may raise, it raises."""
        return self._for(part).get_template(f"{message}/{part}").render(context)

    def has(self, message: str, part: str) -> bool:
        """Whether any folder holds that part; only parts nobody has to have are asked for."""
        try:
            self._for(part).get_template(f"{message}/{part}")
        except TemplateNotFound:
            return False
        return True

    def _for(self, part: str) -> ImmutableSandboxedEnvironment:
        if part.endswith(".html.j2"):
            return self._html
        return self._slack if part.startswith("slack.") else self._plain


def _for_slack(value: object) -> str:
    """What the filters above, and `tojson`, have finished stays; everything else is escaped."""
    return value if isinstance(value, Markup) else words.slack_escape(value)


def _environment(folders: Sequence[Path], **options: Any) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
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
