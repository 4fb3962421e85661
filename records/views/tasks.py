"""The inbox, and single tasks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, literal, or_, tuple_, union
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.attestations import stated_by_nobody
from domain.core.forms import Process
from domain.core.people import NEVER_SIGN, Actor, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.view import SentAlarm
from domain.processes import FORMS, form_of
from domain.views.tasks import TaskForm, TaskList
from records.core.queries import pages
from records.core.queries.visibility import reads_everything, sees_tasks
from records.core.tables.cases import EscalationRow, TaskRoleRow, TaskRow
from records.release.seen_gates import gates_of_task
from records.views.showing import task_form, task_view

_PROTECTING = [
    (form.action.process.value, form.action.name)
    for form in FORMS
    if form.asks_for_protection() and form.action.process is not None
]
"""Process and action of each task that is also for those who are kept from one of its answers."""


async def inbox(
    session: AsyncSession, actor: Actor, now: datetime, *, limit: int, cursor: str | None = None
) -> TaskList:
    """The open tasks that the actor may answer, soonest due first. One statement, whatever the number of tasks.

    Each role is read along its own index and no further than one page.
    """
    after = _after(cursor)
    roles = sorted(role.value for role in actor.roles - NEVER_SIGN)
    if not roles:
        return TaskList(items=())
    answerable = and_(sees_tasks(actor), *_open_to(actor))
    pieces = [_first_of(role, answerable, after, limit + 1).subquery() for role in roles]
    found = union(*(select(piece.c.task_id) for piece in pieces)).subquery()
    query = (
        select(TaskRow)
        .join(found, found.c.task_id == col(TaskRow.task_id))
        .order_by(col(TaskRow.sort_due), col(TaskRow.task_id))
        .limit(limit + 1)
    )
    rows = (await session.exec(query)).all()
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return TaskList(
        items=tuple(task_view(row, now) for row in page),
        next=pages.encode((last.sort_due.isoformat(), last.task_id)) if last else None,
    )


async def one_task(session: AsyncSession, actor: Actor, task_id: str, now: datetime) -> TaskForm:
    """An open task with its form, and the gates that it is decided by as they are now.

    Raises `Refused`: not found if the actor must not see it, not open if it is done.
    """
    row = (await session.exec(select(TaskRow).where(col(TaskRow.task_id) == task_id, sees_tasks(actor)))).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such task.", rule="S6")
    if row.state != "OPEN":
        when = row.closed_at.isoformat() if row.closed_at else None
        code = Code.ALREADY_ANSWERED if row.state == "ANSWERED" else Code.NOT_OPEN
        raise Refused(code, "This task is not open any more.", who=row.closed_by_name, when=when)
    escalations = await session.exec(
        select(EscalationRow)
        .where(col(EscalationRow.task_id) == task_id)
        .order_by(col(EscalationRow.sent_at), col(EscalationRow.rung_id))
    )
    view = task_view(row, now, sent=alarms_seen(actor, escalations.all()))
    known = {**view.prefill, **await gates_of_task(session, row, now)}
    prefill = stated_by_nobody(form_of(view.process, view.action), known)
    return task_form(view.model_copy(update={"prefill": prefill}))


async def open_tasks(session: AsyncSession, case_id: str, action: str | None = None) -> Sequence[TaskRow]:
    """The open tasks of a case, soonest due first."""
    query = select(TaskRow).where(col(TaskRow.case_id) == case_id, col(TaskRow.state) == "OPEN")
    if action is not None:
        query = query.where(col(TaskRow.action) == action)
    return (await session.exec(query.order_by(col(TaskRow.sort_due), col(TaskRow.task_id)))).all()


async def last_answered(session: AsyncSession, case_id: str, action: str) -> TaskRow | None:
    """The task of that action which was closed last: it tells who was first, and when."""
    query = select(TaskRow).where(
        col(TaskRow.case_id) == case_id, col(TaskRow.action) == action, col(TaskRow.state) != "OPEN"
    )
    return (await session.exec(query.order_by(col(TaskRow.closed_at).desc()).limit(1))).first()


async def task_to_answer(
    session: AsyncSession, actor: Actor, case_id: str, action: str, asked_for: str | None
) -> TaskRow | None:
    """The task that a submission answers: the one asked for, one assigned to the actor, or one open to them.

    None if no such task is open; then the case decides whether the action is on offer. Raises `Refused`.
    """
    if asked_for is not None:
        row = await session.get(TaskRow, asked_for)
        if row is None or (row.case_id, row.action) != (case_id, action):
            raise Refused(Code.NOT_FOUND, "There is no such task.", fields={"task": "unknown"})
        return row
    tasks = await open_tasks(session, case_id, action)
    mine = [task for task in tasks if task.assignee in actor.persons]
    fit = [task for task in tasks if may_answer(actor, task)]
    return next(iter([*mine, *fit, *tasks]), None)


def may_answer(actor: Actor, task: TaskRow) -> bool:
    """Whether the actor may answer an open task: asked for it, or for another part of the same."""
    form = form_of(Process(task.process), task.action)
    action = form.action
    others = action.by if action.in_parts else action.protected_by
    by = [role for role in actor.roles if role.value in task.roles or role in others]
    try:
        barred = form.keeps_out(task.barred)
        refuse_unless_permitted(actor, by=by, assignee=task.assignee, barred=barred, site_id=task.site_id)
    except Refused:
        return False
    return True


def alarms_seen(actor: Actor, escalations: Iterable[EscalationRow]) -> tuple[SentAlarm, ...]:
    """The alarms an actor sees. Outsiders see those sent to them, not to whom else the sponsor escalated (S6)."""
    alarms = [SentAlarm.model_validate(sent, from_attributes=True) for sent in escalations]
    if reads_everything(actor):
        return tuple(alarms)
    return tuple(
        alarm.model_copy(update={"sent_to": tuple(sorted(own))})
        for alarm in alarms
        if (own := actor.persons & set(alarm.sent_to))
    )


def _first_of(role: str, answerable: ColumnElement[bool], after: tuple[datetime, str] | None, at_most: int):  # type: ignore[no-untyped-def] # noqa: ANN202
    query = (
        select(TaskRoleRow.task_id)
        .join(TaskRow, col(TaskRow.task_id) == col(TaskRoleRow.task_id))
        .where(col(TaskRoleRow.role) == role, answerable)
    )
    if after is not None:
        here = tuple_(col(TaskRoleRow.sort_due), col(TaskRoleRow.task_id))
        query = query.where(here > tuple_(literal(after[0]), literal(after[1])))
    return query.order_by(col(TaskRoleRow.sort_due), col(TaskRoleRow.task_id)).limit(at_most)


def _open_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Assigned to nobody else, and not kept out by segregation of duties."""
    nobody_else = or_(col(TaskRow.assignee).is_(None), col(TaskRow.assignee).in_(sorted(actor.persons)))
    unbarred = and_(*(col(TaskRow.barred)[person].as_string().is_(None) for person in sorted(actor.persons)))
    return [nobody_else, or_(unbarred, tuple_(col(TaskRow.process), col(TaskRow.action)).in_(_PROTECTING))]


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    key = pages.decode(cursor)
    try:
        due, task_id = key
        return pages.instant(due), str(task_id)
    except ValueError:
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "of another list"}) from None
