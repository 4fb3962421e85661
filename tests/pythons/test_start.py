"""Everything starts: under the Python that runs all tests, and under every other one (see `each.py`)."""

import os
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from temporalio.worker import WorkflowRunner

import activities
import api
import domain
import embedded
import records
import worker
import workflows
from api.app import create_app
from domain.core.units import load_units
from settings import Settings
from tests.company import Company

OURS = (activities, api, domain, embedded, records, workflows)
MODULES = sorted(
    module.name
    for package in OURS
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if ".migrations." not in module.name  # they run inside of alembic alone, and every database of a test runs them
)


def vetted(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "cli", *arguments)
    given = {**os.environ, "VETTED_DATA_DIR": str(folder), **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def test_every_module_is_imported() -> None:
    assert len(MODULES) > 100
    for name in ("cli", "settings", "worker", *MODULES):
        import_module(name)


def test_units_are_loaded_and_workflows_and_application_are_built() -> None:
    load_units()
    assert isinstance(worker.sandbox(), WorkflowRunner)
    assert create_app(Settings()).openapi()["paths"]


async def test_the_worker_runs_beside_the_application(company: Company) -> None:
    answer = await company.http.get("/readyz")
    assert (answer.status_code, answer.json()["temporal"]) == (200, "ok")


def test_the_command_answers_and_makes_a_database(tmp_path: Path) -> None:
    assert "Commands" in vetted("--help", folder=tmp_path).stdout
    made = vetted("db", "upgrade", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "vetted.db").exists()
