"""Whose hands the first signatures of a status case were, for those that follow (S1, S2, S11)."""

from sqlmodel import col, select

from domain.forms import Form
from domain.people import Role
from domain.status_decision import refuse_hands
from records.checks.facts import Facts
from records.queries.events import event_of
from records.tables import AuditRow, CaseRow, ParticipantRow


async def hands_of(facts: Facts, *forms: type[Form]) -> frozenset[str]:
    """Whose hands the newest version of each form counts as: the person's and the delegator's."""
    hands: frozenset[str] = frozenset()
    for form in forms:
        for record in (await facts.rows(form))[:1]:
            hands |= (await event_of(facts.session, record.case_id, record.number)).actor.persons
    return hands


async def refuse_unless_other_hands(facts: Facts, *forms: type[Form]) -> frozenset[str]:
    """Raise `Refused` when the actor has given one of these signatures (S1). Returns whose they are."""
    hands = await hands_of(facts, *forms)
    refuse_hands(facts.writing.actor.persons, hands)
    return hands


async def leads_of_scope(facts: Facts, scope_id: str) -> frozenset[str]:
    """Everybody who leads or has led an audit of a scope."""
    query = (
        select(CaseRow, AuditRow)
        .join(AuditRow, col(AuditRow.case_id) == col(CaseRow.case_id))
        .where(col(AuditRow.site_id) == facts.case.site_id)
    )
    audits = {
        case.case_id: audit.lead
        for case, audit in (await facts.session.exec(query)).all()
        if scope_id in case.scope_ids
    }
    participants = select(ParticipantRow.person_id).where(
        col(ParticipantRow.case_id).in_(sorted(audits)), col(ParticipantRow.role) == Role.LEAD_AUDITOR.value
    )
    leads = {lead for lead in audits.values() if lead is not None}
    return frozenset(leads | set((await facts.session.exec(participants)).all()))
