"""What checks look up about a technical exchange: its round, what is open, what stands against an agreement."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.exchange.exchange import refuse_unless_may_exchange
from domain.exchange.round import ItemOutcome
from records.asl.statements import locked_statement, reach_of, status_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.exchange.tables.exchanges import ExchangeConcernRow, ExchangeItemRow, ExchangeRow


async def refuse_while_stopped(writing: Writing, scope_id: str) -> None:
    """Raise `Refused` while the scope is fully suspended. A suspension that is decided meanwhile waits for this entry.

    Whoever holds the lock of a list never waits for an exchange, so the case may be locked before it.
    """
    statement = await locked_statement(writing, scope_id)
    refuse_unless_may_exchange(status_of(statement), reach_of(statement))


async def exchange_of(writing: Writing, case: CaseRow) -> ExchangeRow:
    """The exchange that a case is."""
    return await writing.session.get_one(ExchangeRow, case.case_id)


async def items_of(session: AsyncSession, case_id: str, round_: int) -> list[ExchangeItemRow]:
    """The items of a round, by number."""
    query = select(ExchangeItemRow).where(col(ExchangeItemRow.case_id) == case_id, col(ExchangeItemRow.round) == round_)
    return list((await session.exec(query.order_by(col(ExchangeItemRow.number)))).all())


async def open_in(session: AsyncSession, exchange: ExchangeRow) -> dict[int, str | None]:
    """The items that the last review has left open, with what it said is missing."""
    items = await items_of(session, exchange.case_id, exchange.round)
    return {item.number: item.reason for item in items if item.verdict == ItemOutcome.OPEN.value}


async def last_number(session: AsyncSession, case_id: str) -> int:
    """The greatest number of an item of the exchange; 0 if there is none."""
    query = select(func.max(col(ExchangeItemRow.number))).where(col(ExchangeItemRow.case_id) == case_id)
    return (await session.exec(query)).one() or 0


async def deferred_in(session: AsyncSession, case_id: str) -> list[int]:
    """The items that were left for later, in whatever round."""
    query = select(ExchangeItemRow.number).where(
        col(ExchangeItemRow.case_id) == case_id, col(ExchangeItemRow.verdict) == ItemOutcome.DEFERRED.value
    )
    return sorted((await session.exec(query)).all())


async def concerns_of(session: AsyncSession, case_id: str) -> list[ExchangeConcernRow]:
    """Every concern, by number."""
    query = select(ExchangeConcernRow).where(col(ExchangeConcernRow.case_id) == case_id)
    return list((await session.exec(query.order_by(col(ExchangeConcernRow.number)))).all())


async def standing_concerns(session: AsyncSession, case_id: str) -> list[int]:
    """The numbers of the concerns that stand."""
    return [row.number for row in await concerns_of(session, case_id) if row.settled_at is None]
