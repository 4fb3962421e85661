"""How each route is gone: what a person submits, or the day that comes. Each story says which fact it has made true."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import JsonValue

from domain.audit.dispute import FindingDispute
from domain.audit.plan import AuditPlan
from domain.core.entry import OpenTask
from domain.core.forms import Form, Process
from domain.processes import form_of
from records.agreement.tables import AgreementRow
from records.audit.tables.audits import AuditRow, FindingRow
from records.authorisation.tables import AuthorisationRow
from records.batch.tables.batches import BatchRow
from records.contexts import load
from records.core.dates import Dates
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import SiteRow
from records.site.tables import CertificateRow
from tests.domain.filling import filled
from tests.records.certifying import a_certificate, decides, fit, reviewed
from tests.records.deciding import a_status_case, suspended
from tests.records.event.test_site_event import reported
from tests.records.making import in_manufacture, made, ready, registered
from tests.records.oversight.test_renewals import renewal, verified
from tests.records.qualifying import Qualifying, a_case, a_qualification
from tests.records.release.test_first_steps_gone import on_a_certification
from tests.records.release.test_further_processing import RELEASE, employed
from tests.records.release.test_market_release import ready_for
from tests.records.releasing import released
from tests.records.scored import SCAR
from tests.records.seeded import START, Seeded
from tests.records.stopping import stops

NOW = START.isoformat()
REJECTED: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "In doubt.", "grounds": ["IDENTITY"]}


class Told(NamedTuple):
    """What a story has made true, and a batch that is held or reviewed for it."""

    fact: str
    batch_id: str


Story = Callable[[Seeded], Awaitable[Told]]


async def child_of(seeded: Seeded, parent: Qualifying, **changes: Any) -> str:
    link = {"batch_id": parent.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    return (await registered(seeded, parents=[link], **changes)).case_id


# ------------------------------------------------------------------------------ what is reported of a batch


async def deviation(seeded: Seeded) -> Told:
    batch = await in_manufacture(await ready(seeded))
    given = {"deviation_id": "DEV-1", "deviation_class": "CRITICAL", "detected_at": NOW}
    await batch.answers("vito", "deviation", given)
    return Told("GraveDeviationReported", batch.case_id)


async def raised_by_the_sponsor(seeded: Seeded) -> Told:
    batch = await in_manufacture(await ready(seeded))
    given = {"deviation_id": "DEV-1", "deviation_class": "MINOR", "detected_at": NOW, "parameter": None}
    await batch.answers("vito", "deviation", given)
    raised = {"deviation_id": "DEV-1", "deviation_class": "CRITICAL"}
    await batch.answers("priya", "reclassify-deviation", raised)
    return Told("GraveDeviationReported", batch.case_id)


async def result(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded))
    await batch.answers("vito", "oos", {"oos_id": "OOS-1", "detected_at": NOW})
    return Told("ResultOutsideReported", batch.case_id)


async def confirmed_after_release(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded))
    await batch.answers("vito", "oos", {"oos_id": "OOS-1", "detected_at": NOW, "retests_planned": 0})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-1"})
    return Told("OosConfirmed", batch.case_id)


async def included_in_an_investigation(seeded: Seeded) -> Told:
    batch = await in_manufacture(await ready(seeded))
    other = await in_manufacture(seeded)
    await batch.answers("vito", "deviation", {"deviation_id": "DEV-1", "deviation_class": "MAJOR", "detected_at": NOW})
    included = [{"batch_id": other.case_id, "included": True, "reason": "Made in the same week."}]
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1", "associated": included})
    return Told("BatchAssociated", other.case_id)


async def event_of_a_deviation(seeded: Seeded) -> Told:
    batch = await in_manufacture(await ready(seeded), number="B 77")
    await reported(seeded, type="DEVIATION", severity="MAJOR", lots=["b-77"])
    return Told("GraveDeviationReported", batch.case_id)


async def event_of_a_result(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded), number="B 77")
    await reported(seeded, type="OOS", severity="MINOR", lots=["b-77"])
    return Told("ResultOutsideReported", batch.case_id)


async def event_of_a_recall(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded), number="B 77")
    await reported(seeded, by="ines", type="RECALL", lots=["b-77"])
    return Told("BatchRecalled", batch.case_id)


async def event_of_falsified_goods(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded), number="B 77")
    await reported(seeded, by="ines", type="FALSIFICATION", severity="MINOR", lots=["b-77"])
    return Told("BatchFalsified", batch.case_id)


async def event_of_a_grave_complaint(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded), number="B 77")
    await reported(seeded, by="ines", type="COMPLAINT", severity="MAJOR", lots=["b-77"])
    return Told("ComplaintOfBatch", batch.case_id)


async def event_of_a_material(seeded: Seeded) -> Told:
    batch = await reviewed(await fit(seeded))
    await reported(seeded, by="ines", type="RECALL", lots=["c12 0417"])
    return Told("MaterialInDoubt", batch.case_id)


async def event_that_stops_a_site(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded))
    await reported(seeded, by="ines", type="NON_COMPLIANCE_STATEMENT", lots=[])
    return Told("MadeWhereStopped", batch.case_id)


async def lots_named_later(seeded: Seeded) -> Told:
    batch = await in_manufacture(await ready(seeded), number="B 77")
    event = await reported(seeded, type="DEVIATION", severity="CRITICAL", lots=[])
    await event.answers("vito", "supplement", lots=["b-77"])
    return Told("GraveDeviationReported", batch.case_id)


# ------------------------------------------------------------------------------ what is decided on a batch


async def rejected_by_the_qualified_person(seeded: Seeded) -> Told:
    batch = await reviewed(await fit(seeded), markets=["EU"])
    child = await child_of(seeded, batch)
    await decides(batch, "quentin", "EU", **REJECTED)
    return Told("BatchRejected", child)


async def rejected_in_one_market_for_doubtful_data(seeded: Seeded) -> Told:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "hana", "US", "approve", **{**REJECTED, "grounds": ["DATA_INTEGRITY"]})
    return Told("RefusedInMarket", batch.case_id)


async def rejected_by_the_quality_unit(seeded: Seeded) -> Told:
    batch = await reviewed(await fit(seeded), markets=["US"])
    child = await child_of(seeded, batch)
    await decides(batch, "hana", "US", "approve", **REJECTED)
    return Told("BatchRejected", child)


async def rejected_by_whom_the_market_names(seeded: Seeded) -> Told:
    batch = await ready_for(seeded, "GB")
    child = await child_of(seeded, batch, markets=["GB"])
    await decides(batch, "quentin", "GB", "release-to-market", **REJECTED)
    return Told("BatchRejected", child)


async def rejected_for_processing(seeded: Seeded) -> Told:
    batch = await reviewed(await fit(seeded, "API_MFG"), markets=["EU"])
    child = await child_of(seeded, batch)
    await decides(batch, "hana", "EU", RELEASE, **REJECTED)
    return Told("BatchRejected", child)


async def rejected_part(seeded: Seeded) -> Told:
    await fit(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = "DE"
    await employed(seeded, "uta", "CDMO_QP", "VM-02")
    batch = await reviewed(seeded, markets=["EU"], supply_stage="BULK")
    child = await child_of(seeded, batch)
    await decides(batch, "hana", "EU", "confirm-manufacture", **REJECTED)
    return Told("BatchRejected", child)


async def rejected_by_the_site(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded))
    child = await child_of(seeded, batch)
    await batch.does("uta", "disposition", verdict="REJECTED", certificate_of_compliance=None)
    await batch.does("priya", "answer-rejection", concur=True)
    return Told("BatchRejected", child)


async def redirected(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded))
    child = await child_of(seeded, batch)
    await batch.answers("hana", "redirect", {"way": "REWORK"})
    return Told("BatchRejected", child)


async def taken_back(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded))
    child = await child_of(seeded, batch)
    await batch.answers("nora", "report-later-finding", {})
    file = await seeded.upload()
    outcomes = [{"market": market, "outcome": "RECALL", "grounds": ["IDENTITY"]} for market in ("EU", "US")]
    await batch.does("quentin", "review-release", outcomes=outcomes, evidence=[file])
    return Told("ReleaseTakenBack", child)


async def first_step_goes_away(seeded: Seeded) -> Told:
    batch, loses = await on_a_certification(seeded)
    await loses(seeded, batch)
    return Told("FirstStepGone", batch.case_id)


# ------------------------------------------------------------------------------ audits


async def on_site(seeded: Seeded) -> tuple[Qualifying, str]:
    """An audit that was planned and opened, as its records have it, and an open batch of the scope."""
    batch = await registered(await ready(seeded))
    audit = await a_case(seeded, Process.AUDIT, dict(seeded.result.audit_request), by="ines")
    await _says(audit, filled(AuditPlan))
    return audit, batch.case_id


async def _says(case: Qualifying, form: Form, version: int = 1) -> None:
    """A record of the case, as its event has left it."""
    said: dict[str, JsonValue] = {"form": form.model_dump(mode="json"), "sha256": "0" * 64, "version": version}
    await case.seeded.write(form.action.event_type(case.process), case.case_id, {**said, "effect": {}})


async def _reports(audit: Qualifying, **changes: Any) -> None:
    today = audit.at.date().isoformat()
    given = {**await audit.asks("report"), "first_day": today, "last_day": today, **changes}
    await audit.answers("tom", "report", given)


def _finding(severity: str) -> dict[str, Any]:
    return {
        "no": 1, "severity": severity, "area": "QC laboratory", "clause": "5.30", "requirement": "As required.",
        "evidence": "Trial injections were deleted.",
    }  # fmt: skip


async def told_on_site(seeded: Seeded) -> Told:
    audit, batch = await on_site(seeded)
    await audit.answers("tom", "report-critical-finding", {"found_at": NOW, "told_at": NOW})
    return Told("FindingCritical", batch)


async def graded_in_the_report(seeded: Seeded) -> Told:
    audit, batch = await on_site(seeded)
    await _reports(audit, findings=[_finding("CRITICAL")], recommendation="UNACCEPTABLE")
    return Told("FindingCritical", batch)


async def unacceptable(seeded: Seeded) -> Told:
    audit, batch = await on_site(seeded)
    await _reports(audit, findings=[_finding("MAJOR")], recommendation="UNACCEPTABLE")
    read = await seeded.row(RecordRow, (audit.case_id, "report", 1))
    await audit.does("priya", "approve-report", report={"version": 1, "sha256": read.sha256})
    return Told("AuditUnacceptable", batch)


async def raised_by_a_dispute(seeded: Seeded) -> Told:
    audit, batch = await on_site(seeded)
    body = _finding("MAJOR")
    row = FindingRow(
        case_id=audit.case_id, number=1, finding_id=f"{audit.case_id}/1", severity="MAJOR", area=body["area"],
        body=body, status="DISPUTED", site_id="VM-02", issued=True,
    )  # fmt: skip
    async with seeded.database.writing() as session:
        session.add(row)
        (await session.get_one(AuditRow, audit.case_id)).recommendation = "ACCEPTABLE_WITH_CAPA"
    await _says(audit, filled(FindingDispute, finding_no=1))
    task = audit.tasks["judge-dispute"] = f"{audit.case_id}.judge"
    form = form_of(Process.AUDIT, "judge-dispute").action
    await audit.writes(OpenTask(task_id=task, action=form.name, by=form.by, since=audit.at, concerns=(1,)))
    raised = {"verdict": "RECLASSIFIED", "severity": "CRITICAL", "new_evidence": [await seeded.upload()]}
    await audit.answers("priya", "judge-dispute", {"finding_no": 1, **raised})
    return Told("FindingCritical", batch)


async def scar_on_its_own(seeded: Seeded) -> Told:
    batch = await released(await ready(seeded))
    await a_case(seeded, Process.CAPA, SCAR | {"severity": "CRITICAL"}, by="ines")
    return Told("CapaCritical", batch.case_id)


async def scar_of_an_investigation(seeded: Seeded) -> Told:
    other, batch = await released(await ready(seeded)), await made(seeded)
    await batch.answers("vito", "oos", {"oos_id": "OOS-1", "detected_at": NOW, "retests_planned": 0})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []})
    asked = {"severity": "CRITICAL", "owner": "Head of QC"}
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-1", "scar": asked})
    return Told("CapaCritical", other.case_id)


async def scar_of_an_event(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    event = await reported(seeded, type="CYBER_INCIDENT", lots=[])
    asked = {"severity": "CRITICAL", "finding": "Results were altered.", "owner": "Head of IT"}
    await event.does("ines", "triage", outcomes=["SCAR"], scar=asked)
    return Told("CapaCritical", batch.case_id)


async def suspended_after_a_finding(seeded: Seeded) -> Told:
    audit, batch = await on_site(seeded)
    await audit.does("hana", "decide-suspension", scope="FULL")
    return Told("ScopeSuspended", batch)


# ------------------------------------------------------------------------------ status, certificates, agreements


async def suspended_as_proposed(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    await suspended(seeded)
    return Told("ScopeSuspended", batch.case_id)


async def suspended_further(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    case = await a_status_case(seeded, "SUSPENSION", proposed_scope="NEW_ORDERS")
    await case.does("hana", "suspend", scope="NEW_ORDERS")
    await case.does("hana", "review", scope="FULL")
    return Told("ScopeSuspended", batch.case_id)


async def replaced_by_a_narrower_one(seeded: Seeded) -> Told:
    await verified(seeded)
    batch = await registered(await ready(seeded))
    case = await renewal(seeded)
    await case.does("vito", "submit-certificate")
    await case.does("ines", "verify-certificate", activities_covered=["PACKAGING"])
    return Told("CertificateVoid", batch.case_id)


async def certificate_ends(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    await a_certificate(seeded, valid_to=START.date())
    await day_comes(seeded, START + timedelta(days=2))
    return Told("CertificateVoid", batch.case_id)


async def certificate_stopped(seeded: Seeded) -> Told:
    await ready(seeded)
    case, certificate = await a_qualification(seeded), await a_certificate(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(CertificateRow, certificate)).case_id = case.case_id
    batch = await registered(seeded)
    await stops(seeded, "ines", certificate, at=START)
    return Told("CertificateStopped", batch.case_id)


async def agreement_lapses(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    async with seeded.database.writing() as session:
        (await session.get_one(AgreementRow, ("QTA-1", 1))).lapses_on = START.date()
    await day_comes(seeded, START + timedelta(days=2))
    return Told("AgreementLapsed", batch.case_id)


async def authorisation_ends(seeded: Seeded) -> Told:
    batch = await registered(await ready(seeded))
    async with seeded.database.writing() as session:
        row = await session.get_one(AuthorisationRow, ("AUT-WORLD-0-EU", 1))
        row.standing = [{**each, "valid_to": START.date().isoformat()} for each in row.standing]
        row.ends_on = START.date() + timedelta(days=1)
    await day_comes(seeded, START + timedelta(days=2))
    return Told("AuthorisationEnded", batch.case_id)


async def shelf_life_ends(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded))
    await _dated(batch, expiry_on=START.date() - timedelta(days=5))
    child = await child_of_as_if_before(seeded, batch)
    await day_comes(seeded, START + timedelta(days=1))
    return Told("ShelfLifeEnded", child)


async def child_of_as_if_before(seeded: Seeded, batch: Qualifying) -> str:
    """A batch that was begun while the date of its parent was another one."""
    day = (await seeded.row(BatchRow, batch.case_id)).expiry_on
    await _dated(batch, expiry_on=date(2028, 1, 31))
    link = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    child = await in_manufacture(seeded, parents=[link])
    await _dated(batch, expiry_on=day)
    return child.case_id


async def retest_is_due(seeded: Seeded) -> Told:
    batch = await made(await ready(seeded))
    await _dated(batch, retest_on=START.date())
    await day_comes(seeded, START + timedelta(days=2))
    return Told("RetestDue", batch.case_id)


async def _dated(batch: Qualifying, **dates: date | None) -> None:
    async with batch.seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        for name, day in dates.items():
            setattr(row, name, day)


async def day_comes(seeded: Seeded, at: datetime) -> None:
    """The standing clock looks."""
    await Dates(seeded.database, seeded.journal, load()).establish(at)
