"""A library that cannot be loaded is named at once, by every command that needs it."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.pythons.test_start import vetted


@pytest.mark.parametrize("command", [("worker",), ("api",), ("db", "upgrade")], ids=" ".join)
def test_a_library_that_is_broken_is_named_at_once_with_its_cause(command: tuple[str, ...], tmp_path: Path) -> None:
    broken = tmp_path / "ucumvert.py"
    broken.write_text(
        dedent("""
        def get_ucum_parser(): ...
        class PintUcumRegistry:
            def __init__(self, **given):
                raise LookupError("the alias i.U. is not valid")
        """)
    )
    failed = vetted(*command, folder=tmp_path / "data", PYTHONPATH=str(tmp_path))
    assert failed.returncode == 1
    (said,) = failed.stderr.splitlines()
    assert said.startswith("ucumvert 0.")
    assert said.endswith("cannot be loaded: LookupError: the alias i.U. is not valid")
    assert not (tmp_path / "data" / "vetted.db").exists()
