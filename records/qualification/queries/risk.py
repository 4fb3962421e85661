"""Risk assessments as the sponsor's people and inspectors read them; they are no business of the site (S6)."""

from datetime import datetime

from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.qualification.views import RiskView
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.qualification.tables.risk import RiskAssessmentRow
from records.site.queries.sites import one_scope


class RiskList(View):
    """A page of risk assessments."""

    items: tuple[RiskView, ...]
    next: str | None = None


async def risk_of_scope(
    session: AsyncSession, actor: Actor, site_id: str, scope_id: str, *, cursor: str | None, limit: int
) -> RiskList:
    """All versions of all assessments of a scope, the newest first. Raises `Refused`: NOT_FOUND, WRONG_ORGANISATION."""
    await one_scope(session, actor, site_id, scope_id)
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Risk assessments are the sponsor's own.", rule="S6")
    order = (col(RiskAssessmentRow.assessed_at), col(RiskAssessmentRow.case_id), col(RiskAssessmentRow.version))
    query = select(RiskAssessmentRow).where(col(RiskAssessmentRow.scope_id) == scope_id)
    if cursor is not None:
        at, case_id, version = _key(cursor)
        query = query.where(tuple_(*order) < tuple_(literal(at), literal(case_id), literal(version)))
    rows = (await session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1))).all()
    end = rows[limit - 1] if len(rows) > limit else None
    return RiskList(
        items=tuple(_shown(row) for row in rows[:limit]),
        next=pages.encode((end.assessed_at.isoformat(), end.case_id, end.version)) if end else None,
    )


@shows(Process.RISK, "risk")
async def risk_of_review(reading: Reading, case: CaseRow) -> RiskView | None:
    """The newest assessment of a risk review; that of a qualification stands there."""
    return await risk_of_case(reading.session, reading.actor, case.case_id)


async def risk_of_case(session: AsyncSession, actor: Actor, case_id: str) -> RiskView | None:
    """The newest assessment of a case; `None` if there is none, or if the reader must not know."""
    if not reads_everything(actor):
        return None
    query = select(RiskAssessmentRow).where(col(RiskAssessmentRow.case_id) == case_id)
    row = (await session.exec(query.order_by(col(RiskAssessmentRow.version).desc()).limit(1))).first()
    return _shown(row) if row else None


def _shown(row: RiskAssessmentRow) -> RiskView:
    return RiskView.model_validate(row, from_attributes=True)


def _key(cursor: str) -> tuple[datetime, str, int]:
    try:
        at, case_id, version = pages.decode(cursor)
        return pages.instant(at), str(case_id), pages.whole(version)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
