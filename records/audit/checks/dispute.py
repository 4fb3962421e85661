"""Checks of a dispute on a finding."""

from sqlmodel import col, select

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
)
from domain.core.clocks import Deadline, Remaining, remaining, resumed
from domain.core.entry import OpenTask
from records.audit.checks.response import among, concerned
from records.audit.findings import findings_of
from records.audit.outcomes import outcome_now
from records.audit.standing import conclude_anew, regrade
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow, TaskRow
from records.core.writing import Writing


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
    clock = Deadline.model_validate(awaiting.deadline)
    left = remaining(clock, writing.at, await writing.calendar_of(clock, case.site_id))
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
    disputed = [row for row in await among(lookups, concerned(writing)) if row.status == FindingStatus.DISPUTED.value]
    refuse_unless_judgeable(form, {row.number: Severity(row.severity) for row in disputed})
    finding = next(row for row in disputed if row.number == form.finding_no)
    outcome = await outcome_now(
        lookups, number=form.finding_no, becomes=form.severity if form.approves() else Severity(finding.severity)
    )
    if form.approves():
        await regrade(writing, case, finding, form.severity)
        await conclude_anew(writing, case, outcome)
    disputes = [row for row in await lookups.rows(FindingDispute) if row.form["finding_no"] == form.finding_no]
    response = disputes[0].effect.get("response")
    if response is None:
        return {"outcome": outcome.value}
    stopped = Deadline.model_validate((await writing.session.get_one(TaskRow, response["task"])).deadline)
    calendar = await writing.calendar_of(stopped, case.site_id)
    again = resumed(stopped, Remaining.model_validate(response["left"]), writing.at, calendar)
    return {
        "outcome": outcome.value,
        "respond_by": calendar.local_day(again.due_at).isoformat(),
        "clock": stopped.policy_key,
    }
