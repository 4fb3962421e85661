"""Checks of the decision on a qualification: what it rests on is looked at again with every signature."""

from datetime import date

from sqlmodel import col, select

from domain.asl.asl import AslStatus, next_audit_due
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import Role
from domain.core.refusals import broken
from domain.qualification.decision import (
    DecisionCoSignature,
    DecisionProposal,
    DecisionSignature,
    QualificationOutcome,
    needs_co_signature,
    refuse_if_hindered,
    refuse_if_outdated,
    refuse_unless_proposable,
    suggested_proposal,
)
from domain.qualification.duties import refuse_owners
from domain.qualification.evidence import obstacles
from domain.qualification.qualification import OWNER_ACTIONS
from domain.qualification.questionnaire_forms import OmissionDecision, OmissionVerdict
from records.asl.statements import end_status, locked_statement, state, status_of
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Facts, facts_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.qualification.checks.evidence import audit_interval, evidence_for
from records.qualification.checks.status import refuse_if_ended_since, refuse_unless_liftable
from records.qualification.tables.qualification import QualificationRow


@suggests(DecisionProposal)
async def suggests_decision(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the evidence allows, from today on; the last proposal if that was sent back."""
    facts = await facts_of(writing, case)
    row = await writing.session.get_one(QualificationRow, case.case_id)
    evidence = await evidence_for(facts)
    return suggested_proposal(
        evidence.recommendation,
        decided_before=row.decision is not None,
        today=facts.today,
        requal_due=facts.after(facts.limits.requalification_interval),
        conditional_to=facts.after(facts.limits.conditional_approval_max),
    )


@checks(DecisionProposal)
async def can_be_proposed(writing: Writing, case: CaseRow, form: DecisionProposal) -> Effect:
    """Complete evidence, dates within the policy (section 4)."""
    facts = await facts_of(writing, case)
    await refuse_if_ended_since(facts, form.outcome)
    start = form.valid_from or facts.today
    refuse_unless_proposable(
        form,
        obstacles(await evidence_for(facts), form.outcome),
        today=facts.today,
        latest_conditional=facts.after(facts.limits.conditional_approval_max, start),
        latest_requal=facts.after(facts.limits.requalification_interval, start),
        audit_interval=await audit_interval(facts),
    )
    return {}


suggests_current(DecisionProposal, "proposal", DecisionSignature, DecisionCoSignature)


@checks(DecisionSignature)
async def signs_the_decision(writing: Writing, case: CaseRow, form: DecisionSignature) -> Effect:
    """The last signature puts the decision into force, in the transaction that records it."""
    facts = await facts_of(writing, case)
    refuse_unless_current(form.proposal, await facts.current(DecisionProposal), "proposal")
    refuse_owners(writing.actor.persons, await _owners(facts))
    if not form.approve:
        return {"co_sign": False}
    proposal = await facts.the(DecisionProposal)
    refuse_if_outdated(proposal, facts.today)
    scope = await scope_of(facts.session, facts.case)
    status = status_of(await locked_statement(writing, scope.scope_id))
    await refuse_if_ended_since(facts, proposal.outcome)
    await refuse_unless_liftable(facts, proposal.outcome)
    refuse_if_hindered(proposal.outcome, obstacles(await evidence_for(facts), proposal.outcome))
    if needs_co_signature(proposal.outcome, scope.markets, status):
        return {"co_sign": True}
    return {"co_sign": False, **await _in_force(facts, proposal, [])}


@checks(DecisionCoSignature)
async def co_signs_the_decision(writing: Writing, case: CaseRow, form: DecisionCoSignature) -> Effect:
    """As `signs_the_decision`: the evidence may have changed since the first signature."""
    facts = await facts_of(writing, case)
    refuse_unless_current(form.proposal, await facts.current(DecisionProposal), "proposal")
    if not form.approve:
        return {}
    proposal = await facts.the(DecisionProposal)
    refuse_if_outdated(proposal, facts.today)
    await refuse_if_ended_since(facts, proposal.outcome)
    await refuse_unless_liftable(facts, proposal.outcome)
    refuse_if_hindered(proposal.outcome, obstacles(await evidence_for(facts), proposal.outcome))
    first = (await facts.rows(DecisionSignature))[0]
    return await _in_force(facts, proposal, [first.by_person])


async def _owners(facts: Facts) -> set[str]:
    """Who has acted for supplier quality in the case until now."""
    query = select(RecordRow.by_person).where(
        col(RecordRow.case_id) == facts.case.case_id, col(RecordRow.action).in_(sorted(OWNER_ACTIONS))
    )
    return set((await facts.session.exec(query)).all())


async def _in_force(facts: Facts, proposal: DecisionProposal, signers: list[str]) -> Effect:
    """State the decision on the list. A rejection ends the use of a site that is in use."""
    writing, case = facts.writing, facts.case
    await _notify_people(facts, proposal)
    signed_by = {*signers, *writing.actor.persons}
    if proposal.outcome is QualificationOutcome.REJECTED:
        await end_status(writing, case, proposal.rationale, signed_by, site_is_told=True)
        return {"in_force": True}
    valid_from = proposal.valid_from or facts.today
    effective_from = facts.now if valid_from <= facts.today else facts.start_of(valid_from)
    await state(
        writing,
        case,
        AslStatus(proposal.outcome.value),
        reason_code="QUALIFICATION",
        reason=proposal.rationale,
        decided_by=signed_by,
        effective_from=effective_from,
        valid_to=proposal.conditional_to,
        next_requal_due=proposal.next_requal_due,
        next_audit_due=await _next_audit(facts, proposal),
        last_audit_day=(await evidence_for(facts)).last_day,
        waived_until=(await evidence_for(facts)).waived_until,
        audit_interval_months=proposal.audit_interval_months,
        oversight_model=proposal.oversight_model.value,
        markets=(await scope_of(facts.session, case)).markets,
        site_is_told=True,
    )
    until = facts.calendar.end_of(proposal.conditional_to).isoformat() if proposal.conditional_to else None
    return {"in_force": True, "until": until}


async def _next_audit(facts: Facts, proposal: DecisionProposal) -> date | None:
    """The interval runs from the last day on site; a waiver ends on its own day (sections 5 and 10)."""
    evidence = await evidence_for(facts)
    if evidence.waived_until is not None:
        return evidence.waived_until
    months = proposal.audit_interval_months or await audit_interval(facts)
    return next_audit_due(evidence.last_day, months) if evidence.last_day and months else None


async def _notify_people(facts: Facts, proposal: DecisionProposal) -> None:
    """Who asked for the site, plans its orders or runs it learns of the decision."""
    writing, case = facts.writing, facts.case
    roles = [Role.PROCUREMENT, Role.CMC_LEAD, Role.SUPPLY_CHAIN, Role.QP, Role.CDMO_QA, Role.CDMO_QU_HEAD]
    people = await candidates(writing.session, roles, case.site_id, at=writing.at)
    text = f"{case.case_id}: {case.title}\nDecision: {proposal.outcome}."
    subject = f"{case.case_id}: {proposal.outcome}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


@checks(OmissionDecision)
async def decides_without_an_answer(writing: Writing, case: CaseRow, form: OmissionDecision) -> Effect:
    """A rejection ends the use of a site; a status that this case has given for a time is decided on, not withdrawn."""
    before = await locked_statement(writing, case.scope_ids[0])
    if form.verdict is OmissionVerdict.WITHDRAW and before is not None and before.decided_in == case.case_id:
        message = f"{case.case_id} has given the site a status; reject it or go on."
        raise broken("section 4", message, verdict="is not possible")
    if form.verdict is OmissionVerdict.REJECT:
        await end_status(writing, case, form.reason, writing.actor.persons)
    return {}
