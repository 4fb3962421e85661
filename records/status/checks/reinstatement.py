"""Checks of a reinstatement: what it rests on is looked at again with every signature."""

from sqlmodel import col, func, select

from domain.asl.asl import AslStatus
from domain.asl.lifting import refuse_leads, refuse_while_hindered
from domain.core.document import refuse_unless_current
from domain.status.reinstatement import (
    ReinstatementCoSignature,
    ReinstatementProposal,
    ReinstatementSignature,
    hindrances_to,
    refuse_unless_reinstatable,
    refuse_unless_shown,
)
from records.asl.announcing import announce
from records.asl.statements import locked_statement, state, status_of
from records.asl.tables.listing import ConditionRow
from records.audit.leads import leads_of_scope
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks
from records.core.hands import refuse_unless_other_hands
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.status.lifting import lifting_of
from records.status.showing import all_hindrances, faults_of


@checks(ReinstatementProposal)
async def can_be_reinstated(writing: Writing, case: CaseRow, form: ReinstatementProposal) -> Effect:
    """Every exit criterion shown, and nothing critical open (section 5)."""
    lookups = await lookups_of(writing, case)
    await _refuse_unless_possible(lookups, form)
    return {}


async def _refuse_unless_possible(lookups: Lookups, form: ReinstatementProposal) -> None:
    lifting = await lifting_of(lookups)
    refuse_unless_reinstatable(
        form,
        status=status_of(await locked_statement(lookups.writing, lookups.case.scope_ids[0])),
        criteria=lifting.criteria,
        today=lookups.today,
        latest_conditional=lookups.after(lookups.limits.conditional_approval_max),
    )
    needs_no_more = lifting.conditional or bool(lifting.criteria)
    refuse_while_hindered(hindrances_to(form.status, await all_hindrances(lookups), criteria=needs_no_more))
    named = [record for criterion in form.criteria for record in criterion.shown_by]
    refuse_unless_shown(form, await faults_of(lookups, named))


suggests_current(ReinstatementProposal, "proposal", ReinstatementSignature, ReinstatementCoSignature)


@checks(ReinstatementSignature)
async def signs_the_reinstatement(writing: Writing, case: CaseRow, form: ReinstatementSignature) -> Effect:
    """By another person than who proposed it (S1), who has led no audit of the scope (S2)."""
    lookups = await lookups_of(writing, case)
    await _refuse_unless_independent(lookups, form)
    await refuse_unless_other_hands(lookups, ReinstatementProposal)
    if form.approve:
        await _refuse_unless_possible(lookups, await lookups.the(ReinstatementProposal))
    return {}


@checks(ReinstatementCoSignature)
async def co_signs_the_reinstatement(writing: Writing, case: CaseRow, form: ReinstatementCoSignature) -> Effect:
    """The new status is stated with this signature. No hold is lifted: each batch needs its own decision."""
    lookups = await lookups_of(writing, case)
    await _refuse_unless_independent(lookups, form)
    await refuse_unless_other_hands(lookups, ReinstatementProposal)
    signers = await refuse_unless_other_hands(lookups, ReinstatementSignature)
    if not form.approve:
        return {}
    proposal = await lookups.the(ReinstatementProposal)
    await _refuse_unless_possible(lookups, proposal)
    await state(
        writing,
        case,
        AslStatus(proposal.status.value),
        reason_code="REINSTATED",
        reason=proposal.rationale,
        decided_by=signers | writing.actor.persons,
        valid_to=proposal.conditional_to,
    )
    await announce(writing, case, f"The status of {case.scope_ids[0]} is {proposal.status}. Holds on batches stay.")
    until = lookups.calendar.end_of(proposal.conditional_to).isoformat() if proposal.conditional_to else None
    return {"in_force": True, "until": until, "first_condition": await _next_condition(lookups)}


async def _refuse_unless_independent(lookups: Lookups, form: ReinstatementSignature | ReinstatementCoSignature) -> None:
    refuse_unless_current(form.proposal, await lookups.current(ReinstatementProposal), "proposal")
    refuse_leads(lookups.writing.actor.persons, await leads_of_scope(lookups, lookups.case.scope_ids[0]))


async def _next_condition(lookups: Lookups) -> int:
    """Conditions of one case are numbered on, however often it is reinstated."""
    query = select(func.count()).select_from(ConditionRow).where(col(ConditionRow.case_id) == lookups.case.case_id)
    return int((await lookups.session.exec(query)).one()) + 1
