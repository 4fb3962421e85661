"""Consignments of lots of products that were bought, and the batches that are made with them (section 18)."""

from collections.abc import Collection, Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from records.batch.tables.batches import BatchUseRow
from records.importation.tables import ImportConsignmentRow

LotKey = tuple[str, str]
"""Material and number, and whose lot it is, each as a key."""


def lot_key_of(row: ImportConsignmentRow) -> LotKey | None:
    """The lot of a consignment; `None` of one of a batch."""
    return (row.lot_key, row.lot_issuer or "") if row.lot_key is not None else None


async def concerned_by(session: AsyncSession, rows: Iterable[ImportConsignmentRow]) -> dict[str, list[str]]:
    """The numbers of consignments by the batch that they are of, or that was made with their lot.

    One statement if any is of a lot.
    """
    found: dict[str, list[str]] = {}
    of_lots: dict[LotKey, list[str]] = {}
    for row in rows:
        if row.batch_id is not None:
            found.setdefault(row.batch_id, []).append(row.number)
        elif (key := lot_key_of(row)) is not None:
            of_lots.setdefault(key, []).append(row.number)
    for batch_id, key in await _made_with(session, of_lots):
        found.setdefault(batch_id, []).extend(of_lots[key])
    return found


async def _made_with(session: AsyncSession, lots: Collection[LotKey]) -> list[tuple[str, LotKey]]:
    if not lots:
        return []
    query = select(BatchUseRow).where(
        col(BatchUseRow.kind) == UseKind.MATERIAL.value, col(BatchUseRow.key).in_(sorted({key for key, _ in lots}))
    )
    rows = (await session.exec(query.order_by(col(BatchUseRow.batch_id)))).all()
    return [(row.batch_id, (row.key, row.issuer)) for row in rows if (row.key, row.issuer) in lots]
