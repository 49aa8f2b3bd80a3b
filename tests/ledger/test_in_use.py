from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import ConfigurationError
from worker.ledger.in_use import in_use


def test_a_ledger_in_a_folder_that_is_not_there_names_the_setting_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, why in (("nosuch", "No such file or directory"), ("file", "Not a directory")):
        file = tmp_path / folder / "x.db"
        with pytest.raises(ConfigurationError) as caught, in_use(f"sqlite:///{file}", alone=True):
            raise AssertionError
        (mistake,) = caught.value.mistakes
        assert (mistake.where, mistake.what) == ("FORM144_LEDGER_URL", f"{file} cannot be written: {why}")
        assert mistake.hint.startswith("make its folder, or name a place")
