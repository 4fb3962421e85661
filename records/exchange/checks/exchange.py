"""Checks of a technical exchange as a whole: its request and its end."""

from domain.core.refusals import broken
from domain.core.text import in_a_title
from domain.exchange.exchange import ExchangeCancellation, ExchangeRequest, refuse_unless_exchangeable
from records.asl.statements import locked_statement
from records.core.declared import Effect, Requested, checks, opens
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.exchange.exchanges import exchange_of, refuse_while_stopped
from records.exchange.parameter_sets import newest_set, withdraw
from records.site.scopes import site_and_scopes


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


@checks(ExchangeCancellation)
async def can_be_cancelled(writing: Writing, case: CaseRow, form: ExchangeCancellation) -> Effect:
    """A set that was agreed on but is not effective is withdrawn with it."""
    exchange = await exchange_of(writing, case)
    if exchange.parameter_set is not None:
        await locked_statement(writing, exchange.scope_id)
        await withdraw(writing, exchange.parameter_set)
    return {}
