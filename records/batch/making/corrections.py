"""Where a value of the end of manufacture stands on a batch, and how it is read from what was corrected."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.making.lot_correction import LOT_FIELDS, UsedMaterial
from records.batch.tables.batches import BatchUseRow


def column_of(field: str) -> str:
    """The column of a value that may be corrected."""
    return "made_on" if field == "finished_on" else field


def value_of(field: str, text: str) -> date | datetime | str:
    """A value as its column holds it; quantities are text there."""
    if field.endswith("_on"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text) if field.endswith("_at") else text


async def lots_of(session: AsyncSession, batch_id: str) -> list[UsedMaterial]:
    """The lots that a batch was made with, as they stand."""
    return [used_material(each) for each in await _rows(session, batch_id)]


def used_material(row: BatchUseRow) -> UsedMaterial:
    """A lot as it stands, for a correction of it."""
    values = {name: getattr(row, name) for name in LOT_FIELDS}
    return UsedMaterial(
        (row.key, row.issuer), row.reference, row.detail, values, is_comparator=row.comparator is not None
    )


async def correct_lot(session: AsyncSession, batch_id: str, field: str, new: str) -> None:
    """A value of a lot takes effect. It is found by the name that the correction gives the value."""
    for row in await _rows(session, batch_id):
        for name in LOT_FIELDS:
            if used_material(row).field(name) == field:
                setattr(row, name, new)


async def _rows(session: AsyncSession, batch_id: str) -> list[BatchUseRow]:
    query = select(BatchUseRow).where(
        col(BatchUseRow.batch_id) == batch_id, col(BatchUseRow.kind) == UseKind.MATERIAL.value
    )
    return list((await session.exec(query.order_by(col(BatchUseRow.reference), col(BatchUseRow.issuer)))).all())
