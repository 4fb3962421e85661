"""Supplies under exception as the gate page and the review of a product show them."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.supply_view import SupplyView
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.release.supply_exceptions import known_by_gate, supplies_of
from records.release.tables import SupplyExceptionRow

_COVERED = "covered with the gates that lead to them"
"""Of the holds that stood as the supply was proposed."""
_BUILT = {"conditions", "gates", "consignees", "learned_later", "unit"}


async def supplied_of(session: AsyncSession, batch: BatchRow, market: BatchMarketRow) -> tuple[SupplyView, ...]:
    """What goes to a market under exception, the oldest first."""
    if not market.supplied_under:
        return ()
    supplies = await supplies_of(session, batch.batch_id, market.market)
    return tuple([view_of(row, batch, await learned_after(session, row)) for row in supplies])


async def learned_after(session: AsyncSession, row: SupplyExceptionRow) -> tuple[str, ...]:
    """What was learned of the batch since a supply was signed, the oldest first."""
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id) == row.batch_id, col(ReviewDemandRow.demanded_at) >= row.granted_at
    )
    demands = (await session.exec(query.order_by(col(ReviewDemandRow.number)))).all()
    return tuple(
        f"{each.demanded_at:%Y-%m-%d} {each.reason} ({'answered' if row.market in each.answers else 'not answered'})"
        for each in demands
        if row.taken_back_at is None or each.demanded_at <= row.taken_back_at
    )


def view_of(row: SupplyExceptionRow, batch: BatchRow, learned: Sequence[str] = ()) -> SupplyView:
    """One of them."""
    found = known_by_gate(row)
    return SupplyView.model_validate(
        {
            **row.model_dump(include=set(SupplyView.model_fields) - _BUILT),
            "unit": batch.unit or "",
            "learned_later": learned,
            "gates": [
                f"{gate}: {'; '.join(each.words for each in reasons)} ({row.why.get(gate.value, _COVERED)})"
                for gate, reasons in found.items()
            ],
            "conditions": [_condition(each["condition"], each["evidence"]) for each in row.conditions],
            "consignees": [each["code"] for each in row.consignees],
        }
    )


def _condition(condition: str, evidence: list[str]) -> str:
    return f"{condition} [{', '.join(evidence)}]" if evidence else condition
