"""Every task is opened, and read, without what only a person may state."""

from pathlib import Path
from typing import Any

from pydantic import JsonValue

from records.core.tables.cases import TaskRow
from records.views.tasks import inbox, one_task
from tests.records.databases import on_one_database
from tests.records.qualifying import a_qualification
from tests.records.seeded import Seeded

JUDGED: list[JsonValue] = [
    {"key": "smf", "verdict": "ACCEPT", "reason": "Found in the register."},
    {"key": "gmp_certificate", "verdict": "ACCEPT", "register_checked_on": "2025-01-13", "scope_confirmed": True},
]
KEYS = {"verdicts": [{"key": "smf"}, {"key": "gmp_certificate"}]}


@on_one_database
async def test_a_task_is_opened_without_statements_whoever_has_filled_them_in(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert await case.asks("review-documents", verdicts=JUDGED) == KEYS
    (event,) = [each for each in await seeded.events(case.case_id) if each.type == "task.opened"][-1:]
    assert event.payload["prefill"] == KEYS


@on_one_database
async def test_a_task_of_an_older_version_is_read_without_statements(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await case.asks("review-documents")
    ines = await seeded.actor("ines")
    task_id = case.tasks["review-documents"]
    async with seeded.database.writing() as session:
        (await session.get_one(TaskRow, task_id)).prefill = {"verdicts": JUDGED}
    async with seeded.database.reading() as session:
        task: Any = await one_task(session, ines, task_id, case.at)
        listed = {each.task_id: each for each in (await inbox(session, ines, case.at, limit=100)).items}
    assert task.prefill == listed[task_id].prefill == KEYS
    assert task.form_schema["properties"]["verdicts"]["default"] == KEYS["verdicts"]


def test_there_is_one_door_through_which_tasks_are_opened() -> None:
    doors = [path.as_posix() for path in Path("records").rglob("*.py") if '.record("task.opened"' in path.read_text()]
    assert doors == ["records/core/lines/tasks.py"]
