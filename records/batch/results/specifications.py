"""Which specification holds for a scope in a market at an instant."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.specification import SpecificationStatus, SpecifiedTest
from records.batch.tables.analysis import SpecificationRow


async def specification_in_force(
    session: AsyncSession, scope_id: str, market: str, at: datetime
) -> SpecificationRow | None:
    """The newest approved version of a scope that names the market and has taken effect; `None` if there is none."""
    return (await specifications_in_force(session, scope_id, (market,), at)).get(market)


async def specifications_in_force(
    session: AsyncSession, scope_id: str, markets: Iterable[str], at: datetime
) -> dict[str, SpecificationRow]:
    """The version in force for each market that has one. One statement.

    The newest that has taken effect holds: the one whose place it takes never comes back, not even if it was to take
    effect later.
    """
    query = (
        select(SpecificationRow)
        .where(
            col(SpecificationRow.scope_id) == scope_id,
            col(SpecificationRow.status) == SpecificationStatus.APPROVED.value,
            col(SpecificationRow.effective_from) <= at,
        )
        .order_by(col(SpecificationRow.version).desc())
    )
    rows = (await session.exec(query)).all()
    found = {market: next((row for row in rows if market in row.markets), None) for market in markets}
    return {market: row for market, row in found.items() if row is not None}


def tests_of(row: SpecificationRow) -> tuple[SpecifiedTest, ...]:
    """The tests of a version, as an earlier version of the program may have stored them."""
    return tuple(SpecifiedTest.model_validate(each, extra="ignore") for each in row.tests)
