"""The evaluation of a site and scope: what is due by now is done, in the transaction in which it is recorded."""

from domain.appointment.vacancy import Vacancy
from domain.asl.asl import AslStatus
from domain.oversight.evaluation import (
    OversightEvaluation,
    fallen_due,
    flags,
    in_effect,
    new_orders_stopped_by,
    next_moment,
)
from domain.oversight.schedule import is_planned, schedule
from domain.policy.policy import Policy
from records.appointment.able import Able
from records.appointment.questions import VacantMarkets
from records.asl.statements import locked_statement, reach_of, restate, status_ahead, status_of
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.audit.intervals import months_between_audits
from records.batch.holds.holds import undecided_batches
from records.core.declared import Effect, checks_event
from records.core.lookups import Lookups, lookups_of
from records.core.questions import ask
from records.core.scopes import scope_of
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.oversight.checks.falling_due import STEPS, ListEntry
from records.oversight.standing import flags_of_cases, standing_of


@checks_event("site.looked")
async def evaluates(writing: Writing, payload: Effect) -> Effect:
    """Plan the next audit anew, do what is due, and say when to evaluate again (section 5)."""
    case = await writing.case()
    lookups, scope = await lookups_of(writing, case), await scope_of(writing.session, case)
    await writing.head(case.site_id)  # before the list, as requests do; scopes of one site are evaluated in turn
    statement = await locked_statement(writing, scope.scope_id)
    if statement is None or AslStatus(statement.status) in (AslStatus.DISQUALIFIED, AslStatus.RETIRED):
        evaluation = await _unused(lookups, scope, statement)
    else:
        evaluation = await _watched(lookups, scope, statement)
    return evaluation.model_dump(mode="json")


async def _unused(lookups: Lookups, scope: ScopeRow, statement: AslRow | None) -> OversightEvaluation:
    """Nothing is due before a status begins that was stated ahead. Without one the watch is over."""
    status, begins = status_of(statement), await status_ahead(lookups.session, scope.scope_id, lookups.now)
    stopped = tuple(new_orders_stopped_by(status, None, (), lookups.now))
    ends, then = (status, "") if begins is None else (None, "The status begins.")
    return OversightEvaluation(ends=ends, orders_stopped_by=stopped, next=begins, then=then)


async def _watched(lookups: Lookups, scope: ScopeRow, statement: AslRow) -> OversightEvaluation:
    writing, case, now = lookups.writing, lookups.case, lookups.now
    watch = await writing.session.get_one(OversightRow, case.case_id)
    policy = await writing.policy()
    standing = await standing_of(writing.session, watch, scope, statement, policy, lookups.calendar, now)
    standing = standing.model_copy(update={"vacancies": await _vacancies(writing, scope, policy)})
    entry = ListEntry(writing, lookups, scope, statement, standing)
    await _plans_anew(entry)
    since = watch.looked_at or case.requested_at
    moments = schedule(standing, policy, lookups.calendar, now=now, since=since)
    for moment in [*in_effect(moments, now), *fallen_due(moments, since, now)]:
        if (step := STEPS.get(moment.what)) is not None:
            await step(entry, moment)
    if entry.done:  # flags are those of the status that it has now
        standing = standing.model_copy(update={"status": entry.status})
        moments = schedule(standing, policy, lookups.calendar, now=now, since=since)
    following = next_moment(moments, now)
    return OversightEvaluation(
        flags=tuple(flags(moments, now, await flags_of_cases(writing.session, scope))),
        orders_stopped_by=tuple(new_orders_stopped_by(entry.status, reach_of(entry.statement), moments, now)),
        next_audit_due=standing.audit_due if is_planned(entry.status) else None,
        interval_months=months_between_audits(scope, entry.statement, policy),
        next=following.at if following else None,
        then=following.then if following else "",
        done=tuple(entry.done),
        refused=tuple(entry.refused),
    )


async def _vacancies(writing: Writing, scope: ScopeRow, policy: Policy) -> tuple[Vacancy, ...]:
    """Nothing is looked up for a scope of which no batch is open."""
    if not await undecided_batches(writing.session, scope.scope_id):
        return ()
    ahead = max(policy.limits.certificate_reminders, default=0)
    asked = VacantMarkets(able=await Able.to_sign(writing), days=ahead, scope_id=scope.scope_id)
    return tuple(each for found in await ask(writing, asked) for each in found)


async def _plans_anew(entry: ListEntry) -> None:
    """The list says by when the next audit must be. A status that was stated ahead is not overtaken by it."""
    due = entry.standing.audit_due
    if due == entry.statement.next_audit_due or due is None or entry.standing.status_begins is not None:
        return
    note = f"Next audit due {due} instead of {entry.statement.next_audit_due}: tier {entry.scope.risk_tier}."
    await restate(entry.writing, entry.statement, next_audit_due=due, note=note)
    stated = await locked_statement(entry.writing, entry.scope.scope_id)
    assert stated is not None
    entry.statement = stated
    entry.done.append("REPLANNED")
