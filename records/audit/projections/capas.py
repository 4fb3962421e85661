"""CAPAs, and what their progress says of the findings they answer."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.capa import CapaPlan, CapaRequest, CapaStatus
from domain.audit.finding import FindingStatus
from domain.core.events import Event
from domain.core.forms import Process
from records.audit.tables.audits import CapaRow, FindingRow
from records.core.payloads import submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow

_UNMOVED = {status.value for status in (FindingStatus.WITHDRAWN, FindingStatus.CLOSED, FindingStatus.DISPUTED)}
_FINDING_FOLLOWS = {
    CapaStatus.IMPLEMENTED.value: FindingStatus.IMPLEMENTED,
    CapaStatus.VERIFIED.value: FindingStatus.VERIFIED,
}


@follows("capa.request", order=-1)
async def open_capa(session: AsyncSession, event: Event) -> None:
    """A requested CAPA is listed."""
    request = submitted(event, CapaRequest)
    session.add(
        CapaRow(
            capa_id=event.stream,
            origin=request.audit_id or request.origin.value,
            finding_number=request.finding_no,
            site_id=request.site_id,
            severity=request.severity.value,
            owner=request.owner,
            status=(CapaStatus.ACCEPTED if request.plan else CapaStatus.PROPOSED).value,
            due_on=request.plan.due if request.plan else None,
            follows=request.replaces,
        )
    )
    if (finding := await _finding(session, request.audit_id, request.finding_no)) is not None:
        finding.capa_id = event.stream
        finding.is_repeat = finding.is_repeat or request.is_repeat


@follows("capa.plan")
async def plan_capa(session: AsyncSession, event: Event) -> None:
    """The due day of the newest plan."""
    (await session.get_one(CapaRow, event.stream)).due_on = submitted(event, CapaPlan).plan.due


@follows("case.moved", "case.closed", order=-1)
async def move_capa(session: AsyncSession, event: Event) -> None:
    """The status of a CAPA is the stage of its case; its finding follows."""
    case = await session.get_one(CaseRow, event.stream)
    if case.process != Process.CAPA.value:
        return
    capa = await session.get_one(CapaRow, event.stream)
    capa.status = str(event.payload["stage"])
    follows_status = _FINDING_FOLLOWS.get(capa.status)
    finding = await _finding(session, capa.origin, capa.finding_number)
    if follows_status is not None and finding is not None and finding.status not in _UNMOVED:
        finding.status = follows_status.value


async def _finding(session: AsyncSession, case_id: str | None, number: int | None) -> FindingRow | None:
    return await session.get(FindingRow, (case_id, number)) if case_id and number else None
