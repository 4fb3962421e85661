"""Who leads or has led an audit of a scope (S2)."""

from sqlmodel import col, select

from domain.core.people import Role
from records.audit.tables.audits import AuditRow
from records.core.lookups import Lookups
from records.core.tables.cases import CaseRow, ParticipantRow


async def leads_of_scope(lookups: Lookups, scope_id: str) -> frozenset[str]:
    """Everybody who leads or has led an audit of a scope."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == lookups.case.site_id)
    )
    audits = {
        case.case_id: audit.lead
        for case, audit in (await lookups.session.exec(query)).all()
        if scope_id in case.scope_ids
    }
    participants = select(ParticipantRow.person_id).where(
        col(ParticipantRow.case_id).in_(sorted(audits)), col(ParticipantRow.role) == Role.LEAD_AUDITOR.value
    )
    leads = {lead for lead in audits.values() if lead is not None}
    return frozenset(leads | set((await lookups.session.exec(participants)).all()))
