"""A process of its own, as a shell would start it: with these settings, and none of this machine's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from worker.settings import environment_without_ours


def ended(*command: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What it said and how it ended, whatever that is. Raises TimeoutExpired where it does not end."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment_without_ours() | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
