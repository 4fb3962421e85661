"""Checks of concerns."""

from domain.core.people import Org
from domain.exchange.concern import Concern, ConcernSettlement, refuse_unless_settleable
from records.core.declared import Effect, checks
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.exchange.exchanges import concerns_of
from records.exchange.tables.exchanges import ExchangeConcernRow


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
