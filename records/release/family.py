"""The batches that a batch comes from, over all steps, as far as gates look at them. Hundreds of them are one query."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import select as columns_of
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import Relation
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.process import ParameterResultRow

MOST_ANCESTORS = 2000
"""So many batches are looked at. What comes from more is refused, never cut off in silence."""
MOST_STEPS = 10 * MOST_ANCESTORS
"""So many steps from one to another."""


class Batch(NamedTuple):
    """What gates look at in a batch itself; the names are those of its row."""

    batch_id: str
    number: str
    sponsor_number: str | None
    site_id: str
    scope_id: str
    product: str
    strength: str | None
    supply_stage: str | None
    parameter_set_id: str | None
    quantity: str | None
    started_at: datetime | None
    started_on: date | None
    made_on: date | None
    finished_at: datetime | None
    expiry_on: date | None
    use_date_to: date | None
    use_date_markets: Sequence[str]
    use_date_trial: str | None
    retest_on: date | None
    retained_samples: str | None
    site_decision: str | None
    site_decided_at: datetime | None
    review_open: bool
    departed: bool = False
    """Whether a value of it lies outside its proven acceptable range. Asked of what a batch comes from alone."""

    @classmethod
    def of(cls, row: BatchRow) -> Self:
        """The same of a row that is there."""
        return cls(*(getattr(row, name) for name in _OF_ITS_ROW))


_OF_ITS_ROW = [name for name in Batch._fields if name != "departed"]


class Step(NamedTuple):
    """A batch comes from another one."""

    batch_id: str
    parent_id: str
    relation: Relation
    quantity: str | None = None
    """What it takes of it, decimal, in the unit of that."""


async def origin_of(session: AsyncSession, batch_id: str) -> tuple[list[Step], list[Batch]]:
    """The steps by which a batch comes from others, and these; at most one step more than are looked at."""
    first = (
        select(col(BatchParentRow.parent_id).label("batch_id"))
        .where(col(BatchParentRow.batch_id) == batch_id)
        .cte("ancestry", recursive=True)
    )
    further = select(col(BatchParentRow.parent_id)).join(first, col(BatchParentRow.batch_id) == first.c.batch_id)
    ancestry = first.union(further)
    steps = [getattr(BatchParentRow, name) for name in Step._fields]
    query: Any = (
        columns_of(*steps, *(getattr(BatchRow, name) for name in _OF_ITS_ROW), _has_departed())
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.parent_id))
        .where(
            or_(
                col(BatchParentRow.batch_id) == batch_id,
                col(BatchParentRow.batch_id).in_(select(ancestry.c.batch_id)),
            )
        )
        .order_by(col(BatchParentRow.parent_id), col(BatchParentRow.batch_id))
        .limit(MOST_STEPS + 1)
    )
    found: Iterable[tuple[Any, ...]] = (await session.exec(query)).all()
    rows = [(_step(*row[: len(steps)]), Batch(*row[len(steps) :])) for row in found]
    return [step for step, _ in rows], list({batch.batch_id: batch for _, batch in rows}.values())


def _has_departed() -> Any:
    beyond = select(ParameterResultRow.batch_id).where(
        col(ParameterResultRow.batch_id) == col(BatchRow.batch_id), col(ParameterResultRow.in_par).is_(False)
    )
    return beyond.exists()


def _step(batch_id: str, parent_id: str, relation: str, quantity: str | None) -> Step:
    return Step(batch_id, parent_id, Relation(relation), quantity)
