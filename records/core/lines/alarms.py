"""Reminders, the passing of a due date, and escalations."""

from datetime import datetime

from pydantic import JsonValue

from domain.core.clocks import Deadline, Level, acknowledge_by
from domain.core.entry import AlarmLine
from domain.core.facts import DecisionProposedByEscalation
from records.core.kept_out import kept_out
from records.core.outgoing import outbox
from records.core.people.recipients import people_at_level
from records.core.reactions import establish
from records.core.tables.cases import CaseRow, TaskRow
from records.core.writing import Writing

_TYPES = {"reminder": "task.reminded", "due": "task.overdue"}
"""The event of an alarm; any other one escalates."""


async def fire(writing: Writing, line: AlarmLine) -> None:
    """People are told that a task waits; what an escalation step proposes is put before people who decide."""
    case = await writing.case()
    task = await writing.session.get_one(TaskRow, line.task_id)
    if task.state != "OPEN":
        return
    clock = Deadline.model_validate(task.deadline)
    step = clock.rungs[line.rung] if line.rung is not None else None
    says, proposes = (step.says, step.proposes) if step else ("", None)
    to = step.to if step and line.alarm != "climb" else None
    policy, barred = await writing.policy(), kept_out(writing, task)
    people = await people_at_level(writing.session, policy, line.level, to, task, case, writing.at, barred=barred)
    until = await _acknowledge_by(writing, case, clock, line)
    type_ = _TYPES.get(line.alarm, "task.escalated")
    rung_id = f"{case.case_id}#{(await writing.head(case.case_id)).number + 1}"
    payload: dict[str, JsonValue] = {
        "task": line.task_id,
        "rung": rung_id,
        "level": line.level.value,
        "alarm": line.alarm,
        "says": says,
        "proposes": proposes,
        "to": [person.person_id for person in people],
        "acknowledge_by": until.isoformat() if until else None,
    }
    await writing.record(type_, payload)
    subject = f"{case.case_id}: {task.title} - {type_.removeprefix('task.')}"
    text = outbox.escalation_text(case, task, says, proposes, until, writing.web)
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)
    writing.answer(acknowledge_by=until)
    if proposes is not None and line.alarm == "rung":
        fact = DecisionProposedByEscalation(case_id=case.case_id, step_id=rung_id, proposes=proposes, says=says)
        await establish(writing, fact)


async def _acknowledge_by(writing: Writing, case: CaseRow, clock: Deadline, line: AlarmLine) -> datetime | None:
    """By when an escalation is to be acknowledged."""
    if line.alarm not in {"rung", "climb"} or line.level is Level.L0:
        return None
    calendar = await writing.calendar_of(clock, case.site_id)
    return acknowledge_by(clock, writing.at, calendar)
