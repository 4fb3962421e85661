"""What the gatherers find in the records, as the gates then judge it."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest

from domain.asl.asl import AslStatus
from domain.asl.asl import SuspensionScope as R
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import Ask, GateResult, GateVerdict, closed
from domain.batch.gate.results import GateVerdict as N
from domain.change.site_change import ChangeNotification
from domain.core.forms import Process
from domain.release.evidence import BatchEvidence
from domain.release.gates import evaluate
from records.agreement.tables import AgreementRow
from records.asl.tables.listing import ConditionRow
from records.audit.tables.audits import AuditRow, FindingRow
from records.batch.tables.process import BatchChangeRow
from records.change.tables import ChangeRow
from records.core.policies import Policies
from records.core.tables.master_data import ScopeRow
from records.release.gate_evidence import evidence_of
from tests.domain.filling import filled
from tests.records.certifying import fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
PLACE = "manufacture of the dosage form at Plant 2 (VM-02)"


async def looked(batch: Qualifying, market: str = "EU") -> BatchEvidence:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        return await evidence_of(session, Policies(), row, market, batch.at)


async def shut(batch: Qualifying, market: str = "EU") -> dict[Gate, str]:
    return closed(evaluate(await looked(batch, market), {}, batch.at))


async def states(batch: Qualifying, status: AslStatus, *, at: datetime, reach: str | None = None) -> None:
    """The list says so from an instant on, by the case STA-1."""
    stated: dict[str, Any] = {"effective_from": at.isoformat(), "next_audit_due": "2026-01-01", "decided_in": "STA-1"}
    await stands(batch.seeded, status, suspension_scope=reach, markets=["EU", "US"], **stated)


@pytest.mark.parametrize(
    ("reach", "while_suspended", "after_it"),
    [
        (
            R.NEW_ORDERS,
            f"{PLACE} was suspended for new orders while the batch was made",
            N.NEEDS_JUDGEMENT,
        ),
        (R.FULL, f"{PLACE} is suspended in full now", N.NEEDS_JUDGEMENT),
    ],
)
async def test_a_suspension_while_a_batch_was_made_is_judged_once_it_stops_no_release(
    seeded: Seeded, reach: str, while_suspended: str, after_it: GateVerdict
) -> None:
    batch = await reviewed(await fit(seeded))
    assert await shut(batch) == {}
    batch.passes(days=1)
    await states(batch, AslStatus.SUSPENDED, at=START + timedelta(minutes=1), reach=reach)
    assert while_suspended in (await shut(batch))[Gate.G1]
    await states(batch, AslStatus.APPROVED, at=START + timedelta(days=1))
    found = await gate(batch, Gate.G1)
    assert (found.verdict, set(await shut(batch))) == (after_it, {Gate.G1})
    assert found.asks == ((Ask.REINSTATEMENT,) if reach == R.FULL else (Ask.EVIDENCE,))


@pytest.mark.parametrize(("minutes", "was_there"), [(29, True), (30, False), (31, False)])
async def test_a_status_that_arose_as_manufacture_had_ended_was_not_there_while_the_batch_was_made(
    seeded: Seeded, minutes: int, *, was_there: bool
) -> None:
    ended = (START + timedelta(minutes=30)).isoformat()
    batch = await reviewed(await fit(seeded), finished_at=ended, by_minutes=40)
    batch.passes(days=2)
    await states(batch, AslStatus.SUSPENDED, at=START + timedelta(minutes=minutes), reach=R.FULL)
    await states(batch, AslStatus.APPROVED, at=START + timedelta(days=1))
    assert await shut(batch) == ({Gate.G1: ANY} if was_there else {})


async def test_of_an_end_that_was_told_as_a_day_the_whole_day_is_manufacture(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    batch.passes(days=2)
    await states(batch, AslStatus.SUSPENDED, at=START + timedelta(hours=9), reach=R.FULL)
    await states(batch, AslStatus.APPROVED, at=START + timedelta(days=1))
    assert (await gate(batch, Gate.G1)).verdict is N.NEEDS_JUDGEMENT


async def test_a_batch_that_was_begun_before_the_approval_took_effect_is_not_released(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    async with seeded.database.writing() as session:
        row = await session.get_one(type(await batch_of(batch)), batch.case_id)
        row.started_at = START - timedelta(days=401)
    assert (await shut(batch))[Gate.G1].startswith(f"{PLACE} was not on the list while the batch was made")


async def test_conditions_must_be_met_whatever_is_stated_later_until_it_is_approved_without_any(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await stands(seeded, AslStatus.CONDITIONALLY_APPROVED, next_audit_due="2026-01-01")
    for number, (relevant, status) in enumerate(((True, "MET"), (False, "OPEN"), (True, "UNMET")), 1):
        condition = ConditionRow(
            case_id="QC-0", number=number, scope_id="SC-1", text="PIP", owner="Site", due_on=date(2025, 6, 1),
            verification="Report", release_relevant=relevant, status=status,
        )  # fmt: skip
        async with seeded.database.writing() as session:
            session.add(condition)
    assert (await shut(batch))[Gate.G1] == f"{PLACE} has conditions that are not met: PIP (QC-0/3)"
    batch.passes(days=2)
    later: dict[str, Any] = {"effective_from": batch.at.isoformat(), "next_audit_due": "2026-01-01"}
    for status, reach in ((AslStatus.SUSPENDED, "NEW_ORDERS"), (AslStatus.PROBATION, None)):
        await stands(seeded, status, suspension_scope=reach, decided_in="SUS-1", **later)
        assert (await shut(batch))[Gate.G1] == f"{PLACE} has conditions that are not met: PIP (QC-0/3)"
    await stands(seeded, AslStatus.APPROVED, decided_in="QC-9", **later)
    assert await shut(batch) == {}


async def test_an_agreement_that_lapsed_during_manufacture_and_its_successor_leave_no_gap_unseen(
    seeded: Seeded,
) -> None:
    batch = await reviewed(await fit(seeded))
    async with seeded.database.writing() as session:
        row = await session.get_one(AgreementRow, ("QTA-1", 1))
        row.lapses_on = START.date() - timedelta(days=1)
        following = row.model_copy(update={"version": 2, "effective_from": START.date(), "lapses_on": date(2028, 1, 1)})
        later = {"version": 3, "effective_from": START.date() + timedelta(days=9), "lapses_on": date(2029, 1, 1)}
        session.add_all([AgreementRow(**following.model_dump()), AgreementRow(**{**following.model_dump(), **later})])
    assert [(each.version, each.last) for each in (await looked(batch)).agreements][1:] == [
        (2, START.date() + timedelta(days=8)),
        (3, date(2029, 1, 1)),
    ]
    assert await shut(batch) == {}
    async with seeded.database.writing() as session:
        await session.delete(await session.get_one(AgreementRow, ("QTA-1", 2)))
    assert (await shut(batch)).keys() == {Gate.G2, Gate.G13}, "nothing was agreed, also not who answers for the site"


async def test_what_audits_have_found_counts_at_the_scopes_that_were_used(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    audit = await a_case(seeded, Process.AUDIT, seeded.result.audit_request, by="ines")
    finding = FindingRow(
        case_id=audit.case_id, number=1, finding_id="FND-1", severity="CRITICAL", area="QC", body={}, status="ISSUED",
        issued=True, site_id="VM-02",
    )  # fmt: skip
    async with seeded.database.writing() as session:
        session.add(finding)
        row = await session.get_one(AuditRow, audit.case_id)
        row.report_version, row.recommendation, row.last_day = 1, "UNACCEPTABLE", START.date()
    assert (await shut(batch)) == {
        Gate.G4: f"audit {audit.case_id} found manufacture of the dosage form at Plant 2 (VM-02) unacceptable",
        Gate.G5: "FND-1 at Plant 2 (VM-02) is critical and issued",
    }
    async with seeded.database.writing() as session:
        (await session.get_one(FindingRow, (audit.case_id, 1))).status = "VERIFIED"
    assert (await shut(batch))[Gate.G5] == "FND-1 at Plant 2 (VM-02) was critical and open while the batch was made"
    async with seeded.database.writing() as session:
        (await session.get_one(AuditRow, audit.case_id)).first_day = START.date() + timedelta(days=1)
    assert set(await shut(batch)) == {Gate.G4}


async def test_long_overdue_an_audit_of_an_active_substance_is_justified_on_evidence_in_the_union(
    seeded: Seeded,
) -> None:
    batch = await reviewed(await fit(seeded, "API_MFG"))
    statement: dict[str, Any] = {"markets": ["EU", "US"], "last_audit_day": "2022-01-10", "audit_interval_months": 36}
    await stands(seeded, AslStatus.APPROVED, **statement)
    async with seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).risk_tier = "LOW"
    for market in ("EU", "US"):
        assert "was due on 2025-01-10" in (await shut(batch, market))[Gate.G4]
        judged = evaluate(await looked(batch, market), {Gate.G4: "The audit takes place next week."}, batch.at)
        assert Gate.G4 not in closed(judged)
    batch.passes(days=100)
    assert (await gate(batch, Gate.G4, "EU")).asks == (Ask.EVIDENCE,)
    assert (await gate(batch, Gate.G4, "US")).verdict is N.FAIL


async def test_changes_in_use_are_found_by_batch_and_by_day_and_must_be_approved(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    change = await in_use(seeded, (await batch_of(batch)).number)
    (found,) = (await looked(batch)).changes
    assert (found.change_id, found.approved, found.filing) == ("CC-1", True, "VARIATION")
    assert (await shut(batch)) == {Gate.G10: "CC-1 needs variation IB-12 to be approved in EU"}
    assert (await shut(batch, "US")) == {}
    async with seeded.database.writing() as session:
        session.add(BatchChangeRow(batch_id=batch.case_id, change_id="CC-9", description="Filter", case_id=None))
        session.add(
            BatchChangeRow(batch_id=batch.case_id, change_id="CC-1", description="Again", case_id=change.case_id)
        )
    assert [each.change_id for each in (await looked(batch)).changes] == ["CC-9", "CC-1"]
    assert (await shut(batch, "US")) == {Gate.G10: "CC-9 was never notified"}


async def test_the_first_batch_of_a_change_is_found_however_its_number_is_spelled(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    number = (await batch_of(batch)).number
    change = await in_use(seeded, number.lower().replace("-", " "))
    async with seeded.database.writing() as session:
        row = await session.get_one(ChangeRow, change.case_id)
        row.implemented_on = START.date() + timedelta(days=300)
    assert [each.change_id for each in (await looked(batch)).changes] == ["CC-1"]


async def in_use(seeded: Seeded, first_batch: str) -> Qualifying:
    """A change that needs a variation in the EU was approved, and is in use."""
    announced: dict[str, Any] = {"change_id": "CC-1", "earliest_date": START.date().isoformat(), "scope_ids": ["SC-1"]}
    form = filled(ChangeNotification, announced).model_dump(mode="json")
    change = await a_case(seeded, Process.CHANGE, form, by="vito")
    await change.does("ines", "classify", sponsor_tier="APPROVAL")
    filings = [
        {"market": "EU", "filing": "VARIATION", "reference": "IB-12"},
        {"market": "US", "filing": "NO_FILING"},
    ]
    await change.does("rosa", "assess-regulatory", filings=filings)
    await change.does("carla", "assess-technical")
    await change.does("priya", "decide")
    await change.does("vito", "implement", implemented_on=START.date().isoformat(), first_batch=first_batch)
    return change


async def gate(batch: Qualifying, which: Gate, market: str = "EU") -> GateResult:
    """What one gate says."""
    results = evaluate(await looked(batch, market), {}, batch.at)
    return next(each for each in results if each.gate is which)


async def test_a_review_before_the_last_package_is_outdated(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    document = await seeded.upload(by=await seeded.actor("vito"))
    await batch.does("vito", "package", documents=[{"item": "BATCH_RECORD", "document": document}])
    assert "Review of the batch record was before the last package" in (await shut(batch))[Gate.G11]
