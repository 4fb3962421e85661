"""Returns and destructions as they are shown in their cases."""

from decimal import Decimal

from domain.core.forms import Process
from domain.delivery.destruction import DestructionSummary
from domain.delivery.returns import ReturnSummary
from records.batch.tables.batches import BatchRow
from records.core.shown import Reading, shows
from records.core.tables.cases import CaseRow
from records.delivery.shipping import left_of_return
from records.delivery.tables import DestructionRow, ReturnRow


@shows(Process.RETURN, "returned")
async def return_of_case(reading: Reading, case: CaseRow) -> ReturnSummary | None:
    """The goods that came back. They are blocked until they are set free, and again once the batch is over."""
    row = await reading.session.get(ReturnRow, case.case_id)
    if row is None:
        return None
    batch = await reading.session.get_one(BatchRow, row.batch_id)
    is_over = batch.expired_at is not None and row.market not in batch.extended_markets
    is_free = bool(row.usable) and not is_over and batch.released
    known = row.model_dump(include=set(ReturnSummary.model_fields))
    blocked = Decimal(0) if is_free else left_of_return(row)
    return ReturnSummary.model_validate({**known, "unit": batch.unit or "", "blocked": blocked})


@shows(Process.DESTRUCTION, "destruction")
async def destruction_of_case(reading: Reading, case: CaseRow) -> DestructionSummary | None:
    """What is destroyed."""
    row = await reading.session.get(DestructionRow, case.case_id)
    if row is None:
        return None
    batch = await reading.session.get_one(BatchRow, row.batch_id)
    known = row.model_dump(include=set(DestructionSummary.model_fields))
    return DestructionSummary.model_validate({**known, "unit": batch.unit or ""})
