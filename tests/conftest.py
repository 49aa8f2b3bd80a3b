"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real EDGAR material beside the repository, which is not part of it.

    A stranger's clone has none: tests that want it skip there, saying so. In CI it must be present.
    """
    folder = Path(os.environ.get("FORM144_CORPUS", ROOT.parent / "shared" / "corpus"))
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"CI is set and the corpus is not at {folder}")
    pytest.skip(f"no corpus at {folder}")
