"""Checks of what regulatory affairs states of an agreed parameter set, and of the day on which it takes effect."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.change.decision import ChangeVerdict
from domain.core.entry import OpenTask
from domain.exchange.parameter_filing import (
    FilingStatement,
    change_case,
    effective_on,
    pending_markets,
    refuse_unless_approved_change,
    refuse_unless_stated,
    suggested_filings,
)
from records.asl.statements import locked_statement
from records.change.tables import ChangeRow
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.exchange.exchanges import exchange_of
from records.exchange.parameter_sets import put_into_effect, replaces_another
from records.exchange.tables.exchanges import ExchangeRow


@suggests(FilingStatement)
async def suggests_filings(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The markets of the scope, and the newest approved change that concerns it."""
    scope = await writing.session.get_one(ScopeRow, case.scope_ids[0])
    approved = [row for row in await _changes(writing.session, case) if _is_approved(row)]
    newest = max(approved, key=lambda row: row.decided_at or row.submitted_at, default=None)
    return suggested_filings(scope.markets, newest.case_id if newest else None)


@checks(FilingStatement)
async def can_be_stated(writing: Writing, case: CaseRow, form: FilingStatement) -> Effect:
    """Every market is stated; the set takes effect unless an approval is missing or its day is still to come."""
    lookups, exchange = await lookups_of(writing, case), await exchange_of(writing, case)
    set_id = _agreed_set(exchange)
    await locked_statement(writing, exchange.scope_id)
    scope = await writing.session.get_one(ScopeRow, exchange.scope_id)
    refuse_unless_stated(form, scope.markets, replaces=await replaces_another(writing.session, set_id))
    if (named := change_case(form.change)) is not None:
        row = next((row for row in await _changes(writing.session, case) if row.case_id == named), None)
        refuse_unless_approved_change(known=row is not None, approved=row is not None and _is_approved(row))
    pending, day = pending_markets(form), effective_on(form, lookups.today)
    if pending:
        return {"pending": [*pending]}
    if day > lookups.today:
        return {"effective_at": lookups.start_of(day).isoformat()}
    await put_into_effect(writing, set_id)
    return {}


@checks_event("exchange.approval_day")
async def takes_effect(writing: Writing, payload: Effect) -> Effect:
    """The last day of approval has come. Raises `AssertionError` before it."""
    case = await writing.case()
    exchange = await exchange_of(writing, case)
    await locked_statement(writing, exchange.scope_id)
    (last, *_) = await (await lookups_of(writing, case)).rows(FilingStatement)
    assert writing.at >= datetime.fromisoformat(str(last.effect["effective_at"])), "The day has come."
    await put_into_effect(writing, _agreed_set(exchange))
    return {}


def _agreed_set(exchange: ExchangeRow) -> str:
    assert exchange.parameter_set is not None, "Four have signed."
    return exchange.parameter_set


async def _changes(session: AsyncSession, case: CaseRow) -> list[ChangeRow]:
    """The changes at the site that concern the scope."""
    query = select(ChangeRow).where(col(ChangeRow.site_id) == case.site_id)
    return [row for row in (await session.exec(query)).all() if case.scope_ids[0] in row.scope_ids]


def _is_approved(row: ChangeRow) -> bool:
    return row.decision is not None and ChangeVerdict(row.decision).approves
