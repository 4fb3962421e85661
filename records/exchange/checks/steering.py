"""Checks of what the steering pair answers: both halves are asked together, and again if they differ."""

from domain.core.entry import OpenTask
from domain.exchange.exchange import NextStep
from domain.exchange.steering import (
    Steering,
    SteeringChoice,
    SteeringDecision,
    SteeringDecisionForSite,
    refuse_unless_steered,
    step_after_steering,
    suggested_steering,
)
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.exchange.exchanges import exchange_of, open_in, refuse_while_stopped


async def _suggests_open_items(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The items that are open, to be judged."""
    return suggested_steering(await open_in(writing.session, await exchange_of(writing, case)))


suggests(SteeringDecision)(_suggests_open_items)
suggests(SteeringDecisionForSite)(_suggests_open_items)


@checks(SteeringDecision)
async def steers(writing: Writing, case: CaseRow, form: SteeringDecision) -> Effect:
    """Compared with what the site's half has answered to the same question."""
    return await _steered(writing, case, form, SteeringDecisionForSite)


@checks(SteeringDecisionForSite)
async def steers_for_site(writing: Writing, case: CaseRow, form: SteeringDecisionForSite) -> Effect:
    """Compared with what the sponsor's half has answered to the same question."""
    return await _steered(writing, case, form, SteeringDecision)


async def _steered(writing: Writing, case: CaseRow, form: Steering, other: type[Steering]) -> Effect:
    """Says what follows once both have answered. Their versions pair up: both are asked each time, and once."""
    exchange = await exchange_of(writing, case)
    if form.decision is not SteeringChoice.CLOSE_NO_AGREEMENT:
        await refuse_while_stopped(writing, exchange.scope_id)
    refuse_unless_steered(form, await open_in(writing.session, exchange))
    lookups = await lookups_of(writing, case)
    asked = len(await lookups.rows(type(form)))
    answers = await lookups.all(other)
    if len(answers) <= asked:
        return {}
    step = step_after_steering(form, answers[0])
    return {"next": step.value, "agreed": step is not NextStep.ESCALATION}
