"""What an escalation step proposes becomes a case in which people decide."""

import pytest
from pydantic import JsonValue

from domain.asl.asl import AslStatus
from domain.audit.capa import CapaOrigin, plan_clock
from domain.core.clocks import Level
from domain.core.entry import AlarmLine, OpenTask
from domain.core.forms import Process
from domain.core.people import Role
from records.asl.tables.listing import AslRow
from records.core.tables.cases import CaseRow, TaskRow
from tests.records.agreeing import another_scope
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.scored import SCAR
from tests.records.seeded import START, Seeded

AUDIT: dict[str, JsonValue] = {"type": "SCHEDULED", "site_id": "VM-02", "scope_ids": ["SC-1"]}


async def fires(
    case: Qualifying, proposes: str, action: str = "respond", clock: str = "audit.response.scheduled"
) -> None:
    """The site does not answer, until the escalation that proposes this."""
    task = OpenTask(
        task_id=f"{case.case_id}.1", action=action, by=frozenset({Role.CDMO_QA}), since=START, clock=clock
    )  # fmt: skip
    await case.writes(task)
    row = await case.seeded.row(TaskRow, task.task_id)
    for rung, each in enumerate(row.deadline["rungs"]):
        if each["proposes"] == proposes:
            await case.writes(AlarmLine(task_id=task.task_id, alarm="rung", level=Level.L3, rung=rung))
            await case.writes(AlarmLine(task_id=task.task_id, alarm="climb", level=Level.L4, rung=rung))


@pytest.mark.parametrize(("proposes", "kind"), [("SUSPEND", "SUSPENSION"), ("PROBATION", "PROBATION")])
async def test_a_silent_site_is_proposed_for_decision_and_keeps_its_status(
    seeded: Seeded, proposes: str, kind: str
) -> None:
    await stands(seeded, AslStatus.APPROVED)
    audit = await a_case(seeded, Process.AUDIT, AUDIT, by="ines")
    await fires(audit, proposes)
    proposal = await seeded.row(CaseRow, "STA-1")
    assert (proposal.kind, proposal.requested_by, proposal.scope_ids) == (kind, "SYSTEM", ["SC-1"])
    assert proposal.order["request"]["reason_code"] == "NO_ANSWER"
    assert [row.status for row in await seeded.rows(AslRow)] == ["APPROVED"]
    assert [row.case_id for row in await seeded.rows(CaseRow) if row.process == "status-cases"] == ["STA-1"]


@on_one_database
@pytest.mark.parametrize(("proposes", "kind"), [("SUSPEND", "SUSPENSION"), ("PROBATION", "PROBATION")])
async def test_a_scar_without_an_answer_is_proposed_for_the_scope_that_it_is_about(
    seeded: Seeded, proposes: str, kind: str
) -> None:
    await stands(seeded, AslStatus.APPROVED)
    await stands(seeded, AslStatus.APPROVED, scope_id=await another_scope(seeded))
    scar = await a_case(seeded, Process.CAPA, SCAR | {"scope_ids": ["SC-1"]}, by="ines")
    await fires(scar, proposes, "plan", plan_clock(CapaOrigin.SCAR))
    (proposal,) = [row for row in await seeded.rows(CaseRow) if row.process == Process.STATUS.value]
    assert (proposal.kind, proposal.scope_ids) == (kind, ["SC-1"])
    assert proposal.order["request"]["reason_code"] == "CAPA_LATE"


async def test_nothing_is_proposed_for_a_site_that_is_not_on_the_list(seeded: Seeded) -> None:
    audit = await a_case(seeded, Process.AUDIT, AUDIT, by="ines")
    await fires(audit, "SUSPEND")
    assert [row.process for row in await seeded.rows(CaseRow)] == ["audits"]
