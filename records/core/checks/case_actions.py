"""Checks of the actions that every case has: hold, resume, extend, reassign, acknowledge."""

from sqlmodel import col, select

from domain.core.case_actions import Acknowledgement, Extension, Hold, Reassignment, Resume
from domain.core.clocks import Deadline, Remaining, extended, remaining, resumed
from domain.core.people import CDMO_ROLES, Org, Role
from domain.core.refusals import Code, Refused, broken
from records.core.declared import Effect, checks
from records.core.kept_out import kept_out
from records.core.objections import TaskIsExtended, TaskIsReassigned
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.questions import ask
from records.core.tables.cases import CaseRow, EscalationRow, TaskRow
from records.core.tables.master_data import PersonRow
from records.core.writing import Writing


@checks(Hold)
async def stops_the_clocks(writing: Writing, case: CaseRow, form: Hold) -> Effect:
    """Stop every running clock and keep what is left of each (section 9); what protects patients runs on (20)."""
    if case.held:
        raise Refused(Code.CASE_ON_HOLD, "The case is on hold already.")
    left: Effect = {}
    for task in await _clocked(writing, case):
        clock = Deadline.model_validate(task.deadline)
        if not clock.runs_on_hold:
            calendar = await writing.calendar_of(clock, case.site_id)
            left[task.task_id] = remaining(clock, writing.at, calendar).model_dump(mode="json")
    await _tell_the_head(writing, case, f"{case.case_id} is on hold", form.reason)
    return {"remaining": left}


@checks(Resume)
async def continues_the_clocks(writing: Writing, case: CaseRow, form: Resume) -> Effect:
    """Continue every stopped clock with the days that were left (section 9)."""
    if not case.held:
        raise Refused(Code.NOT_OPEN, "The case is not on hold.")
    deadlines: Effect = {}
    for task in await _clocked(writing, case):
        if task.remaining is not None:
            left, clock = Remaining.model_validate(task.remaining), Deadline.model_validate(task.deadline)
            due = resumed(clock, left, writing.at, await writing.calendar_of(clock, case.site_id))
            deadlines[task.task_id] = due.model_dump(mode="json")
    await _tell_the_head(writing, case, f"{case.case_id} is resumed", form.reason)
    return {"deadlines": deadlines}


async def _tell_the_head(writing: Writing, case: CaseRow, subject: str, reason: str) -> None:
    """By mail, unless it was the head's own act (section 20)."""
    heads = await candidates(writing.session, [Role.HEAD_QA], case.site_id, at=writing.at)
    others = [person for person in heads if person.person_id not in writing.actor.persons]
    text = f"{case.title}\n{reason}\nBy {writing.actor.name}.\n{writing.web}/cases/{case.case_id}"
    await outbox.mail(writing.session, writing.recorded_at, others, subject=subject, text=text)


@checks(Extension)
async def is_within_the_limits(writing: Writing, case: CaseRow, form: Extension) -> Effect:
    """At most so many extensions, asked for before the clock ran out, by another person than the signer (section 3)."""
    task = await _open_task(writing, case, form.task_id)
    policy = await writing.policy()
    if task.deadline is None or task.due_at is None:
        raise Refused(Code.NOT_OPEN, "This task has no clock.")
    if task.extensions >= policy.limits.extensions:
        message = f"A due date is extended at most {policy.limits.extensions} times."
        raise Refused(Code.LIMIT_REACHED, message, rule="section 3")
    if task.due_at < writing.at:
        raise Refused(Code.LIMIT_REACHED, "The task is overdue; it can no longer be extended.", rule="section 3")
    if form.requested_by in writing.actor.persons:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Nobody approves an extension they asked for.", rule="S1")
    if await writing.session.get(PersonRow, form.requested_by) is None:
        raise broken("section 3", "Nobody is known by this id.", requested_by="unknown person")
    await ask(writing, TaskIsExtended(task))
    deadline = Deadline.model_validate(task.deadline)
    if deadline.of_authority:
        raise Refused(
            Code.LIMIT_REACHED, "This is an authority's clock; we do not extend it.", rule=deadline.policy_key
        )
    if policy.clock(deadline.policy_key).critical and Role.HEAD_QA not in writing.actor.roles:
        raise Refused(Code.WRONG_ROLE, "Clocks of critical findings are extended by HEAD_QA only.", rule="section 3")
    due = extended(deadline, form.new_due, await writing.calendar_of(deadline, case.site_id))
    if due.due_at <= deadline.due_at:
        raise broken("section 3", "An extension gives more time.", new_due="not after the present due date")
    return {"deadlines": {task.task_id: due.model_dump(mode="json")}, "old_due": deadline.due_at.isoformat()}


@checks(Reassignment)
async def goes_to_somebody_fit(writing: Writing, case: CaseRow, form: Reassignment) -> Effect:
    """The new person must hold a role of the task at this site and not be barred (section 10)."""
    task = await _open_task(writing, case, form.task_id)
    await ask(writing, TaskIsReassigned(case, task, form.to))
    if task.org != Org.CDMO.value and writing.actor.roles <= CDMO_ROLES:
        raise Refused(Code.NOT_FOUND, "There is no such task.", rule="S6")
    person = await writing.session.get(PersonRow, form.to)
    if person is None or person.disabled:
        raise broken("section 10", "Nobody fit is known by this id.", to="unknown or disabled")
    if not set(task.roles) & set(person.roles):
        raise broken("section 10", "The person holds no role that may answer the task.", to="wrong role")
    if person.org == Org.CDMO.value and case.site_id not in person.sites:
        raise broken("S6", "The person does not belong to this site.", to="wrong site")
    rule = kept_out(writing, task).get(person.person_id)
    if rule is not None:
        raise Refused(Code.SEGREGATION_OF_DUTIES, f"Segregation of duties ({rule}) bars this person.", rule=rule)
    return {"from": task.assignee}


@checks(Acknowledgement)
async def silences_the_escalation(writing: Writing, case: CaseRow, form: Acknowledgement) -> Effect:
    """Only somebody the escalation was sent to can acknowledge it."""
    task = await _open_task(writing, case, form.task_id)
    query = select(EscalationRow).where(
        col(EscalationRow.task_id) == task.task_id,
        col(EscalationRow.acknowledge_by).is_not(None),
        col(EscalationRow.acknowledged_at).is_(None),
    )
    waiting = (await writing.session.exec(query)).all()
    escalations = [sent for sent in waiting if writing.actor.persons & set(sent.sent_to)]
    if not escalations:
        raise Refused(Code.NOT_OPEN, "There is no escalation of this task for you to acknowledge.")
    return {"rungs": [sent.rung_id for sent in escalations]}


async def _open_task(writing: Writing, case: CaseRow, task_id: str) -> TaskRow:
    task = await writing.session.get(TaskRow, task_id)
    if task is None or task.case_id != case.case_id:
        raise Refused(Code.NOT_FOUND, "There is no such task in this case.", fields={"task_id": "unknown"})
    if task.org == Org.SPONSOR.value and writing.actor.org is Org.CDMO:
        raise Refused(Code.NOT_FOUND, "There is no such task in this case.", fields={"task_id": "unknown"})
    if task.state != "OPEN":
        when = task.closed_at.isoformat() if task.closed_at else None
        raise Refused(Code.NOT_OPEN, "This task is not open any more.", who=task.closed_by_name, when=when)
    return task


async def _clocked(writing: Writing, case: CaseRow) -> list[TaskRow]:
    query = select(TaskRow).where(
        col(TaskRow.case_id) == case.case_id, col(TaskRow.state) == "OPEN", col(TaskRow.due_at).is_not(None)
    )
    return list((await writing.session.exec(query)).all())
