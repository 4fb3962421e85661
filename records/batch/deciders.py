"""Who decides in cases about batches and about scopes, by their markets (section 18)."""

from sqlmodel import col, select

from domain.batch.batch import DecisionRule
from domain.batch.markets import deciders
from domain.batch.stage_rules import deciders_at_stage
from domain.core.forms import Process
from domain.core.people import Role
from records.batch.tables.batches import BatchMarketRow
from records.core.deciders import decides
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


@decides(Process.BATCH)
async def of_a_batch(writing: Writing, case: CaseRow) -> frozenset[Role]:
    """By the markets that the batch is made for, decided or not, and what a decision on it means."""
    query = select(BatchMarketRow.market, BatchMarketRow.rule).where(col(BatchMarketRow.batch_id) == case.case_id)
    rows = (await writing.session.exec(query)).all()
    return deciders_at_stage((market, DecisionRule(rule)) for market, rule in rows)


@decides(Process.QUALIFICATION, Process.AGREEMENT, Process.STATUS)
async def of_scopes(writing: Writing, case: CaseRow) -> frozenset[Role]:
    """By the markets of the scopes that the case is about. A qualified person may be asked as well, if there is one."""
    query = select(ScopeRow).where(col(ScopeRow.scope_id).in_(case.scope_ids))
    markets = [market for row in (await writing.session.exec(query)).all() for market in row.markets]
    return deciders(markets) | {Role.QP}
