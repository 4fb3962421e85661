"""Status cases: which are open, what is in force in them, and how they hear of statements of other cases."""

from datetime import datetime

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.request import StatusKind, StatusRequest, is_overtaken, trigger_of, widest
from domain.core.events import Event
from domain.core.forms import Process
from domain.core.request_withdrawal import standing
from records.asl.tables.listing import AslRow
from records.core.requests import requests_of
from records.core.tables.cases import CaseRow, RecordRow


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


async def what_is_asked(
    session: AsyncSession, case: CaseRow, with_this: Event | None = None
) -> tuple[StatusRequest, SuspensionScope | None]:
    """The first proposal of a case that stands, and the widest reach of all that do; of the first one if none does."""
    requests = standing(await requests_of(session, case, with_this))
    forms = [StatusRequest.stored(each.form) for each in requests] or [request_of(case)]
    return forms[0], widest(forms)


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
        by_status_case=in_force.decided_in != case.case_id and await is_status_case(session, in_force.decided_in),
    )


async def is_status_case(session: AsyncSession, case_id: str) -> bool:
    """Whether a case decides on a status."""
    case = await session.get(CaseRow, case_id)
    return case is not None and case.process == Process.STATUS.value
