"""Lists of cases, one case with everything that belongs to it, its journal and its records."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import and_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.views import AuditSummary, Capa, Finding
from domain.core.case_actions import COMMON_FORMS, Acknowledgement, Extension, Hold, Reassignment, Resume
from domain.core.forms import Form, Process
from domain.core.people import Actor, Org, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.view import TaskView
from domain.core.waiting import waiting_for, waiting_of_closed, waiting_on_hold, watching
from domain.processes import forms_of
from domain.views.cases import Available, CaseList, CaseSummary, CaseView, EventList, Record
from records.asl.tables.oversight import OversightRow
from records.audit.issued_reports import issued_report
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.queries import pages
from records.core.queries.event_view import event_view
from records.core.queries.visibility import (
    reads_everything,
    sees_cases,
    sees_events,
    sees_records,
    sees_task,
    visible_case,
)
from records.core.shown import Reading, shown_of
from records.core.tables.cases import CaseRow, EscalationRow, RecordRow, TaskRow
from records.core.tables.journal import EventRow
from records.views import showing
from records.views.tasks import alarms_seen, may_answer, open_tasks


async def list_cases(
    session: AsyncSession,
    actor: Actor,
    process: Process,
    *,
    site: str | None = None,
    stage: str | None = None,
    overdue: bool | None = None,
    owner: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> CaseList:
    """The cases of a process that the actor sees, the newest first. One statement."""
    query = select(CaseRow).where(col(CaseRow.process) == process.value, sees_cases(actor))
    for column, wanted in ((CaseRow.site_id, site), (CaseRow.stage, stage), (CaseRow.owner, owner)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if overdue is not None:
        query = query.where(col(CaseRow.overdue) == overdue)
    if cursor is not None:
        query = query.where(col(CaseRow.number) < pages.number(cursor))
    rows = (await session.exec(query.order_by(col(CaseRow.number).desc()).limit(limit + 1))).all()
    return CaseList(
        items=tuple(showing.summary(row, actor) for row in rows[:limit]),
        next=pages.encode((rows[limit - 1].number,)) if len(rows) > limit else None,
    )


async def one_case(session: AsyncSession, actor: Actor, process: Process, case_id: str, now: datetime) -> CaseView:
    """The case as the actor sees it now. Raises `Refused(NOT_FOUND)`."""
    case = await visible_case(session, actor, process.value, case_id)
    rows = await open_tasks(session, case_id)
    escalations = (await session.exec(select(EscalationRow).where(col(EscalationRow.case_id) == case_id))).all()
    seen = [row for row in rows if sees_task(actor, row)]
    tasks = [_task(actor, row, escalations, now) for row in seen]
    shown = await shown_of(Reading(session, actor, now), process, case)
    audit: AuditSummary | None = shown.get("audit")
    issued = audit.report_version if audit else None
    inside, owned = reads_everything(actor), await _owned(session, actor, case_id)
    return CaseView(
        **dict(showing.summary(case, actor)),
        waiting=await waiting_of(session, case, tasks, owned, inside=inside, others=len(seen) < len(rows)),
        hold_reason=case.hold_reason if inside else None,
        held_at=case.held_at,
        requested_by=case.requested_by if inside else None,
        cases=owned,
        tasks=tuple(tasks),
        actions=tuple(_actions(actor, case, rows, tasks)),
        records=await _latest_records(session, actor, case, issued),
        findings=await _findings(session, actor, case_id),
        capas=await _capas(session, case_id),
        **shown,
    )


async def events_of(
    session: AsyncSession, actor: Actor, process: Process, case_id: str, *, limit: int, cursor: str | None = None
) -> EventList:
    """The journal of a case, from its first event on. One statement: a case without such events is one empty row.

    Raises `Refused(NOT_FOUND)`.
    """
    wanted = and_(col(EventRow.stream) == col(CaseRow.case_id), sees_events(actor))
    if cursor is not None:
        wanted = and_(wanted, col(EventRow.number) > pages.number(cursor))
    query = (
        select(CaseRow.case_id, EventRow)
        .outerjoin(EventRow, wanted)
        .where(col(CaseRow.case_id) == case_id, col(CaseRow.process) == process.value, sees_cases(actor))
    )
    answer = await session.exec(query.order_by(col(EventRow.number)).limit(limit + 1))
    found = cast("Sequence[tuple[str, EventRow | None]]", answer.all())
    if not found:
        raise Refused(Code.NOT_FOUND, "There is no such case.", rule="S6")
    rows = [row for _, row in found if row is not None]
    return EventList(
        items=tuple(event_view(row, actor) for row in rows[:limit]),
        next=pages.encode((rows[limit - 1].number,)) if len(rows) > limit else None,
    )


async def one_record(
    session: AsyncSession, actor: Actor, process: Process, case_id: str, action: str, version: int
) -> Record:
    """One version of a record. Raises `Refused(NOT_FOUND)`."""
    await visible_case(session, actor, process.value, case_id)
    query = select(RecordRow).where(
        col(RecordRow.case_id) == case_id,
        col(RecordRow.action) == action,
        col(RecordRow.version) == version,
        sees_records(actor, await issued_report(session, case_id)),
    )
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such record.", rule="S6")
    return showing.record(process.value, row)


async def number_of(session: AsyncSession, case_id: str, action: str, version: int) -> int:
    """The number of the event that holds a version of a record."""
    return (await session.get_one(RecordRow, (case_id, action, version))).number


def _task(actor: Actor, row: TaskRow, escalations: Sequence[EscalationRow], now: datetime) -> TaskView:
    own = sorted((sent for sent in escalations if sent.task_id == row.task_id), key=lambda sent: sent.sent_at)
    return showing.task_view(row, now, sent=alarms_seen(actor, own))


async def waiting_of(
    session: AsyncSession,
    case: CaseRow,
    tasks: Sequence[TaskView],
    owned: Sequence[CaseSummary] = (),
    *,
    inside: bool,
    others: bool,
) -> str:
    """Why a case waits, for whom, until when and what happens then. `inside`: the reader is the sponsor's."""
    if case.closed_at is not None:
        return waiting_of_closed(case.stage, case.outcome, case.closed_at)
    if case.held:
        running = [task for task in tasks if task.clock is not None and not task.clock.stopped]
        return waiting_on_hold(case.hold_reason if inside else None, case.held_at, running)
    if case.process == Process.OVERSIGHT.value:
        watch = await session.get_one(OversightRow, case.case_id)
        return watching(watch.looks_again_at, watch.next_step)
    open_cases = [each.case_id for each in owned if each.closed_at is None]
    return waiting_for(tasks, others=others, cases=open_cases)


def _actions(
    actor: Actor,
    case: CaseRow,
    rows: Sequence[TaskRow],
    tasks: Sequence[TaskView],
) -> Iterable[Available]:
    """What the actor may do now: open tasks they may answer, and what the case offers."""
    if case.closed_at is not None:
        return
    forms = forms_of(Process(case.process))
    for row in rows:
        form = forms.find(row.action)
        if may_answer(actor, row) and (not case.held or _runs_on(row) or form.may_be_taken_on_hold()):
            yield showing.available(case.process, case.case_id, form, row.task_id)
    for form in forms:
        offered = form.action.name in case.offers and (not case.held or form.may_be_taken_on_hold())
        if offered and _holds_a_role(actor, form, case.site_id) and _makes_sense(actor, form, case, tasks):
            yield showing.available(case.process, case.case_id, form, None)


def _runs_on(row: TaskRow) -> bool:
    """Whether a task of a case on hold is answered meanwhile: a hold has stopped every clock but its own."""
    return row.due_at is not None and row.remaining is None


def _holds_a_role(actor: Actor, form: type[Form], site_id: str) -> bool:
    try:
        refuse_unless_permitted(actor, by=form.action.anyone, site_id=site_id)
    except Refused:
        return False
    return True


def _makes_sense(actor: Actor, form: type[Form], case: CaseRow, tasks: Sequence[TaskView]) -> bool:
    """Actions of every case are always on offer; they are shown when there is something to do them to."""
    if form not in set(COMMON_FORMS):
        return True
    unanswered = any(
        alarm.acknowledge_by is not None and alarm.acknowledged_at is None and actor.persons & set(alarm.sent_to)
        for task in tasks
        for alarm in task.sent
    )
    fits = {
        Hold: not case.held,
        Resume: case.held,
        Extension: any(task.clock is not None and not task.overdue for task in tasks),
        Reassignment: bool(tasks),
        Acknowledgement: unanswered,
    }
    return fits[form]


async def _owned(session: AsyncSession, actor: Actor, case_id: str) -> tuple[CaseSummary, ...]:
    query = select(CaseRow).where(col(CaseRow.owner) == case_id, sees_cases(actor))
    rows = (await session.exec(query.order_by(col(CaseRow.process), col(CaseRow.number)))).all()
    return tuple(showing.summary(row, actor) for row in rows)


async def _latest_records(session: AsyncSession, actor: Actor, case: CaseRow, issued: int | None) -> tuple[Record, ...]:
    seen = [col(RecordRow.case_id) == case.case_id, sees_records(actor, issued)]
    newest = (
        select(RecordRow.action, func.max(RecordRow.version).label("version"))
        .where(*seen)
        .group_by(RecordRow.action)
        .subquery()
    )
    query = (
        select(RecordRow)
        .join(
            newest,
            (newest.c.action == col(RecordRow.action)) & (newest.c.version == col(RecordRow.version)),
        )
        .where(col(RecordRow.case_id) == case.case_id)
        .order_by(col(RecordRow.number))
    )
    return tuple(showing.record(case.process, row) for row in (await session.exec(query)).all())


async def _findings(session: AsyncSession, actor: Actor, case_id: str) -> tuple[Finding, ...]:
    """Findings are drafts until their report is issued; a CDMO sees them from then on (S6)."""
    query = select(FindingRow).where(col(FindingRow.case_id) == case_id)
    if actor.org is Org.CDMO:
        query = query.where(col(FindingRow.issued))
    rows = (await session.exec(query.order_by(col(FindingRow.number)))).all()
    return tuple(showing.finding(row) for row in rows)


async def _capas(session: AsyncSession, case_id: str) -> tuple[Capa, ...]:
    """The CAPAs that come from a case, or the CAPA that it is."""
    query = select(CapaRow).where((col(CapaRow.origin) == case_id) | (col(CapaRow.capa_id) == case_id))
    rows = (await session.exec(query.order_by(col(CapaRow.capa_id)))).all()
    return tuple(showing.capa(row) for row in rows)
