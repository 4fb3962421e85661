"""Who decides in cases about batches and about scopes, by their markets (section 18)."""

from sqlmodel import col, select

from domain.batch.holds.hold import LIFTERS, LiftProposal
from domain.batch.holds.holds import HoldType
from domain.batch.holds.market_judgement import MarketCoJudgement, MarketJudgement, Slot, co_judges
from domain.batch.making.stage_rules import deciders_at_stage
from domain.batch.markets import deciders, roles_under
from domain.core.forms import Process
from domain.core.people import Role
from domain.policy.market_rule import DecisionRule
from records.batch.holds.hold_causes import is_of_an_authorisation
from records.batch.holds.market_judgements import given_on
from records.batch.market_refusals import refusal_of
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.core.deciders import Given, decides, decides_on
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRoleRow, ScopeRow
from records.core.writing import Writing


@decides(Process.BATCH)
async def of_a_batch(writing: Writing, case: CaseRow) -> frozenset[Role]:
    """By the markets that the batch is made for and that have not refused it; by all of them if each has.

    What a decision means there counts as well.
    """
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == case.case_id)
    rows = (await writing.session.exec(query)).all()
    left = [row for row in rows if refusal_of(row) is None]
    return deciders_at_stage(DecisionRule(row.rule) for row in left or rows)


async def of_market(writing: Writing, case: CaseRow, market: str) -> frozenset[Role]:
    """Who decides on what concerns one market of a batch, by what a decision means there."""
    row = await writing.session.get(BatchMarketRow, (case.case_id, market))
    return deciders_of(row) if row is not None else deciders(())


def deciders_of(market: BatchMarketRow) -> frozenset[Role]:
    """The roles that decide for a market of a batch, by what a decision means there."""
    rule = DecisionRule(market.rule)
    return roles_under(rule, market.deciders) if rule.is_of_a_product else deciders_at_stage([rule])


@decides(Process.QUALIFICATION, Process.AGREEMENT, Process.STATUS)
async def of_scopes(writing: Writing, case: CaseRow) -> frozenset[Role]:
    """By the markets of the scopes that the case is about. A qualified person may be asked as well, if there is one."""
    query = select(ScopeRow).where(col(ScopeRow.scope_id).in_(case.scope_ids))
    markets = [market for row in (await writing.session.exec(query)).all() for market in row.markets]
    policy = await writing.policy()
    rows = [row for market in markets if (row := policy.market_rule(market)) is not None]
    return deciders(row.rule for row in rows) | {Role.QP}


@decides_on(LiftProposal)
async def of_one_hold(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """Whoever owns it, where the end of an authorisation has led to it; of others it is asked when they propose it."""
    hold = await writing.session.get(HoldRow, str(given.get("hold_id")))
    if hold is None or not is_of_an_authorisation(hold):
        return LiftProposal.action.by
    return LIFTERS[HoldType(hold.type)]


@decides_on(MarketJudgement)
async def of_one_market(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """By the market that it is for alone."""
    return await of_market(writing, case, str(given.get("market")))


@decides_on(MarketCoJudgement)
async def beside_the_decider(writing: Writing, case: CaseRow, given: Given) -> frozenset[Role]:
    """The head of quality; another member of the quality unit where she has judged as the decider."""
    judged = {row.slot: row for row in await given_on(writing.session, str(given.get("hold_id")))}
    if Slot.DECIDER.value not in judged:
        return co_judges(None)
    query = select(PersonRoleRow.role).where(col(PersonRoleRow.person_id).in_(judged[Slot.DECIDER.value].persons))
    return co_judges([Role(role) for role in (await writing.session.exec(query)).all()])
