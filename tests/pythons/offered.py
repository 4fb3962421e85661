"""Which Pythons this machine offers."""

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
"""As `requires-python` in pyproject.toml says."""
MANAGERS = (
    (os.environ.get("PYENV_ROOT", "~/.pyenv"), "versions/{}.*/bin/python"),
    ("~/.asdf", "installs/python/{}.*/bin/python"),
    ("~/.local/share/mise", "installs/python/{}.*/bin/python"),
    (os.environ.get("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python"), "cpython-{}.*/bin/python3"),
    ("/opt", "python{}/bin/python3"),
)
"""Folders in which version managers keep their Pythons, and how."""


@dataclass(frozen=True)
class Offer:
    """A Python of one version; `python` is `None` if there is none, and `reason` says where it was looked for."""

    version: str
    python: Path | None
    reason: str = ""


def offer_of(version: str, path: str, managers: Iterable[tuple[str, str]] = MANAGERS) -> Offer:
    """The first Python of a version that runs. What stands in the way of the others is the reason."""
    refused = []
    for python in candidates(version, path, managers):
        fault = fault_of(python, version)
        if not fault:
            return Offer(version, python)
        refused.append(f"{python}: {fault}")
    return Offer(version, None, "; ".join(refused) or "neither on the PATH nor in a version manager")


def candidates(version: str, path: str, managers: Iterable[tuple[str, str]]) -> Iterable[Path]:
    """Newest first among those of one manager."""
    for folder in filter(None, path.split(os.pathsep)):
        if (named := Path(folder) / f"python{version}").exists():
            yield named
    for root, pattern in managers:
        yield from sorted(Path(root).expanduser().glob(pattern.format(version)), key=_number, reverse=True)


def fault_of(python: Path, version: str) -> str:
    """Empty if it runs and is what its name says. The launcher of a version manager may stand for none."""
    question = "import sys, venv; print('{}.{}'.format(*sys.version_info))"
    try:
        asked = subprocess.run((python, "-c", question), capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if asked.returncode:
        return (asked.stderr.strip() or f"exit code {asked.returncode}").splitlines()[0]
    return "" if asked.stdout.strip() == version else f"it is {asked.stdout.strip()}"


def _number(python: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", python.parts[-3])]
