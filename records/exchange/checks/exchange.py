"""Checks of a technical exchange as a whole: its request, its concerns, its end."""

from domain.core.people import Org
from domain.core.refusals import broken
from domain.core.text import in_a_title
from domain.exchange.concern import Concern, ConcernSettlement, refuse_unless_settleable
from domain.exchange.exchange import ExchangeCancellation, ExchangeRequest, refuse_unless_exchangeable
from records.asl.statements import locked_statement
from records.core.declared import Effect, Requested, checks, opens
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.exchange.exchanges import concerns_of, exchange_of, refuse_while_stopped
from records.exchange.parameter_sets import newest_set, withdraw
from records.exchange.tables.exchanges import ExchangeConcernRow
from records.site.checks.site_facts import site_and_scopes


@opens(ExchangeRequest)
async def opens_an_exchange(writing: Writing, form: ExchangeRequest) -> Requested:
    """Not while the site is fully suspended; from the newest parameter set; with no more rounds than the policy's."""
    if form.scope_id not in (await site_and_scopes(writing, form.site_id)).scope_ids:
        raise broken("section 7, exchange", "The scope is not one of the site's.", scope_id="is no scope of this site")
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    await refuse_while_stopped(writing, form.scope_id)
    newest, limits = await newest_set(writing.session, form.scope_id), (await writing.policy()).limits
    most = limits.exchange_rounds_max
    refuse_unless_exchangeable(form, newest=newest.set_id if newest else None, rounds_max=most)
    scope = await writing.session.get_one(ScopeRow, form.scope_id)
    return requested.model_copy(
        update={
            "title": f"Technical exchange on {in_a_title(scope.product)} at {form.site_id} ({form.purpose})",
            "kind": form.purpose.value,
            "effect": {"product": scope.product, "rounds_max": form.max_rounds or most},
        }
    )


@checks(Concern)
async def can_be_raised(writing: Writing, case: CaseRow, form: Concern) -> Effect:
    """Gives it a number."""
    return {"number": len(await concerns_of(writing.session, case.case_id)) + 1}


@checks(ConcernSettlement)
async def can_be_settled(writing: Writing, case: CaseRow, form: ConcernSettlement) -> Effect:
    """By the side that raised it, once."""
    row = await writing.session.get(ExchangeConcernRow, (case.case_id, form.number))
    raised_by, settled = (Org(row.org), row.settled_at is not None) if row else (None, False)
    refuse_unless_settleable(form.number, raised_by, settled=settled, by=writing.actor.org)
    return {}


@checks(ExchangeCancellation)
async def can_be_cancelled(writing: Writing, case: CaseRow, form: ExchangeCancellation) -> Effect:
    """A set that was agreed on but is not effective is withdrawn with it."""
    exchange = await exchange_of(writing, case)
    if exchange.parameter_set is not None:
        await locked_statement(writing, exchange.scope_id)
        await withdraw(writing, exchange.parameter_set)
    return {}
