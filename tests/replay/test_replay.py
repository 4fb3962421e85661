"""What released versions have recorded runs on the procedures as they are now: open cases survive an upgrade."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.records.databases import Databases
from tests.replay.changed import TeamBeforePlan
from tests.replay.record import HISTORIES, STORIES, aborted_audit, history_of, record
from worker import WORKFLOWS, sandbox


async def failures(histories: Mapping[str, str], workflows: Sequence[type[Any]] = WORKFLOWS) -> dict[str, Exception]:
    """What goes wrong when procedures follow histories, which are JSON, by their names."""
    replayer = Replayer(workflows=workflows, workflow_runner=sandbox(), data_converter=pydantic_data_converter)
    replayed = {
        name: await replayer.replay_workflow(WorkflowHistory.from_json(name, history), raise_on_replay_failure=False)
        for name, history in histories.items()
    }
    return {name: result.replay_failure for name, result in replayed.items() if result.replay_failure is not None}


async def test_what_released_versions_have_recorded_runs_on_todays_procedures() -> None:
    recorded = {str(path.relative_to(HISTORIES)): path.read_text() for path in HISTORIES.glob("*/*.json")}
    assert recorded
    assert await failures(recorded) == {}


@pytest.fixture(scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> str:
    """A history of today."""
    return await history_of(aborted_audit, tmp_path_factory.mktemp("told"), databases.migrated("sqlite"))


async def test_a_case_of_today_replays_as_it_ran(told: str) -> None:
    assert await failures({"told": told}) == {}


async def test_a_procedure_whose_steps_were_swapped_is_found(told: str) -> None:
    found = await failures({"told": told}, [TeamBeforePlan])
    assert isinstance(found["told"], NondeterminismError)


def test_what_a_version_has_recorded_is_never_recorded_again(tmp_path: Path) -> None:
    record("1.0", tmp_path, {})
    with pytest.raises(FileExistsError):
        record("1.0", tmp_path, STORIES)
