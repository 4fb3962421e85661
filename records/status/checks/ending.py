"""Checks of disqualification and retirement."""

from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.asl.request import StatusKind, refuse_unless_fitting
from domain.batch.holds.holds import BatchState
from domain.core.case import CaseOrder
from domain.core.document import refuse_unless_current
from domain.core.forms import Process
from domain.status.ending import (
    DisqualificationConsent,
    DisqualificationDecision,
    RetirementDecision,
    refuse_unless_planned,
    refuse_while_open,
)
from records.asl.announcing import announce
from records.asl.statements import locked_statement, state, status_of
from records.batch.batches import batches_of
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks
from records.core.hands import refuse_unless_other_hands
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.status.cases import request_of

_COMPLAINT = "COMPLAINT"
_NOT_OVER = (BatchState.OPEN.value, BatchState.CERTIFIED.value, BatchState.SUPPLIED.value)


@checks(DisqualificationDecision)
async def decides_on_disqualification(writing: Writing, case: CaseRow, form: DisqualificationDecision) -> Effect:
    """With an exit plan (section 5)."""
    refuse_unless_planned(form)
    before = await locked_statement(writing, case.scope_ids[0])
    if form.disqualify:
        refuse_unless_fitting(StatusKind.DISQUALIFICATION, status_of(before))
    return {}


suggests_current(DisqualificationDecision, "decision", DisqualificationConsent)


@checks(DisqualificationConsent)
async def consents_to_disqualification(writing: Writing, case: CaseRow, form: DisqualificationConsent) -> Effect:
    """The second of two persons (S1) puts it into force; all open batches are held."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.decision, await lookups.current(DisqualificationDecision), "decision")
    signers = await refuse_unless_other_hands(lookups, DisqualificationDecision)
    if not form.consent:
        return {}
    refuse_unless_fitting(StatusKind.DISQUALIFICATION, status_of(await locked_statement(writing, case.scope_ids[0])))
    held = await state(
        writing,
        case,
        AslStatus.DISQUALIFIED,
        reason_code=request_of(case).reason_code.value,
        reason=(await lookups.the(DisqualificationDecision)).rationale,
        decided_by=signers | writing.actor.persons,
    )
    await announce(writing, case, f"The status of {case.scope_ids[0]} is DISQUALIFIED.")
    return {"held": [*held]}


@checks(RetirementDecision)
async def decides_on_retirement(writing: Writing, case: CaseRow, form: RetirementDecision) -> Effect:
    """Nothing is open at the site for the scope; who asked for it is the first of two persons (section 5)."""
    lookups = await lookups_of(writing, case)
    before = await locked_statement(writing, case.scope_ids[0])
    if not form.retire:
        return {}
    refuse_unless_fitting(StatusKind.RETIREMENT, status_of(before))
    refuse_while_open(await _still_open(lookups))
    await state(
        writing,
        case,
        AslStatus.RETIRED,
        reason_code=request_of(case).reason_code.value,
        reason=form.reason,
        decided_by=CaseOrder.model_validate(case.order).requested_by.persons | writing.actor.persons,
    )
    await announce(writing, case, f"The status of {case.scope_ids[0]} is RETIRED.")
    return {}


async def _still_open(lookups: Lookups) -> dict[str, str]:
    """Batches, CAPAs, complaints and audits of the scope that are not over, by their kind."""
    (scope_id,) = lookups.case.scope_ids
    batches = await batches_of(lookups.session, scope_id, *_NOT_OVER)
    found = {"batches": [batch.batch_id for batch in batches]}
    names = {Process.CAPA.value: "capas", Process.EVENT.value: "complaints", Process.AUDIT.value: "audits"}
    query = select(CaseRow).where(
        col(CaseRow.site_id) == lookups.case.site_id,
        col(CaseRow.process).in_(sorted(names)),
        col(CaseRow.closed_at).is_(None),
    )
    for case in (await lookups.session.exec(query.order_by(col(CaseRow.process), col(CaseRow.number)))).all():
        concerns = not case.scope_ids or scope_id in case.scope_ids
        if concerns and (case.process != Process.EVENT.value or case.kind == _COMPLAINT):
            found.setdefault(names[case.process], []).append(case.case_id)
    return {kind: ", ".join(ids) for kind, ids in found.items() if ids}
