"""Steps that wait for a person: opened, handed over, withdrawn."""

from collections.abc import Iterable

from pydantic import JsonValue

from domain.core.attestations import stated_by_nobody, wordings
from domain.core.case import OpenedTask, alarms_of
from domain.core.clocks import Deadline, Remaining, deadline, remaining
from domain.core.entry import HandOver, OpenTask, WithdrawTask
from domain.core.forms import Audience, Form, Process
from domain.core.people import Org, Role
from records.core.deciders import asked
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.master_data import PersonRow
from records.core.vacancies import tell_of_opening, wanted
from records.core.writing import Writing


async def open_task(writing: Writing, line: OpenTask) -> None:
    """The task with its due date and what is known of its form; whoever may do it is told by mail.

    Every task comes through here: what only a person may state is left out, whoever has filled it in.
    """
    case = await writing.case()
    form = writing.registries.forms.answering(Process(case.process), line.action)
    due = await _due(writing, case, form, line)
    suggest = writing.registries.suggestions.find(form)
    known = {**wordings(form), **(await suggest(writing, case, line) if suggest else {}), **line.prefill}
    prefill = stated_by_nobody(form, known)
    by = await asked(writing, case, form, prefill, line.by)
    cdmo = any(role.startswith("CDMO_") for role in by)
    left = await _left_on_hold(writing, case, due)
    payload: dict[str, JsonValue] = {
        "task": line.task_id,
        "action": line.action,
        "title": form.action.title,
        "about": line.about,
        "roles": [role.value for role in sorted(by)],
        "org": (Org.CDMO if cdmo else Org.SPONSOR).value,
        "assignee": line.assignee,
        "barred": dict(line.barred),
        "prefill": prefill,
        "concerns": list(line.concerns),
        "deadline": due.model_dump(mode="json") if due else None,
        "remaining": left.model_dump(mode="json") if left else None,
        "otherwise": due.otherwise if due else form.action.otherwise,
    }
    await writing.record("task.opened", payload, audience=Audience.SHARED if cdmo else Audience.SPONSOR)
    await _tell_candidates(writing, case, form, line, by, due)
    opened = OpenedTask(task_id=line.task_id)
    if due is not None:
        opened = OpenedTask(task_id=line.task_id, due_at=due.due_at, otherwise=due.otherwise, alarms=alarms_of(due))
        if due.runs_on_hold:
            opened = opened.model_copy(update={"never_stands": True})
    writing.answer(opened=(*writing.written.opened, opened))


async def hand_over(writing: Writing, line: HandOver) -> None:
    """Another person has the task."""
    await writing.record("task.handed_over", {"task": line.task_id, "to": line.to, "reason": line.reason})


async def withdraw(writing: Writing, line: WithdrawTask) -> None:
    """Nobody needs to do the task any more. What was answered in that very instant stays answered."""
    task = await writing.session.get_one(TaskRow, line.task_id)
    if task.state != "OPEN":
        return
    await writing.record("task.withdrawn", {"task": line.task_id, "reason": line.reason})


async def _left_on_hold(writing: Writing, case: CaseRow, due: Deadline | None) -> Remaining | None:
    """What is kept of the time of a task that is opened while the case is on hold."""
    if due is None or due.runs_on_hold or not case.held:
        return None
    return remaining(due, writing.at, await writing.calendar_of(due, case.site_id))


async def _due(writing: Writing, case: CaseRow, form: type[Form], line: OpenTask) -> Deadline | None:
    """By when the task is due: on the day that its line or the records name, or as its clock counts."""
    if line.clock is None:
        return None
    policy = await writing.policy()
    rule, known = policy.clock(line.clock), writing.registries.due_days.find(form)
    calendar = await writing.calendar_of(rule, case.site_id)
    return deadline(
        line.clock,
        rule,
        policy_version=policy.version,
        start_event_id=f"{case.case_id}#{(await writing.head(case.case_id)).number + 1}",
        started_at=calendar.end_of(line.since_day) if line.since_day else line.since,
        calendar=calendar,
        due_on=line.due_on or (await known(writing, case, line) if known else None),
        of_authority=policy.report_of(line.clock) is not None,
    )


async def _tell_candidates(
    writing: Writing, case: CaseRow, form: type[Form], line: OpenTask, by: Iterable[Role], due: Deadline | None
) -> None:
    barred = form.keeps_out(line.barred)
    people = await candidates(writing.session, by, case.site_id, assignee=line.assignee, barred=barred, at=writing.at)
    named = await writing.session.get(PersonRow, line.assignee) if line.assignee else None
    # a deputy is told, but does not do what is asked of one person
    if not people or (named is not None and named.disabled):
        needed = wanted(case.case_id, form.action.title, case.site_id, (role.value for role in by))
        await tell_of_opening(writing, needed, case.site_id, by, assignee=line.assignee, barred=barred)
    await outbox.mail(
        writing.session,
        writing.recorded_at,
        people,
        subject=f"{case.case_id}: {form.action.title}",
        text=outbox.task_text(case, form.action.title, line.about, due, writing.web),
    )
