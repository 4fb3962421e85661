"""Which specification holds for a scope in a market at an instant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.printed import called
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
    return in_force_at(await approved_of(session, scope_id), markets, at)


async def approved_of(session: AsyncSession, scope_id: str) -> Sequence[SpecificationRow]:
    """All approved versions of a scope, the newest first. One statement."""
    query = select(SpecificationRow).where(
        col(SpecificationRow.scope_id) == scope_id, col(SpecificationRow.status) == SpecificationStatus.APPROVED.value
    )
    return (await session.exec(query.order_by(col(SpecificationRow.version).desc()))).all()


def in_force_at(
    approved: Sequence[SpecificationRow], markets: Iterable[str], at: datetime
) -> dict[str, SpecificationRow]:
    """Of the approved versions the one in force for each market at an instant."""
    effective = [row for row in approved if row.effective_from <= at]
    found = {market: next((row for row in effective if market in row.markets), None) for market in markets}
    return {market: row for market, row in found.items() if row is not None}


def names_on_certificates(
    approved: Sequence[SpecificationRow], markets: Iterable[str], instants: Iterable[datetime]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What certificates may call the versions that are in force for a market at any of the instants; and the others."""
    valid = {row.version for at in instants for row in in_force_at(approved, markets, at).values()}
    names: dict[bool, list[str]] = {True: [], False: []}
    for row in approved:
        names[row.version in valid] += called(row.spec_id, row.version, row.printed_as)
    return tuple(dict.fromkeys(names[True])), tuple(dict.fromkeys(names[False]))


def tests_of(row: SpecificationRow) -> tuple[SpecifiedTest, ...]:
    """The tests of a version, as an earlier version of the program may have stored them."""
    return tuple(SpecifiedTest.model_validate(each, extra="ignore") for each in row.tests)
