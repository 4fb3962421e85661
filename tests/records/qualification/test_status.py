"""A qualification whose scope has got another status meanwhile."""

from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.forms import Process
from domain.core.refusals import Code
from domain.qualification.decision import DecisionProposal
from records.audit.tables.audits import FindingRow
from records.core.tables.cases import ParticipantRow, RecordRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused, stands
from tests.records.seeded import START, Seeded
from tests.records.status.test_reinstatement import finding, keeps

PROPOSED: dict[str, Any] = {"outcome": "APPROVED", "valid_from": "2025-01-20", "next_requal_due": "2027-01-01"}


async def proposed(seeded: Seeded, case: Qualifying) -> None:
    """An approval was proposed while everything was complete."""
    form = filled(DecisionProposal, PROPOSED).model_dump(mode="json")
    record = RecordRow(
        case_id=case.case_id, action="propose", version=1, number=1, audience="SPONSOR", form=form, effect={},
        sha256="1" * 64, by_person=seeded.result.person("priya"), by_name="Priya", at=START, recorded_at=START,
    )  # fmt: skip
    await keeps(seeded, record)


async def refusals(case: Qualifying) -> list[set[str]]:
    """The fields that proposal and both signatures are refused for."""
    attempts = (
        case.does("priya", "propose", **PROPOSED),
        case.does("hana", "decide"),
        case.does("quentin", "co-sign"),
    )
    return [set((await refused(attempt)).fields) for attempt in attempts]


@on_one_database
@pytest.mark.parametrize("ended", [AslStatus.DISQUALIFIED, AslStatus.RETIRED])
async def test_a_scope_that_has_ended_meanwhile_is_not_approved(seeded: Seeded, ended: AslStatus) -> None:
    await stands(seeded, AslStatus.APPROVED)
    case = await a_qualification(seeded, by="ines")
    await proposed(seeded, case)
    assert {"outcome"} not in await refusals(case)
    await stands(seeded, ended, effective_from=START.isoformat())
    assert await refusals(case) == [{"outcome"}] * 3


@on_one_database
async def test_a_yes_to_the_reopening_counts_only_for_the_disqualification_before_it(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.DISQUALIFIED)
    case = await a_qualification(seeded, by="ines")
    await proposed(seeded, case)
    assert await refusals(case) == [{"outcome"}] * 3
    await case.does("hana", "reopen")
    assert {"outcome"} not in await refusals(case)
    await stands(seeded, AslStatus.DISQUALIFIED, effective_from=START.isoformat(), decided_in="STA-9")
    assert await refusals(case) == [{"outcome"}] * 3


@on_one_database
async def test_a_scope_that_was_retired_before_is_qualified_again(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.RETIRED)
    case = await a_qualification(seeded, by="ines")
    await proposed(seeded, case)
    assert {"outcome"} not in await refusals(case)


@on_one_database
@pytest.mark.parametrize("held", [AslStatus.SUSPENDED, AslStatus.EXPIRED])
async def test_a_suspension_ends_with_no_critical_finding_and_not_by_who_led_an_audit(
    seeded: Seeded, held: AslStatus
) -> None:
    await stands(seeded, held)
    case = await a_qualification(seeded, by="ines")
    await proposed(seeded, case)
    open_finding = finding("ISSUED")
    await keeps(seeded, open_finding)
    assert (await refusals(case))[1:] == [{"findings"}] * 2
    async with seeded.database.writing() as session:
        await session.delete(await session.get_one(FindingRow, (open_finding.case_id, open_finding.number)))
    assert {"findings"} not in await refusals(case)
    audit = await a_case(seeded, Process.AUDIT, {**seeded.result.audit_request, "scope_ids": ["SC-1"]}, by="ines")
    for lead in ("hana", "quentin"):
        person = seeded.result.person(lead)
        await keeps(seeded, ParticipantRow(case_id=audit.case_id, person_id=person, role="LEAD_AUDITOR"))
    for attempt in (case.does("hana", "decide"), case.does("quentin", "co-sign")):
        refusal = await refused(attempt)
        assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S2")
