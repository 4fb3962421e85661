"""Checks of responses, disputes and the closure of an audit."""

from sqlmodel import col, select

from domain.audit.capa import CapaStatus
from domain.audit.closure import AuditClosure, CapaState, FindingState, refuse_unless_closable, suggested_closure
from domain.audit.dispute import (
    DisputeDecision,
    FindingDispute,
    refuse_unless_disputable,
    refuse_unless_judgeable,
    suggested_judgement,
)
from domain.audit.finding import FindingStatus, Severity
from domain.audit.report import ReportDecision
from domain.audit.response import (
    AuditResponse,
    ResponseDecision,
    ResponseReview,
    refuse_unless_judged,
    refuse_unless_responded,
    suggested_response,
    suggested_response_decision,
    suggested_review,
)
from domain.core.clocks import Deadline, Remaining, remaining, resumed
from domain.core.entry import OpenTask
from records.audit.findings import findings_of, latest_due
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow, TaskRow
from records.core.writing import Writing

_OWED = {FindingStatus.ISSUED.value, FindingStatus.CONFIRMED.value, FindingStatus.RECLASSIFIED.value}


def _concerns(writing: Writing) -> set[int]:
    return {int(no) for no in writing.task.concerns} if writing.task else set()


async def _among(lookups: Lookups, numbers: set[int]) -> list[FindingRow]:
    return [row for row in await findings_of(lookups) if row.number in numbers]


@suggests(AuditResponse)
async def suggests_answers(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The response starts with one answer for each finding that is due."""
    lookups = await lookups_of(writing, case)
    due = {row.number: Severity(row.severity) for row in await _among(lookups, set(line.concerns))}
    window = lookups.limits.effectiveness_window["MAJOR"].n
    return suggested_response(due, latest_due=latest_due(lookups), default_window_days=window)


@checks(AuditResponse)
async def answers_all_that_is_due(writing: Writing, case: CaseRow, form: AuditResponse) -> Effect:
    """Every finding of the task that is not disputed has an answer with root cause and dates (section 6)."""
    lookups = await lookups_of(writing, case)
    rows = await _among(lookups, _concerns(writing))
    refuse_unless_responded(
        form,
        due={row.number: Severity(row.severity) for row in rows if row.status in _OWED},
        disputed=frozenset(
            row.number for row in await findings_of(lookups) if row.status == FindingStatus.DISPUTED.value
        ),
        today=lookups.today,
        latest_due=latest_due(lookups),
    )
    return {}


@suggests(ResponseReview)
async def suggests_findings_to_judge(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The review starts with the findings that the task concerns."""
    return suggested_review(line.concerns)


@suggests(ResponseDecision)
async def suggests_the_leads_verdicts(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The decision starts from the verdicts of the review."""
    return suggested_response_decision(await (await lookups_of(writing, case)).the(ResponseReview))


@checks(ResponseReview)
async def judges_every_answer(writing: Writing, case: CaseRow, form: ResponseReview) -> Effect:
    """The review judges each finding of its task (`refuse_unless_judged`)."""
    refuse_unless_judged(form, _concerns(writing))
    return {}


@checks(ResponseDecision)
async def decides_on_every_answer(writing: Writing, case: CaseRow, form: ResponseDecision) -> Effect:
    """The decision judges each finding of its task; the policy limits the rework."""
    refuse_unless_judged(form, _concerns(writing))
    lookups = await lookups_of(writing, case)
    return {"rework_loops_max": lookups.limits.rework_loops_max}


@checks(FindingDispute)
async def can_be_disputed(writing: Writing, case: CaseRow, form: FindingDispute) -> Effect:
    """Within the window after the report was issued (policy key `audit.dispute`)."""
    lookups = await lookups_of(writing, case)
    issued_at = (await lookups.rows(ReportDecision))[0].at
    last = lookups.after(lookups.limits.dispute_window, lookups.calendar.local_day(issued_at))
    statuses = {row.number: FindingStatus(row.status) for row in await findings_of(lookups)}
    refuse_unless_disputable(form, statuses, now=writing.at, until=lookups.calendar.end_of(last))
    awaiting = await _response_to(lookups, form.finding_no)
    if awaiting is None:
        return {}
    left = remaining(Deadline.model_validate(awaiting.deadline), writing.at, lookups.calendar)
    return {"response": {"task": awaiting.task_id, "left": left.model_dump(mode="json")}}


async def _response_to(lookups: Lookups, number: int) -> TaskRow | None:
    """The open task in which the site still owes an answer to a finding."""
    query = select(TaskRow).where(
        col(TaskRow.case_id) == lookups.case.case_id,
        col(TaskRow.action) == AuditResponse.action.name,
        col(TaskRow.state) == "OPEN",
    )
    tasks = (await lookups.session.exec(query)).all()
    return next((task for task in tasks if number in task.concerns and task.deadline), None)


@suggests(DisputeDecision)
async def suggests_the_finding(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The judgement starts with the disputed finding."""
    return suggested_judgement(line.concerns[0])


@checks(DisputeDecision)
async def judges_the_dispute(writing: Writing, case: CaseRow, form: DisputeDecision) -> Effect:
    """The finding's own response clock stood still; it goes on with the days that were left (section 9)."""
    lookups = await lookups_of(writing, case)
    disputed = [row for row in await _among(lookups, _concerns(writing)) if row.status == FindingStatus.DISPUTED.value]
    refuse_unless_judgeable(form, {row.number: Severity(row.severity) for row in disputed})
    disputes = [row for row in await lookups.rows(FindingDispute) if row.form["finding_no"] == form.finding_no]
    response = disputes[0].effect.get("response")
    if response is None:
        return {}
    stopped = Deadline.model_validate((await writing.session.get_one(TaskRow, response["task"])).deadline)
    again = resumed(stopped, Remaining.model_validate(response["left"]), writing.at, lookups.calendar)
    return {"respond_by": lookups.calendar.local_day(again.due_at).isoformat(), "clock": stopped.policy_key}


@suggests(AuditClosure)
async def suggests_follow_ups(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The closure starts with the CAPAs that outlive the audit."""
    return suggested_closure(*await _states(await lookups_of(writing, case)))


@checks(AuditClosure)
async def can_be_closed(writing: Writing, case: CaseRow, form: AuditClosure) -> Effect:
    """Every finding is closed, rests on a verified commitment, or is followed up (section 6)."""
    refuse_unless_closable(form, *await _states(await lookups_of(writing, case)))
    return {}


async def _states(lookups: Lookups) -> tuple[list[FindingState], list[CapaState]]:
    findings = [
        FindingState(no=row.number, severity=Severity(row.severity), status=FindingStatus(row.status))
        for row in await findings_of(lookups)
    ]
    query = select(CapaRow).where(col(CapaRow.origin) == lookups.case.case_id).order_by(col(CapaRow.capa_id))
    capas = [
        CapaState(capa_id=row.capa_id, finding_no=row.finding_number or 0, status=CapaStatus(row.status))
        for row in (await lookups.session.exec(query)).all()
    ]
    return findings, capas
