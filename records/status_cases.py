"""Status cases: which are open, what is in force in them, and how they hear of statements of other cases."""

from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import AslStatus, SuspensionScope, stream_of
from domain.case import Subject
from domain.entry import Tell
from domain.events import Event
from domain.forms import Process
from domain.status_request import StatusKind, StatusReason, StatusRequest, is_overtaken, trigger_of
from records import outbox
from records.opening import open_case
from records.projections.payloads import submitted
from records.tables import AslRow, CaseRow, EventRow, RecordRow
from records.writing import Writing


def request_of(case: CaseRow) -> StatusRequest:
    """The proposal that opened a status case."""
    return StatusRequest.stored(case.order["request"])


async def open_status_cases(session: AsyncSession, site_id: str, scope_id: str, *kinds: StatusKind) -> list[CaseRow]:
    """The open status cases of a scope of these kinds, the newest first."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == site_id,
        col(CaseRow.trigger).in_([trigger_of(kind, scope_id) for kind in kinds]),
        col(CaseRow.process) == Process.STATUS.value,
        col(CaseRow.closed_at).is_(None),
    )
    return list((await session.exec(query.order_by(col(CaseRow.number).desc()))).all())


async def own_statement(session: AsyncSession, case: CaseRow) -> AslRow | None:
    """The last statement that a case has made, or the one of its source that was in force when the case opened."""
    request = request_of(case)
    own = col(AslRow.decided_in) == case.case_id
    if request.in_force:
        opened = await session.get_one(RecordRow, (case.case_id, StatusRequest.action.name, 1))
        of_source = and_(col(AslRow.decided_in) == request.source, col(AslRow.recorded_at) <= opened.recorded_at)
        own = or_(own, of_source)
    query = select(AslRow).where(col(AslRow.scope_id) == request.scope_id, own)
    return (await session.exec(query.order_by(col(AslRow.number).desc()).limit(1))).first()


async def requests_joined(session: AsyncSession, case: CaseRow) -> list[StatusRequest]:
    """The proposals that have joined a case, in their order."""
    query = select(EventRow).where(
        col(EventRow.stream) == case.case_id, col(EventRow.type) == f"{Process.STATUS.noun}.merged"
    )
    rows = (await session.exec(query.order_by(col(EventRow.number)))).all()
    return [submitted(Event.model_validate_json(row.body), StatusRequest) for row in rows]


async def is_decided(session: AsyncSession, case: CaseRow) -> bool:
    """Whether the change that a case is about is in force."""
    return request_of(case).in_force or await own_statement(session, case) is not None


async def is_left_behind(session: AsyncSession, case: CaseRow, in_force: AslRow, at: datetime) -> bool:
    """Whether other decisions have left a status case nothing to do, `in_force` being what holds at this instant.

    What was decided otherwise in between counts too: a status that comes back later is another one.
    """
    own, kind = await own_statement(session, case), StatusKind(case.kind)
    before = AslStatus(own.status) if own is not None else AslStatus.SUSPENDED
    decided = request_of(case).in_force or own is not None
    if decided and own is not None and kind in (StatusKind.SUSPENSION, StatusKind.PROBATION):
        between = select(AslRow.number).where(
            col(AslRow.scope_id) == own.scope_id,
            col(AslRow.number) > own.number,
            col(AslRow.number) < in_force.number,
            col(AslRow.effective_from) <= at,
            col(AslRow.status) != own.status,
        )
        if (await session.exec(between.limit(1))).first() is not None:
            return True
    return is_overtaken(
        kind,
        decided=decided,
        before=before,
        after=AslStatus(in_force.status),
        scope=SuspensionScope(in_force.suspension_scope) if in_force.suspension_scope else None,
        by_status_case=in_force.decided_in != case.case_id and await _is_status_case(session, in_force.decided_in),
    )


async def _is_status_case(session: AsyncSession, case_id: str) -> bool:
    case = await session.get(CaseRow, case_id)
    return case is not None and case.process == Process.STATUS.value


async def follow_up(
    writing: Writing,
    case: CaseRow,
    reason: StatusReason,
    why: str,
    reach: SuspensionScope = SuspensionScope.NEW_ORDERS_AND_RELEASE,
) -> str:
    """Open the case that leads out of a status by which new orders have stopped, in this transaction.

    `case` has stated it, by a rule or with a rejection, and `reach` says what has stopped. People assess in it what
    was released, and review the status.
    Returns the id of the case.
    """
    (scope_id,) = case.scope_ids
    request = StatusRequest(
        kind=StatusKind.SUSPENSION,
        site_id=case.site_id,
        scope_id=scope_id,
        reason_code=reason,
        narrative=why,
        proposed_scope=reach,
        source=case.case_id,
        in_force=True,
    )
    return await open_case(writing, Process.STATUS, request)


async def tell_overtaken(writing: Writing, row: AslRow, before: AslRow | None) -> None:
    """Tell the other status cases of a scope that a statement leaves nothing to do for, now or once it takes effect."""
    by_status_case = await _is_status_case(writing.session, row.decided_in)
    for case in await open_status_cases(writing.session, row.site_id, row.scope_id, *StatusKind):
        overtaken = is_overtaken(
            StatusKind(case.kind),
            decided=await is_decided(writing.session, case),
            before=AslStatus(before.status) if before else None,
            after=AslStatus(row.status),
            scope=SuspensionScope(row.suspension_scope) if row.suspension_scope else None,
            by_status_case=by_status_case and row.decided_in != case.case_id,
        )
        if overtaken and case.case_id not in (row.decided_in, writing.entry.stream):
            stream, line = stream_of(row.scope_id), Tell(to=case.case_id, subject=Subject.CHANGED)
            message_id = f"{stream}#{row.number}"
            outbox.signal(writing.session, writing.recorded_at, case.case_id, message_id, stream, line)
