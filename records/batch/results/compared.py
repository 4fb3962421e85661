"""Results of analysis, compared with what is registered in each market of their batch (section 19, gate G8)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.recomputation import Recomputation, Reported
from domain.batch.results.specification import SpecifiedTest
from domain.core.rounding import Rounding
from records.batch.questions import SpecifiedByMarket, SpecifiedIn
from records.batch.results.analysis import newest_met
from records.batch.results.specifications import approved_of, tests_of, valid_at
from records.batch.tables.analysis import SpecificationRow
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies
from records.core.questions import ask
from records.core.writing import Writing


class Compared(NamedTuple):
    """Results, compared with one version of the specification, for the markets in which it is in force."""

    spec_id: str
    version: int
    markets: tuple[str, ...]
    tests: tuple[SpecifiedTest, ...]
    found: Recomputation


async def compared(writing: Writing, batch: BatchRow, results: Sequence[Reported]) -> list[Compared]:
    """Results against every version of the specification that counts in a market of the batch.

    Where authorisations name versions these are the limits, also where the company has approved wider ones since.
    """

    async def registered() -> SpecifiedByMarket:
        (found,) = await ask(writing, SpecifiedIn(batch.batch_id))
        return found

    rounding = (await writing.policy()).limits.result_rounding
    return await compared_with(writing.session, batch, results, writing.at, rounding, registered)


async def compared_with(
    session: AsyncSession,
    batch: BatchRow,
    results: Sequence[Reported],
    at: datetime,
    rounding: Rounding,
    registered: Callable[[], Awaitable[SpecifiedByMarket]],
) -> list[Compared]:
    """The same for whoever only reads. What is registered is asked for where more than one version has taken effect."""
    approved = await approved_of(session, batch.scope_id)
    today = await _today(session, batch, at, approved)
    named = await registered() if sum(row.effective_from <= at for row in approved) > 1 else {}
    chosen: dict[str, tuple[SpecificationRow, Recomputation]] = {}
    for market in batch.markets:
        of_authorisations = valid_at(approved, market, at, today, named.get(market, ()))
        if valid := of_authorisations or valid_at(approved, market, at, today):
            _, chosen[market] = newest_met(valid, results, rounding, _fails_nothing)
    by_version = {row.version: (row, found) for row, found in chosen.values()}
    return [
        Compared(row.spec_id, version, _markets_of(chosen, version), tests_of(row), found)
        for version, (row, found) in sorted(by_version.items())
    ]


def _fails_nothing(found: Recomputation) -> bool:
    return not found.failed


async def _today(session: AsyncSession, batch: BatchRow, at: datetime, approved: Sequence[SpecificationRow]) -> date:
    """The day at the site; it matters, and is looked up, only where there is more than one version."""
    if len(approved) <= 1:
        return at.date()
    return (await Policies().calendar_of(session, batch.site_id, at)).local_day(at)


def _markets_of(chosen: Mapping[str, tuple[SpecificationRow, Recomputation]], version: int) -> tuple[str, ...]:
    return tuple(market for market, (row, _) in chosen.items() if row.version == version)
