"""Checks of critical findings, and of the decisions on abort and suspension that they lead to."""

from domain.asl.asl import AslStatus, SuspensionScope, may_be_suspended
from domain.asl.request import StatusReason
from domain.audit.critical import (
    AbortDecision,
    CriticalFinding,
    SuspensionDecision,
    refuse_unless_informed,
    refuse_unless_scoped,
)
from domain.core.days import Unit
from records.asl.announcing import announce
from records.asl.statements import left_to_people, locked_statement, reach_of, state, status_of
from records.audit.reactions import told_of_criticals
from records.audit.standing import critical_in
from records.core.declared import Effect, checks
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(SuspensionDecision)
async def suspends_after_an_audit(writing: Writing, case: CaseRow, form: SuspensionDecision) -> Effect:
    """Every scope of the audit that is in use is suspended at once, each with a case that leads out of it.

    Of a scope that is not on the list nothing is stated; a suspension that reaches as far already stays as it is.
    """
    refuse_unless_scoped(form)
    if form.scope is None:
        return {}
    wanted = form.scope
    suspended: dict[str, str] = {}
    for scope_id in sorted(case.scope_ids):
        before = await locked_statement(writing, scope_id)
        if may_be_suspended(status_of(before), reach_of(before), wanted):
            suspended[scope_id] = await _suspend(writing, case, scope_id, wanted, form.reason)
    return {"suspended": {**suspended}}


async def _suspend(writing: Writing, case: CaseRow, scope_id: str, wanted: SuspensionScope, reason: str) -> str:
    """State the suspension and open its case. Returns the id of the case."""
    await state(
        writing,
        case,
        AslStatus.SUSPENDED,
        suspension_scope=wanted,
        reason_code=StatusReason.CRITICAL_FINDING.value,
        reason=reason,
        decided_by=writing.actor.persons,
        scope_id=scope_id,
    )
    await announce(writing, case, f"The status of {scope_id} is SUSPENDED ({wanted}).", scope_id=scope_id)
    fact = left_to_people(case, StatusReason.CRITICAL_FINDING, reason, scope_id=scope_id, reach=wanted)
    (opened,) = (await establish(writing, fact)).opened
    return opened


@checks(AbortDecision)
async def ends_today(writing: Writing, case: CaseRow, form: AbortDecision) -> Effect:
    """An aborted audit ended on the day of the decision, in the site's time zone."""
    return {"last_day": (await lookups_of(writing, case)).today.isoformat()}


@checks(CriticalFinding)
async def is_informed_at_once(writing: Writing, case: CaseRow, form: CriticalFinding) -> Effect:
    """The head of QA and the QP learn of it at once (policy key `audit.critical_notify`)."""
    lookups = await lookups_of(writing, case)
    policy = await writing.policy()
    span = policy.clock("audit.critical_notify").span
    hours = span.n if span.unit is Unit.HOURS else 24
    refuse_unless_informed(form, now=writing.at, tz=lookups.tz, max_hours=hours)
    await establish(
        writing, critical_in(case, form.area, form.description, form.affected_batches, suspension_is_asked=True)
    )
    return {"told": [person.person_id for person in await told_of_criticals(writing, case.site_id)]}
