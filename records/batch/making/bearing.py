"""Which batches bear a number that is told at a site, and whether the site means its own by it."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.holds.holds import BatchState
from domain.core.names import name_key
from records.batch.making.own_lots import numbers_of
from records.batch.making.users import sites_that_know
from records.batch.site_events import used_lot
from records.batch.tables.batches import BatchRow, BatchUseRow


class Bearing(NamedTuple):
    """The batches that are not closed and bear a number, exactly, by their numbers."""

    here: Sequence[BatchRow]
    """The site that tells the number makes a part of them, or of what comes from them."""
    elsewhere: Sequence[BatchRow]
    """It does not, and nothing that it knows bears the number."""


async def bearing(
    session: AsyncSession, site_id: str, numbers: Iterable[str], used: Collection[BatchUseRow] = ()
) -> Bearing:
    """The batches that bear one of these numbers, their site's or the sponsor's. `used` are lots that the site means.

    A number that the site knows, of a batch or of a lot, is the one that it means, also of one whose case is closed:
    numbers of two makers may be equal (section 22).
    """
    wanted = sorted(set(map(name_key, numbers)))
    query = select(BatchRow).where(
        or_(col(BatchRow.number_key).in_(wanted), col(BatchRow.sponsor_number_key).in_(wanted))
    )
    found = (await session.exec(query.order_by(col(BatchRow.batch_id)))).all()
    sites = await sites_that_know(session, [each.batch_id for each in found]) if found else {}
    here = [each for each in found if site_id in sites[each.batch_id]]
    meant = {name_key(number) for each in here for number in numbers_of(each)}
    meant = meant.union(*(used_lot(use).numbers for use in used))
    unknown = set(wanted) - meant
    elsewhere = [
        each
        for each in found
        if site_id not in sites[each.batch_id] and not unknown.isdisjoint(map(name_key, numbers_of(each)))
    ]
    return Bearing(_open(here), _open(elsewhere))


def _open(batches: Iterable[BatchRow]) -> list[BatchRow]:
    return [each for each in batches if each.state != BatchState.CLOSED.value]


async def lots_used_at(session: AsyncSession, site_id: str, keys: Collection[str]) -> list[BatchUseRow]:
    """The lots of materials with one of these numbers that batches of a site were made with."""
    query = (
        select(BatchUseRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchUseRow.batch_id))
        .where(
            col(BatchRow.site_id) == site_id,
            col(BatchUseRow.kind) == UseKind.MATERIAL.value,
            or_(*(col(BatchUseRow.key).endswith(key, autoescape=True) for key in sorted(keys))),
        )
    )
    return [use for use in (await session.exec(query)).all() if not used_lot(use).numbers.isdisjoint(keys)]
