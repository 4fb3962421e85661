"""What stands in a person's calendar: audits that they may know of (S6), and their tasks that are due."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime
from sqlalchemy import and_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.audit import AuditStage
from domain.core.people import Actor
from domain.core.view import TaskView, View
from records.asl.tables.oversight import OversightRow
from records.audit.tables.audits import AuditRow
from records.core.queries.visibility import reads_everything, sees_cases
from records.core.tables.cases import CaseRow
from records.views.showing import case_url
from records.views.tasks import inbox

_MOST = 500
_LOOKS_BACK = timedelta(days=365)
_CALLED_OFF = (AuditStage.CANCELLED.value, AuditStage.WAIVED.value, AuditStage.DECLINED.value)
_NOT_AGREED = (AuditStage.PLANNED.value, AuditStage.TEAM_ASSIGNED.value, AuditStage.NOTICED.value)


class CalendarEntry(View):
    """Something that takes whole days, in the time zone of its site. It names neither findings nor scores."""

    uid: str
    """Stays the same for as long as it is the same thing."""
    title: str
    first_day: date
    last_day: date
    changed_at: AwareDatetime
    """When it came about."""
    url: str
    tentative: bool = False
    """Whether the days are not agreed on yet."""


async def calendar_entries(session: AsyncSession, actor: Actor, now: datetime) -> tuple[CalendarEntry, ...]:
    """Audits from a year ago on, days by which watched scopes are to be audited, and the person's due tasks."""
    audits = await _audits(session, actor, now.date() - _LOOKS_BACK)
    due = await _audits_due(session) if reads_everything(actor) else ()
    tasks = (await inbox(session, actor, now, limit=_MOST)).items
    return (*audits, *due, *_due_tasks(tasks))


async def _audits(session: AsyncSession, actor: Actor, since: date) -> Iterable[CalendarEntry]:
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(sees_cases(actor), col(AuditRow.last_day) >= since, col(CaseRow.stage).not_in(_CALLED_OFF))
        .order_by(col(AuditRow.first_day), col(AuditRow.case_id))
        .limit(_MOST)
    )
    return [
        CalendarEntry(
            uid=audit.case_id,
            title=f"{audit.case_id}: {case.title}",
            first_day=audit.first_day,
            last_day=audit.last_day,
            changed_at=case.requested_at,
            url=case_url(case.process, case.case_id),
            tentative=case.stage in _NOT_AGREED,
        )
        for case, audit in (await session.exec(query)).all()
        if audit.first_day is not None and audit.last_day is not None
    ]


async def _audits_due(session: AsyncSession) -> Iterable[CalendarEntry]:
    query = (
        select(OversightRow, CaseRow)
        .join(CaseRow, and_(col(CaseRow.case_id) == col(OversightRow.case_id), col(CaseRow.closed_at).is_(None)))
        .where(col(OversightRow.next_audit_due).is_not(None))
        .order_by(col(OversightRow.next_audit_due), col(OversightRow.case_id))
        .limit(_MOST)
    )
    return [
        CalendarEntry(
            uid=f"{oversight.case_id}-audit-due",
            title=f"{oversight.site_id}: audit due ({oversight.scope_id})",
            first_day=oversight.next_audit_due,
            last_day=oversight.next_audit_due,
            changed_at=case.requested_at,
            url=case_url(case.process, case.case_id),
            tentative=True,
        )
        for oversight, case in (await session.exec(query)).all()
        if oversight.next_audit_due is not None
    ]


def _due_tasks(tasks: Iterable[TaskView]) -> Iterable[CalendarEntry]:
    for task in tasks:
        if task.due_at is not None and task.clock is not None:
            day = task.due_at.astimezone(ZoneInfo(task.clock.tz)).date()
            yield CalendarEntry(
                uid=task.task_id,
                title=f"Due: {task.case_id}, {task.title}",
                first_day=day,
                last_day=day,
                changed_at=task.opened_at,
                url=task.url,
            )
