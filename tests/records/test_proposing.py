"""What a rung proposes becomes a case in which people decide."""

import pytest
from pydantic import JsonValue

from domain.asl import AslStatus
from domain.clocks import Level
from domain.entry import OpenTask, Ring
from domain.forms import Process
from domain.people import Role
from records.tables import AslRow, CaseRow, TaskRow
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.seeded import START, Seeded

AUDIT: dict[str, JsonValue] = {"type": "SCHEDULED", "site_id": "VM-02", "scope_ids": ["SC-1"]}


async def rings(audit: Qualifying, proposes: str) -> None:
    """The site does not answer, until the rung that proposes this."""
    task = OpenTask(
        task_id=f"{audit.case_id}.1", action="respond", by=frozenset({Role.CDMO_QA}), since=START,
        clock="audit.response.scheduled",
    )  # fmt: skip
    await audit.writes(task)
    row = await audit.seeded.row(TaskRow, task.task_id)
    for rung, each in enumerate(row.deadline["rungs"]):
        if each["proposes"] == proposes:
            await audit.writes(Ring(task_id=task.task_id, alarm="rung", level=Level.L3, rung=rung))
            await audit.writes(Ring(task_id=task.task_id, alarm="climb", level=Level.L4, rung=rung))


@pytest.mark.parametrize(("proposes", "kind"), [("SUSPEND", "SUSPENSION"), ("PROBATION", "PROBATION")])
async def test_a_silent_site_is_proposed_for_decision_and_keeps_its_status(
    seeded: Seeded, proposes: str, kind: str
) -> None:
    await stands(seeded, AslStatus.APPROVED)
    audit = await a_case(seeded, Process.AUDIT, AUDIT, by="ines")
    await rings(audit, proposes)
    proposal = await seeded.row(CaseRow, "STA-1")
    assert (proposal.kind, proposal.requested_by, proposal.scope_ids) == (kind, "SYSTEM", ["SC-1"])
    assert proposal.order["request"]["reason_code"] == "NO_ANSWER"
    assert [row.status for row in await seeded.rows(AslRow)] == ["APPROVED"]
    assert [row.case_id for row in await seeded.rows(CaseRow) if row.process == "status-cases"] == ["STA-1"]


async def test_nothing_is_proposed_for_a_site_that_is_not_on_the_list(seeded: Seeded) -> None:
    audit = await a_case(seeded, Process.AUDIT, AUDIT, by="ines")
    await rings(audit, "SUSPEND")
    assert [row.process for row in await seeded.rows(CaseRow)] == ["audits"]
