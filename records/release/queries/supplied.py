"""Supplies under exception as the gate page and the review of a product show them."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.release.supply_view import SupplyView
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.release.supply_exceptions import known_by_gate, supplies_of
from records.release.tables import SupplyExceptionRow

_COVERED = "covered with the gates that lead to them"
"""Of the holds that stood as the supply was proposed."""


async def supplied_of(session: AsyncSession, batch: BatchRow, market: BatchMarketRow) -> tuple[SupplyView, ...]:
    """What goes to a market under exception, the oldest first."""
    if not market.supplied_under:
        return ()
    return tuple(view_of(row, batch) for row in await supplies_of(session, batch.batch_id, market.market))


def view_of(row: SupplyExceptionRow, batch: BatchRow) -> SupplyView:
    """One of them."""
    found = known_by_gate(row)
    return SupplyView.model_validate(
        {
            **row.model_dump(include=set(SupplyView.model_fields) - {"conditions", "gates", "consignees"}),
            "unit": batch.unit or "",
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
