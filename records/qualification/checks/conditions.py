"""Checks of conditions: met with evidence, unmet on their day, renewed once; and the end of a limited status."""

from datetime import date

from sqlmodel import col, select

from domain.asl.asl import AslStatus, SuspensionScope, may_expire, may_suspend_new_orders
from domain.asl.request import StatusKind, StatusReason, trigger_of
from domain.core.clocks import Deadline, extended
from domain.core.refusals import Code, Refused, broken
from domain.qualification.conditions import (
    ConditionalRenewal,
    ConditionState,
    ConditionStatus,
    ConditionVerification,
    refuse_unless_renewable,
)
from records.asl.announcing import announce
from records.asl.statements import left_to_people, locked_statement, reach_of, state, status_of
from records.asl.tables.listing import AslRow, ConditionRow
from records.core.declared import Effect, checks, checks_event
from records.core.lookups import lookups_of
from records.core.objections import TaskIsExtended
from records.core.questions import answers
from records.core.reactions import establish
from records.core.tables.cases import CaseRow, TaskRow
from records.core.writing import Writing
from records.qualification.tables.qualification import QualificationRow


@checks(ConditionVerification)
async def condition_is_met(writing: Writing, case: CaseRow, form: ConditionVerification) -> Effect:
    """The task is about that very condition."""
    if writing.task is not None and form.number not in writing.task.concerns:
        asked = ", ".join(map(str, writing.task.concerns))
        raise broken("section 4", f"This task is about condition {asked}.", number=f"must be {asked}")
    return {}


@answers(TaskIsExtended)
async def keeps_the_day_of_a_condition(writing: Writing, asked: TaskIsExtended) -> None:
    """The day of a condition is part of the approval."""
    if asked.task.action == ConditionVerification.action.name:
        raise broken("section 4", "The day of a condition moves by renewing the approval.", task_id="is not extended")


@checks_event("qualification.condition_unmet")
@checks_event("status.condition_unmet")
async def suspends_new_orders(writing: Writing, payload: Effect) -> Effect:
    """An unmet condition suspends new orders on its day, by itself (section 4); one met just in time does not."""
    case = await writing.case()
    condition = await writing.session.get_one(ConditionRow, (case.case_id, payload["number"]))
    before = await locked_statement(writing, condition.scope_id)
    if condition.status != ConditionStatus.OPEN.value or not may_suspend_new_orders(status_of(before)):
        return {"suspended": False}
    await state(
        writing,
        case,
        AslStatus.SUSPENDED,
        suspension_scope=SuspensionScope.NEW_ORDERS,
        reason_code="CONDITION_UNMET",
        reason=f"Condition {condition.number} was not met by {condition.due_on}: {condition.text}",
        valid_to=before.valid_to if before else None,
    )
    await announce(writing, case, f"New orders are suspended: condition {condition.number} is not met.")
    return {"suspended": True}


@checks_event("qualification.approval_expired")
@checks_event("status.approval_expired")
async def ends_a_limited_status(writing: Writing, payload: Effect) -> Effect:
    """A status given until a day ends with it, unless a decision has replaced it (section 5: SYSTEM expires)."""
    case = await writing.case()
    before = await locked_statement(writing, case.scope_ids[0])
    limit = await _last_day(writing, case)
    if before is None or limit is None or before.valid_to != limit:
        return {"expired": False}
    if not may_expire(status_of(before), reach_of(before)):
        return {"expired": False}
    reason, why = StatusReason.CONDITIONAL_APPROVAL_ENDED, "The conditional approval has ended without a decision."
    await state(writing, case, AslStatus.EXPIRED, reason_code=reason.value, reason=why)
    await announce(writing, case, f"{why} The status is EXPIRED.")
    if case.trigger != trigger_of(StatusKind.SUSPENSION, case.scope_ids[0]):
        await establish(writing, left_to_people(case, reason, why))
    return {"expired": True}


async def _last_day(writing: Writing, case: CaseRow) -> date | None:
    """The last day of the limited status that the case has given, whatever was stated of the scope since."""
    query = select(AslRow).where(
        col(AslRow.scope_id) == case.scope_ids[0],
        col(AslRow.decided_in) == case.case_id,
        col(AslRow.status) == AslStatus.CONDITIONALLY_APPROVED.value,
    )
    given = (await writing.session.exec(query.order_by(col(AslRow.number).desc()).limit(1))).first()
    return given.valid_to if given is not None else None


@checks(ConditionalRenewal)
async def renews_the_approval(writing: Writing, case: CaseRow, form: ConditionalRenewal) -> Effect:
    """Once, within the policy's time, with a new day for every open condition (section 4)."""
    lookups = await lookups_of(writing, case)
    row = await writing.session.get_one(QualificationRow, case.case_id)
    before = await locked_statement(writing, row.scope_id)
    query = select(ConditionRow).where(col(ConditionRow.case_id) == case.case_id)
    conditions = (await writing.session.exec(query.order_by(col(ConditionRow.number)))).all()
    refuse_unless_renewable(
        form,
        [_as_it_stands(each) for each in conditions],
        status=status_of(before),
        renewals=row.renewals,
        renewals_max=lookups.limits.conditional_renewals_max,
        today=lookups.today,
        latest=lookups.after(lookups.limits.conditional_approval_max),
    )
    await state(
        writing,
        case,
        AslStatus.CONDITIONALLY_APPROVED,
        reason_code="CONDITIONAL_APPROVAL_RENEWED",
        reason=form.reason,
        decided_by=writing.actor.persons,
        valid_to=form.conditional_to,
    )
    deadlines: Effect = {}
    for due in form.dues:
        task = await _task_of(writing, case, due.number)
        clock = Deadline.model_validate(task.deadline)
        moved = extended(clock, due.due, await writing.calendar_of(clock, case.site_id))
        deadlines[task.task_id] = moved.model_dump(mode="json")
    return {"deadlines": deadlines, "until": lookups.calendar.end_of(form.conditional_to).isoformat()}


def _as_it_stands(row: ConditionRow) -> ConditionState:
    return ConditionState(number=row.number, due_on=row.due_on, met=row.status == ConditionStatus.MET.value)


async def _task_of(writing: Writing, case: CaseRow, number: int) -> TaskRow:
    query = select(TaskRow).where(
        col(TaskRow.case_id) == case.case_id,
        col(TaskRow.action) == ConditionVerification.action.name,
        col(TaskRow.state) == "OPEN",
    )
    for task in (await writing.session.exec(query)).all():
        if number in task.concerns:
            return task
    raise Refused(Code.NOT_OPEN, f"Condition {number} is not open.")
