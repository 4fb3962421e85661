"""Other batches that a deviation or a result may have touched: proposed, included or excluded, held until concluded."""

from collections.abc import Sequence

from domain.batch.deviations.associated import AssociatedBatch, candidates, refuse_unless_each_is_answered
from domain.batch.deviations.siblings import Sibling
from domain.batch.facts.events import BatchAssociated
from domain.batch.holds.holds import HoldType
from domain.core.names import name_key
from records.batch.deviations.siblings import siblings_of
from records.batch.genealogy import ancestors, children, in_order
from records.batch.tables.batches import BatchRow
from records.core.reactions import establish, finds, revoke, standing_about
from records.core.writing import Writing


async def proposed_for(writing: Writing, batch: BatchRow, *, of_its_site: bool) -> list[str]:
    """The candidates. An investigator of the site answers for its own site; the batches of others are not told (S6)."""
    return await _candidates(writing, batch, await _siblings(writing, batch, of_its_site=of_its_site))


async def refuse_unless_answered(
    writing: Writing, batch: BatchRow, associated: Sequence[AssociatedBatch], *, of_its_site: bool
) -> None:
    """Raise `Refused` unless every candidate is included or excluded."""
    siblings = await _siblings(writing, batch, of_its_site=of_its_site)
    proposed = await _candidates(writing, batch, siblings)
    refuse_unless_each_is_answered(associated, proposed=proposed, known={each.batch_id for each in siblings})


async def associate(
    writing: Writing, batch: BatchRow, number: str, type_: HoldType, associated: Sequence[AssociatedBatch]
) -> None:
    """What is included is held or reviewed; what was included before and is not any more is not concerned."""
    included = {each.batch_id: each.reason for each in associated if each.included}
    await conclude(writing, batch.batch_id, number, kept=included)
    for batch_id in sorted(included, key=in_order):
        fact = BatchAssociated(
            batch_id=batch_id,
            case_id=batch.batch_id,
            number=number,
            type=type_,
            reason=included[batch_id],
        )
        await writing.head(batch_id)
        await establish(writing, fact)


async def conclude(writing: Writing, batch_id: str, number: str, *, kept: Sequence[str] | dict[str, str] = ()) -> None:
    """Of a deviation or result that is concluded no other batch is suspect. Their holds are lifted by people."""
    for row in await standing_about(writing, BatchAssociated, batch_id):
        same = row.fields["case_id"] == batch_id and name_key(row.fields["number"]) == name_key(number)
        if same and row.fields["batch_id"] not in kept:
            await revoke(writing, BatchAssociated, row.identity)


async def _candidates(writing: Writing, batch: BatchRow, siblings: Sequence[Sibling]) -> list[str]:
    family = await _family(writing, batch.batch_id)
    return candidates([each for each in siblings if each.batch_id not in family])


async def _family(writing: Writing, batch_id: str) -> set[str]:
    """What it comes from and what comes from it: there everything travels anyway."""
    family, edge = await ancestors(writing.session, batch_id), {batch_id}
    while edge:
        edge = set(await children(writing.session, edge)) - family
        family |= edge
    return family


async def _siblings(writing: Writing, batch: BatchRow, *, of_its_site: bool) -> list[Sibling]:
    siblings = await siblings_of(writing.session, batch.batch_id, writing.at)
    return [each for each in siblings if not of_its_site or each.site_id == batch.site_id]


@finds(BatchAssociated)
async def associated_batches(*_: object) -> Sequence[BatchAssociated]:
    """None: in older versions nobody was asked."""
    return ()
