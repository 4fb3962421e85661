"""Checks of the decision on a qualification: what it rests on is looked at again with every signature."""

from datetime import date

from sqlmodel import col, select

from domain.asl.asl import AslStatus, next_audit_due
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import Role
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
from records.asl.statements import end_status, locked_statement, state, status_of
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.qualification.checks.evidence import audit_interval, evidence_for
from records.qualification.checks.status import refuse_if_ended_since, refuse_unless_liftable


@suggests(DecisionProposal)
async def suggests_days(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """From today on, for as long as the policy allows."""
    lookups = await lookups_of(writing, case)
    return suggested_proposal(today=lookups.today, requal_due=lookups.after(lookups.limits.requalification_interval))


@checks(DecisionProposal)
async def can_be_proposed(writing: Writing, case: CaseRow, form: DecisionProposal) -> Effect:
    """Complete evidence, dates within the policy (section 4)."""
    lookups = await lookups_of(writing, case)
    await refuse_if_ended_since(lookups, form.outcome)
    start = form.valid_from or lookups.today
    refuse_unless_proposable(
        form,
        obstacles(await evidence_for(lookups), form.outcome),
        today=lookups.today,
        latest_conditional=lookups.after(lookups.limits.conditional_approval_max, start),
        latest_requal=lookups.after(lookups.limits.requalification_interval, start),
        audit_interval=await audit_interval(lookups),
    )
    return {}


suggests_current(DecisionProposal, "proposal", DecisionSignature, DecisionCoSignature)


@checks(DecisionSignature)
async def signs_the_decision(writing: Writing, case: CaseRow, form: DecisionSignature) -> Effect:
    """The last signature puts the decision into force, in the transaction that records it."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.proposal, await lookups.current(DecisionProposal), "proposal")
    refuse_owners(writing.actor.persons, await _owners(lookups))
    if not form.approve:
        return {"co_sign": False}
    proposal = await lookups.the(DecisionProposal)
    refuse_if_outdated(proposal, lookups.today)
    scope = await scope_of(lookups.session, lookups.case)
    status = status_of(await locked_statement(writing, scope.scope_id))
    await refuse_if_ended_since(lookups, proposal.outcome)
    await refuse_unless_liftable(lookups, proposal.outcome)
    refuse_if_hindered(proposal.outcome, obstacles(await evidence_for(lookups), proposal.outcome))
    if needs_co_signature(proposal.outcome, status, certified=lookups.policy.is_certified(scope.markets)):
        return {"co_sign": True}
    return {"co_sign": False, **await _in_force(lookups, proposal, [])}


@checks(DecisionCoSignature)
async def co_signs_the_decision(writing: Writing, case: CaseRow, form: DecisionCoSignature) -> Effect:
    """As `signs_the_decision`: the evidence may have changed since the first signature."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.proposal, await lookups.current(DecisionProposal), "proposal")
    if not form.approve:
        return {}
    proposal = await lookups.the(DecisionProposal)
    refuse_if_outdated(proposal, lookups.today)
    await refuse_if_ended_since(lookups, proposal.outcome)
    await refuse_unless_liftable(lookups, proposal.outcome)
    refuse_if_hindered(proposal.outcome, obstacles(await evidence_for(lookups), proposal.outcome))
    first = (await lookups.rows(DecisionSignature))[0]
    return await _in_force(lookups, proposal, [first.by_person])


async def _owners(lookups: Lookups) -> set[str]:
    """Who has acted for supplier quality in the case until now."""
    query = select(RecordRow.by_person).where(
        col(RecordRow.case_id) == lookups.case.case_id, col(RecordRow.action).in_(sorted(OWNER_ACTIONS))
    )
    return set((await lookups.session.exec(query)).all())


async def _in_force(lookups: Lookups, proposal: DecisionProposal, signers: list[str]) -> Effect:
    """State the decision on the list. A rejection ends the use of a site that is in use."""
    writing, case = lookups.writing, lookups.case
    await _notify_people(lookups, proposal)
    signed_by = {*signers, *writing.actor.persons}
    if proposal.outcome is QualificationOutcome.REJECTED:
        await end_status(writing, case, proposal.rationale, signed_by, site_is_told=True)
        return {"in_force": True}
    valid_from = proposal.valid_from or lookups.today
    effective_from = lookups.now if valid_from <= lookups.today else lookups.start_of(valid_from)
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
        next_audit_due=await _next_audit(lookups, proposal),
        last_audit_day=(await evidence_for(lookups)).last_day,
        waived_until=(await evidence_for(lookups)).waived_until,
        audit_interval_months=proposal.audit_interval_months,
        oversight_model=proposal.oversight_model.value,
        markets=(await scope_of(lookups.session, case)).markets,
        site_is_told=True,
    )
    until = lookups.calendar.end_of(proposal.conditional_to).isoformat() if proposal.conditional_to else None
    return {"in_force": True, "until": until}


async def _next_audit(lookups: Lookups, proposal: DecisionProposal) -> date | None:
    """The interval runs from the last day on site; a waiver ends on its own day (sections 5 and 10)."""
    evidence = await evidence_for(lookups)
    if evidence.waived_until is not None:
        return evidence.waived_until
    months = proposal.audit_interval_months or await audit_interval(lookups)
    return next_audit_due(evidence.last_day, months) if evidence.last_day and months else None


async def _notify_people(lookups: Lookups, proposal: DecisionProposal) -> None:
    """Who asked for the site, plans its orders or runs it learns of the decision."""
    writing, case = lookups.writing, lookups.case
    roles = [Role.PROCUREMENT, Role.CMC_LEAD, Role.SUPPLY_CHAIN, Role.QP, Role.CDMO_QA, Role.CDMO_QU_HEAD]
    people = await candidates(writing.session, roles, case.site_id, at=writing.at)
    text = f"{case.case_id}: {case.title}\nDecision: {proposal.outcome}."
    subject = f"{case.case_id}: {proposal.outcome}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)
