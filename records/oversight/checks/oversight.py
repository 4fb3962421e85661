"""Checks of the oversight of a site."""

from domain.core.refusals import Code, Refused
from domain.oversight.oversight import OversightRequest, ShorterInterval, refuse_unless_shorter
from records.asl.statements import locked_statement, restate, status_ahead
from records.audit.intervals import months_between_audits, next_audit
from records.core.declared import Effect, Requested, checks, opens
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.oversight.watching import oversight_case
from records.site.scopes import site_and_scopes


@opens(OversightRequest)
async def opens_oversight(writing: Writing, form: OversightRequest) -> Requested:
    """One case for each entry of the list."""
    if (watched_by := await oversight_case(writing.session, form.scope_id)) is not None:
        return Requested(merged_into=watched_by)
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    (activity,) = requested.activities
    return requested.model_copy(update={"title": f"Oversight of {form.site_id} ({activity})", "trigger": form.scope_id})


@checks(ShorterInterval)
async def shortens_the_interval(writing: Writing, case: CaseRow, form: ShorterInterval) -> Effect:
    """The audit is due earlier from now on, and the approved supplier list says so."""
    scope = await scope_of(writing.session, case)
    statement = await locked_statement(writing, scope.scope_id)
    if statement is None:
        raise Refused(Code.NOT_OPEN, "The site is not on the list for this scope yet.")
    if (begins := await status_ahead(writing.session, scope.scope_id, writing.at)) is not None:
        message = f"A decision takes effect on {begins:%Y-%m-%d}; shorten the interval after that."
        raise Refused(Code.CONFLICT, message, rule="audit.interval")
    policy = await writing.policy()
    refuse_unless_shorter(form, months_between_audits(scope, statement, policy))
    due = await next_audit(writing.session, scope, statement, policy, months=form.months)
    note = f"{form.months} months between audits: {form.reason}"
    await restate(writing, statement, next_audit_due=due, audit_interval_months=form.months, note=note)
    return {"next_audit_due": due.isoformat() if due else None}
