"""Checks of a probation."""

from domain.asl.asl import AslStatus
from domain.asl.request import StatusKind, refuse_unless_fitting
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.status.probation import (
    ProbationConfirmation,
    ProbationDecision,
    refuse_unless_measured,
    suggested_probation,
)
from domain.status.suspension import REVIEW_DAYS
from records.asl.announcing import announce
from records.asl.statements import locked_statement, reach_of, state, status_of
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.hands import refuse_unless_other_hands
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.status.cases import request_of


@suggests(ProbationDecision)
async def suggests_probation(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """A first review after the usual time."""
    return suggested_probation(today=(await lookups_of(writing, case)).today, every_days=REVIEW_DAYS)


@checks(ProbationDecision)
async def decides_on_probation(writing: Writing, case: CaseRow, form: ProbationDecision) -> Effect:
    """Of a status that is good so far (section 5)."""
    refuse_unless_measured(form, today=(await lookups_of(writing, case)).today)
    before = await locked_statement(writing, case.scope_ids[0])
    if form.put:
        refuse_unless_fitting(StatusKind.PROBATION, status_of(before), reach_of(before))
    return {}


suggests_current(ProbationDecision, "decision", ProbationConfirmation)


@checks(ProbationConfirmation)
async def confirms_the_probation(writing: Writing, case: CaseRow, form: ProbationConfirmation) -> Effect:
    """The second of two persons (S1) puts it into force."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.decision, await lookups.current(ProbationDecision), "decision")
    signers = await refuse_unless_other_hands(lookups, ProbationDecision)
    if not form.confirm:
        return {}
    before = await locked_statement(writing, case.scope_ids[0])
    refuse_unless_fitting(StatusKind.PROBATION, status_of(before), reach_of(before))
    decision = await lookups.the(ProbationDecision)
    await state(
        writing,
        case,
        AslStatus.PROBATION,
        reason_code=request_of(case).reason_code.value,
        reason=decision.rationale,
        decided_by=signers | writing.actor.persons,
        valid_to=before.valid_to if before else None,
    )
    await announce(writing, case, f"The status of {case.scope_ids[0]} is PROBATION.")
    return {"review_on": decision.review_on.isoformat() if decision.review_on else None}
