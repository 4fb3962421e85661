"""Checks of judgements on what another market has decided: two people, on evidence, in any order (section 18)."""

from domain.batch.holds.hold import refuse_while_caused
from domain.batch.holds.holds import HoldType
from domain.batch.holds.market_judgement import (
    MarketCoJudgement,
    MarketJudgement,
    Slot,
    refuse_same_person,
    refuse_unless_about,
)
from records.batch.holds.hold_causes import causes_of
from records.batch.holds.holds import standing
from records.batch.holds.market_judgements import given_on
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(MarketJudgement)
async def judges(writing: Writing, case: CaseRow, form: MarketJudgement) -> Effect:
    """By the decider of the market, whose part comes first in rank: taken by who has co-judged, it voids that."""
    return await _judges(writing, case, form, Slot.DECIDER)


@checks(MarketCoJudgement)
async def judges_as_head(writing: Writing, case: CaseRow, form: MarketCoJudgement) -> Effect:
    """By the head of quality, another person than the decider."""
    return await _judges(writing, case, form, Slot.QUALITY)


async def _judges(writing: Writing, case: CaseRow, form: MarketJudgement | MarketCoJudgement, slot: Slot) -> Effect:
    """The hold is lifted with the second yes, unless a batch that it comes from is held for the same refusal."""
    hold = await standing(writing.session, case, form.hold_id)
    is_suspension = hold.type == HoldType.OTHER_MARKET.value
    refuse_unless_about(form, is_suspension=is_suspension, market=hold.market)
    given = {Slot(row.slot): row for row in await given_on(writing.session, hold.hold_id)}
    other = next((row for of, row in given.items() if of is not slot), None)
    persons = writing.actor.persons
    is_voided = slot is Slot.DECIDER and other is not None and not persons.isdisjoint(other.persons)
    if other is not None and not is_voided:
        refuse_same_person(persons, other.persons)
    if form.goes_on:
        refuse_while_caused(HoldType(hold.type), await causes_of(writing, hold))
    lifted = form.goes_on and other is not None and other.goes_on and not is_voided
    return {"slot": slot.value, "lifted": lifted, "voids": is_voided, "signers": [*sorted(persons)]}
