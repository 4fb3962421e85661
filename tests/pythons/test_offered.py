import sys
import tomllib
from pathlib import Path

import pytest

from tests.pythons.each import ROOT
from tests.pythons.offered import SUPPORTED, fault_of, offer_of

OWN = "{}.{}".format(*sys.version_info)


def launcher(folder: Path, script: str, name: str = f"python{OWN}") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def test_every_supported_python_is_looked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    first, last = (int(version.split(".")[1]) for version in (SUPPORTED[0], SUPPORTED[-1]))
    assert project["requires-python"] == f">=3.{first},<3.{last + 1}"
    assert [f"3.{minor}" for minor in range(first, last + 1)] == list(SUPPORTED)


def test_one_that_only_stands_on_the_path_is_passed_over_for_one_that_runs(tmp_path: Path) -> None:
    idle = launcher(tmp_path / "shims", "echo 'pyenv: command not found' >&2; exit 127")
    real = launcher(tmp_path / "manager" / f"{OWN}.9" / "bin", f'exec {sys.executable} "$@"', "python")
    managers = [(str(tmp_path / "manager"), "{}.*/bin/python")]
    assert offer_of(OWN, str(idle.parent), managers).python == real


def test_the_newest_of_a_manager_is_taken(tmp_path: Path) -> None:
    for patch in (9, 10):
        launcher(tmp_path / f"{OWN}.{patch}" / "bin", f'exec {sys.executable} "$@"', "python")
    found = offer_of(OWN, "", [(str(tmp_path), "{}.*/bin/python")])
    assert found.python == tmp_path / f"{OWN}.10" / "bin" / "python"


def test_what_is_not_there_says_why(tmp_path: Path) -> None:
    assert offer_of("3.99", "", ()).reason == "neither on the PATH nor in a version manager"
    idle = launcher(tmp_path, "echo 'pyenv: command not found' >&2; exit 127")
    assert offer_of(OWN, str(tmp_path), ()).reason == f"{idle}: pyenv: command not found"


@pytest.mark.parametrize(
    ("script", "fault"), [("echo 3.1", "it is 3.1"), ("exit 3", "exit code 3"), ("kill -9 $$", "exit code -9")]
)
def test_one_that_is_not_what_its_name_says_is_not_taken(tmp_path: Path, script: str, fault: str) -> None:
    assert fault_of(launcher(tmp_path, script), OWN) == fault
