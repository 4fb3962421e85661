"""Whether a batch that is registered has the strength of what it comes from (domain specification, section 22)."""

from collections.abc import Sequence

from domain.batch.making import strength
from domain.batch.making.request import BatchRegistration
from domain.batch.supply_stage import SupplyStage
from records.batch.tables.batches import BatchRow
from records.core.writing import Writing


async def refuse_other_strength(
    writing: Writing, form: BatchRegistration, stages: Sequence[SupplyStage | None]
) -> None:
    """What is packed, divided or labelled anew has the strength of each parent. `stages` are theirs, in their order."""
    known: list[strength.Strength] = []
    for parent, stage in zip(form.parents, stages, strict=True):
        row = await writing.session.get_one(BatchRow, parent.batch_id)
        if row.strength is not None and strength.keeps_the_strength(parent.relation, form.supply_stage, stage):
            known.append(strength.Strength(f"{row.number} ({row.batch_id})", row.strength))
    strength.refuse_other_strength(form.strength, known)
