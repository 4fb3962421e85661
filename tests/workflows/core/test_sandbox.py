"""Workflows run in a sandbox that loads anew, for every case, what is not passed through.

A forgotten package costs 24 times the memory and 13 times the processor time of a case.
"""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
    UnintentionalPassthroughError,
)
from temporalio.workflow import SandboxImportNotificationPolicy

from worker import PASSED_THROUGH, WORKFLOWS, sandbox

ROOT = Path(__file__).parents[3]
LIST_LOADED = "import sys; before = set(sys.modules); {imports}; print(*set(sys.modules) - before)"


async def load(workflow: type[Any], restrictions: SandboxRestrictions) -> None:
    """Load a workflow as a worker does. Raises as soon as something is loaded anew."""
    strict = restrictions.with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    replayer = Replayer(workflows=[workflow], workflow_runner=SandboxedWorkflowRunner(restrictions=strict))
    async with replayer.workflow_replay_iterator(no_histories()) as results:
        assert [result async for result in results] == []


async def no_histories() -> AsyncIterator[WorkflowHistory]:
    histories: tuple[WorkflowHistory, ...] = ()
    for history in histories:
        yield history


def loaded_with(workflows: list[str]) -> set[str]:
    """The packages of this project that come along with some modules."""
    imports = "; ".join(f"import {name}" for name in workflows)
    command = (sys.executable, "-c", LIST_LOADED.format(imports=imports))
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tops = {name.partition(".")[0] for name in listed.split()}
    return {top for top in tops if (ROOT / top).is_dir() or (ROOT / f"{top}.py").is_file()}


@pytest.mark.parametrize("workflow", WORKFLOWS)
async def test_a_case_loads_nothing_anew(workflow: type[Any]) -> None:
    await load(workflow, sandbox().restrictions)


@pytest.mark.parametrize("forgotten", ["domain", "workflows"])
async def test_a_forgotten_package_is_found(forgotten: str) -> None:
    passed = set(PASSED_THROUGH) - {forgotten, "workflows"}
    with pytest.raises(RuntimeError) as refused:
        await load(WORKFLOWS[0], SandboxRestrictions.default.with_passthrough_modules(*passed))
    assert isinstance(refused.value.__cause__, UnintentionalPassthroughError)
    assert f"Module {forgotten}" in str(refused.value.__cause__)


def test_every_package_of_ours_that_comes_with_a_workflow_is_passed_through() -> None:
    ours = loaded_with(sorted({workflow.__module__ for workflow in WORKFLOWS}))
    assert ours >= {"workflows", "activities", "domain"}
    assert ours - set(PASSED_THROUGH) == set()
