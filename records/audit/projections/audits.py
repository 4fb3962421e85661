"""Audits, their teams and their findings."""

from datetime import date
from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.closure import AuditClosure, restarts_interval
from domain.audit.dispute import DisputeDecision, FindingDispute, status_after
from domain.audit.finding import FindingStatus
from domain.audit.plan import AuditMode, AuditPlan, PlanDecision
from domain.audit.report import AuditReport
from domain.audit.request import AuditRequest, AuditType
from domain.audit.response import AuditResponse, ResponseDecision, accepted_in
from domain.audit.team import AuditorReplacement, AuditTeam, leads_of
from domain.audit.waiver import WaiverDecision
from domain.core.events import Event
from domain.core.forms import Form
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import ParticipantRow, RecordRow, TaskRow

F = TypeVar("F", bound=Form)
_DONE = {FindingStatus.WITHDRAWN.value, FindingStatus.CLOSED.value}


async def _record(session: AsyncSession, case_id: str, form: type[F], version: object) -> F:
    return form.stored((await session.get_one(RecordRow, (case_id, form.action.name, version))).form)


@follows("audit.request", order=-1)
async def open_audit(session: AsyncSession, event: Event) -> None:
    """A requested audit is listed."""
    request = submitted(event, AuditRequest)
    session.add(AuditRow(case_id=event.stream, type=request.type.value, site_id=request.site_id))


@follows("audit.approve-plan")
async def plan_audit(session: AsyncSession, event: Event) -> None:
    """Mode and days of the approved plan."""
    decision = submitted(event, PlanDecision)
    if decision.approve:
        plan = await _record(session, event.stream, AuditPlan, decision.plan.version)
        audit = await session.get_one(AuditRow, event.stream)
        audit.mode, audit.first_day, audit.last_day = plan.mode.value, plan.first_day, plan.last_day


@follows("audit.dated")
async def date_audit(session: AsyncSession, event: Event) -> None:
    """The days that both sides have agreed on."""
    audit = await session.get_one(AuditRow, event.stream)
    audit.first_day = date.fromisoformat(str(event.payload["first_day"]))
    audit.last_day = date.fromisoformat(str(event.payload["last_day"]))


@follows("audit.team")
async def name_team(session: AsyncSession, event: Event) -> None:
    """A team takes the place of the one before."""
    team, audit = submitted(event, AuditTeam), await session.get_one(AuditRow, event.stream)
    if audit.lead is not None:
        await _dismiss_team(session, event.stream)
    for member in team.members:
        session.add(ParticipantRow(case_id=event.stream, person_id=member.person_id, role=member.role.value))
    audit.lead = min(leads_of(team.members))


async def _dismiss_team(session: AsyncSession, case_id: str) -> None:
    query = select(ParticipantRow).where(col(ParticipantRow.case_id) == case_id)
    for row in (await session.exec(query)).all():
        await session.delete(row)
    await session.flush()


@follows("audit.replace-auditor")
async def bring_auditor_in(session: AsyncSession, event: Event) -> None:
    """Who is to take over sees the case, to declare conflicts of interest."""
    incoming = submitted(event, AuditorReplacement).incoming
    if await session.get(ParticipantRow, (event.stream, incoming.person_id)) is None:
        session.add(ParticipantRow(case_id=event.stream, person_id=incoming.person_id, role=incoming.role.value))


@follows("audit.auditor_replaced")
async def replace_auditor(session: AsyncSession, event: Event) -> None:
    """The new auditor has declared no conflict; the old one leaves the team."""
    outgoing, incoming = str(event.payload["outgoing"]), str(event.payload["incoming"])
    if (row := await session.get(ParticipantRow, (event.stream, outgoing))) is not None:
        await session.delete(row)
    audit = await session.get_one(AuditRow, event.stream)
    if audit.lead == outgoing:
        audit.lead = incoming


@follows("audit.issued")
async def issue_report(session: AsyncSession, event: Event) -> None:
    """The approved version is the issued one; its findings become facts of the site."""
    audit = await session.get_one(AuditRow, event.stream)
    audit.report_version = int(str(event.payload["version"]))
    report = await _record(session, event.stream, AuditReport, audit.report_version)
    audit.recommendation = report.recommendation.value
    audit.first_day, audit.last_day = report.first_day, report.last_day
    audit.full_scope = restarts_interval(
        AuditType(audit.type),
        AuditMode(str(audit.mode)),
        declared_full_scope=audit.full_scope,
        aborted=bool(event.payload["aborted"]),
    )
    for finding in report.findings:
        session.add(
            FindingRow(
                case_id=event.stream,
                number=finding.no,
                finding_id=f"FND-{event.stream.removeprefix('AUD-')}-{finding.no}",
                severity=finding.severity.value,
                area=finding.area,
                body=finding.model_dump(mode="json"),
                status=FindingStatus.ISSUED.value,
                is_repeat=finding.is_repeat,
                issued=True,
                site_id=audit.site_id,
            )
        )


async def _finding(session: AsyncSession, event: Event, number: int) -> FindingRow:
    return await session.get_one(FindingRow, (event.stream, number))


@follows("audit.respond")
async def respond(session: AsyncSession, event: Event) -> None:
    """The findings answered in a response."""
    for answer in submitted(event, AuditResponse).responses:
        (await _finding(session, event, answer.finding_no)).status = FindingStatus.RESPONDED.value


@follows("audit.accept-response")
async def accept_responses(session: AsyncSession, event: Event) -> None:
    """Accepted answers stand; the others are due again."""
    decision = submitted(event, ResponseDecision)
    accepted = set(accepted_in(decision))
    for verdict in decision.verdicts:
        finding = await _finding(session, event, verdict.finding_no)
        if finding.status == FindingStatus.RESPONDED.value:
            settled = FindingStatus.CAPA_ACCEPTED if verdict.finding_no in accepted else FindingStatus.ISSUED
            finding.status = settled.value


@follows("audit.dispute")
async def dispute(session: AsyncSession, event: Event) -> None:
    """A disputed finding leaves the response that is due; it gets a task of its own if it stands."""
    number = submitted(event, FindingDispute).finding_no
    (await _finding(session, event, number)).status = FindingStatus.DISPUTED.value
    query = select(TaskRow).where(
        col(TaskRow.case_id) == event.stream,
        col(TaskRow.action) == AuditResponse.action.name,
        col(TaskRow.state) == "OPEN",
    )
    for task in (await session.exec(query)).all():
        suggested = [answer for answer in task.prefill.get("responses", []) if answer["finding_no"] != number]
        task.concerns = [no for no in task.concerns if no != number]
        task.prefill = {**task.prefill, "responses": suggested}


@follows("audit.judge-dispute")
async def judge(session: AsyncSession, event: Event) -> None:
    """A dispute settles the status of its finding, and its severity if that changes."""
    judgement = submitted(event, DisputeDecision)
    finding = await _finding(session, event, judgement.finding_no)
    finding.status = status_after(judgement.verdict).value
    if judgement.severity is not None:
        finding.severity = judgement.severity.value
    outcome = part(event, "effect").get("outcome") if "effect" in event.payload else None
    if outcome is not None:
        (await session.get_one(AuditRow, event.stream)).outcome = str(outcome)


@follows("audit.declare-full-scope")
async def declare_full_scope(session: AsyncSession, event: Event) -> None:
    """The audit restarts the interval by declaration."""
    (await session.get_one(AuditRow, event.stream)).full_scope = True


@follows("audit.decide-waiver")
async def waive(session: AsyncSession, event: Event) -> None:
    """A granted waiver lasts until its effect says."""
    if submitted(event, WaiverDecision).grant:
        audit = await session.get_one(AuditRow, event.stream)
        audit.waived_until = date.fromisoformat(part(event, "effect")["expires_on"])


@follows("audit.close")
async def close_findings(session: AsyncSession, event: Event) -> None:
    """Findings that are not over yet close with the audit."""
    submitted(event, AuditClosure)
    audit = await session.get_one(AuditRow, event.stream)
    report = await _record(session, event.stream, AuditReport, audit.report_version)
    for reported in report.findings:
        finding = await _finding(session, event, reported.no)
        if finding.status not in _DONE:
            finding.status = FindingStatus.CLOSED.value
