"""The family of a batch, in which its holds are inherited."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.genealogy import Genealogy, GenealogyLink, GenealogyNode
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from records.batch.genealogy import in_order
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.queries.visibility import reads_everything

LARGEST_FAMILY = 500
"""Batches of a genealogy that are shown."""


async def genealogy_of(session: AsyncSession, actor: Actor, batch_id: str) -> Genealogy:
    """What a batch comes from and what comes from it, over all steps. Raises `Refused(NOT_FOUND)`.

    A site sees the batches of its own sites only; what lies behind another's batch is left out with it.
    """
    if await _visible(session, actor, {batch_id}) == []:
        raise Refused(Code.NOT_FOUND, "There is no such batch.", rule="S6")
    found = {batch_id: 0}
    complete = await _spread(session, actor, batch_id, found, up=True)
    complete = await _spread(session, actor, batch_id, found, up=False) and complete
    held = select(HoldRow.batch_id).where(col(HoldRow.batch_id).in_(sorted(found)), col(HoldRow.lifted_at).is_(None))
    on_hold = set((await session.exec(held)).all())
    rows = sorted(await _visible(session, actor, found), key=lambda row: (found[row.batch_id], in_order(row.batch_id)))
    return Genealogy(
        batch_id=batch_id,
        batches=tuple(
            GenealogyNode(
                batch_id=row.batch_id,
                number=row.number,
                site_id=row.site_id,
                state=row.state,
                steps=found[row.batch_id],
                held=row.batch_id in on_hold,
            )
            for row in rows
        ),
        links=await _links(session, found),
        complete=complete,
    )


async def _spread(session: AsyncSession, actor: Actor, batch_id: str, found: dict[str, int], *, up: bool) -> bool:
    """Add what lies in one direction, each batch once; says whether that is all."""
    here, there = BatchParentRow.batch_id, BatchParentRow.parent_id
    if not up:
        here, there = there, here
    edge, steps = {batch_id}, 0
    while edge:
        steps += -1 if up else 1
        query = select(there).where(col(here).in_(sorted(edge)))
        beyond = set((await session.exec(query)).all()) - set(found)
        edge = {row.batch_id for row in await _visible(session, actor, beyond)}
        room = LARGEST_FAMILY - len(found)
        kept = sorted(edge, key=in_order)[:room]
        found.update(dict.fromkeys(kept, steps))
        if len(kept) < len(edge):
            return False
    return True


async def _links(session: AsyncSession, found: Collection[str]) -> tuple[GenealogyLink, ...]:
    query = select(BatchParentRow).where(
        col(BatchParentRow.batch_id).in_(sorted(found)), col(BatchParentRow.parent_id).in_(sorted(found))
    )
    rows = (await session.exec(query)).all()
    rows = sorted(rows, key=lambda row: (in_order(row.batch_id), in_order(row.parent_id)))
    return tuple(GenealogyLink.model_validate(row.model_dump()) for row in rows)


async def _visible(session: AsyncSession, actor: Actor, batch_ids: Collection[str]) -> list[BatchRow]:
    query = select(BatchRow).where(col(BatchRow.batch_id).in_(sorted(batch_ids)))
    if not reads_everything(actor):
        sites = sorted(actor.sites) if actor.org is Org.CDMO else []
        query = query.where(col(BatchRow.site_id).in_(sites))
    return list((await session.exec(query)).all())
