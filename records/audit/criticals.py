"""What is critical of what corrective actions answer, and no finding of an audit says."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.capa import SETTLED, CapaOrigin, CapaRequest
from domain.audit.facts import CapaCritical
from domain.audit.finding import Severity
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.reactions import establish, finds, revoke
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def establish_critical(writing: Writing, capa_id: str, form: CapaRequest) -> None:
    """What is critical is so however it arises (section 20): its action is asked for."""
    if form.severity is Severity.CRITICAL and not await _is_told_by_a_finding(writing.session, form):
        await establish(writing, _critical(await writing.session.get_one(CaseRow, capa_id), form))


async def is_put_right(writing: Writing, capa_id: str) -> None:
    """The action is verified or called off."""
    await revoke(writing, CapaCritical, capa_id)


async def _is_told_by_a_finding(session: AsyncSession, form: CapaRequest) -> bool:
    """Whether it answers a critical finding for the first time; then that has told everything."""
    if form.origin is not CapaOrigin.AUDIT:
        return False
    query = select(FindingRow.severity).where(
        col(FindingRow.case_id) == form.audit_id, col(FindingRow.number) == form.finding_no
    )
    return (await session.exec(query)).first() == Severity.CRITICAL.value


def _critical(case: CaseRow, form: CapaRequest) -> CapaCritical:
    return CapaCritical(
        case_id=case.case_id, site_id=case.site_id, scope_ids=tuple(sorted(case.scope_ids)), what=form.finding
    )


@finds(CapaCritical)
async def unsettled_criticals(session: AsyncSession, *_: object) -> Sequence[CapaCritical]:
    """Those whose action goes on."""
    query = (
        select(CaseRow)
        .join(CapaRow, col(CapaRow.capa_id) == col(CaseRow.case_id))
        .where(
            col(CapaRow.severity) == Severity.CRITICAL.value,
            col(CapaRow.status).not_in([each.value for each in SETTLED]),
            col(CaseRow.closed_at).is_(None),
        )
    )
    found = []
    for case in (await session.exec(query.order_by(col(CaseRow.number)))).all():
        form = CapaRequest.stored(case.order["request"])
        if not await _is_told_by_a_finding(session, form):
            found.append(_critical(case, form))
    return found
