"""What was learned of a batch after goods of it left, and which markets have not answered it.

What left is said here and nowhere else: what a market has released, and what went there under an exception.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.markets import roles_under
from domain.core.people import Role
from domain.policy.market_rule import DecisionRule
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow

_OF_A_SUPPLY = frozenset({Role.HEAD_QA})
_NONE: frozenset[Role] = frozenset()


def is_out() -> ColumnElement[bool]:
    """Markets of batches whose release stands, or to which goods went, or may go, under an exception."""
    return or_(
        and_(
            col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
            col(BatchMarketRow.withdrawn_at).is_(None),
        ),
        col(BatchMarketRow.supply_stands),
    )


async def released_markets(session: AsyncSession, batch_id: str) -> tuple[str, ...]:
    """The markets whose release stands, or which were supplied under an exception, in order."""
    return tuple(await released_by(session, batch_id))


async def released_by(session: AsyncSession, batch_id: str) -> dict[str, frozenset[Role]]:
    """The same, each with the roles that say that it goes on standing.

    Of what was supplied under an exception the head of quality says it as well, as for the supply.
    """
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id, is_out())
    rows = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    return {
        row.market: roles_under(DecisionRule(row.rule), row.deciders) | (_OF_A_SUPPLY if row.supply_stands else _NONE)
        for row in rows
    }


def unanswered_in(demand: ReviewDemandRow, released: Collection[str]) -> tuple[str, ...]:
    """The released markets that have not answered what was learned, in order."""
    return tuple(sorted(set(released) - set(demand.answers)))


def waiting_markets(demands: Iterable[ReviewDemandRow], released: Collection[str]) -> tuple[str, ...]:
    """The released markets that have something to answer, in order."""
    return tuple(sorted({market for each in demands for market in unanswered_in(each, released)}))


def settled(
    demands: Iterable[ReviewDemandRow],
    released: Collection[str],
    *,
    numbers: Collection[int] = (),
    markets: Collection[str] = (),
) -> list[int]:
    """Numbers of what no released market has left to answer, once `markets` have answered what has these `numbers`."""
    return [
        each.number
        for each in demands
        if set(unanswered_in(each, released)) <= (set(markets) if each.number in numbers else set())
    ]


async def open_demands(session: AsyncSession, batch_id: str) -> Sequence[ReviewDemandRow]:
    """What was learned and is not answered by every released market yet, the oldest first."""
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id) == batch_id, col(ReviewDemandRow.reviewed_at).is_(None)
    )
    return (await session.exec(query.order_by(col(ReviewDemandRow.number)))).all()


async def reviews_awaited(session: AsyncSession, batch_id: str) -> dict[str, tuple[Role, ...]]:
    """By market that has not answered everything, in order, the roles of whom it waits for."""
    demands = await open_demands(session, batch_id)
    if not demands:
        return {}
    released = await released_by(session, batch_id)
    return {market: tuple(sorted(released[market])) for market in waiting_markets(demands, released)}
