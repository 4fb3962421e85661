"""Checks of the closure of an audit."""

from sqlmodel import col, select

from domain.audit.capa import CapaStatus
from domain.audit.closure import AuditClosure, CapaState, FindingState, refuse_unless_closable, suggested_closure
from domain.audit.finding import FindingStatus, Severity
from domain.core.entry import OpenTask
from records.audit.findings import findings_of
from records.audit.tables.audits import CapaRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@suggests(AuditClosure)
async def suggests_follow_ups(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The closure starts with the CAPAs that outlive the audit."""
    return suggested_closure(*await _states(await lookups_of(writing, case)))


@checks(AuditClosure)
async def can_be_closed(writing: Writing, case: CaseRow, form: AuditClosure) -> Effect:
    """Every finding is closed, rests on a verified commitment, or is followed up (section 6)."""
    refuse_unless_closable(form, *await _states(await lookups_of(writing, case)))
    return {}


async def _states(lookups: Lookups) -> tuple[list[FindingState], list[CapaState]]:
    findings = [
        FindingState(no=row.number, severity=Severity(row.severity), status=FindingStatus(row.status))
        for row in await findings_of(lookups)
    ]
    query = select(CapaRow).where(col(CapaRow.origin) == lookups.case.case_id).order_by(col(CapaRow.capa_id))
    capas = [
        CapaState(capa_id=row.capa_id, finding_no=row.finding_number or 0, status=CapaStatus(row.status))
        for row in (await lookups.session.exec(query)).all()
    ]
    return findings, capas
