"""What events have said of what goes into a batch, before it is registered or begun."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.batch_fact import BatchFact
from domain.batch.facts.events import MadeWithLotInDoubt, MaterialInDoubt
from domain.batch.making.lots_in_doubt import UsedLot, is_named, is_never_used
from domain.batch.making.materials import Material
from domain.batch.making.request import BatchRegistration
from domain.core.names import name_key
from domain.core.people import Org
from records.batch.batches import scopes_used
from records.batch.making.shelf_life import origins_of
from records.batch.site_events import SeenEvent, seen_events
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


class Doubt(NamedTuple):
    """A lot that goes into a batch, and an event that calls it into question."""

    place: int
    """Where it stands in the form."""
    lot: UsedLot
    seen: SeenEvent

    def fact(self, batch_id: str) -> BatchFact:
        """What it says of the batch: until the event is triaged, or, if it is, whatever the triage has said."""
        row = self.seen.row
        kind = MaterialInDoubt if row.triaged_at is None else MadeWithLotInDoubt
        return kind(
            batch_id=batch_id,
            case_id=row.case_id,
            lot=self.lot.reference,
            told=self.seen.type,
            event=row.reference,
            received_at=row.detected_at,
        )


async def doubts_about(session: AsyncSession, batch: BatchRow, materials: Sequence[Material]) -> list[Doubt]:
    """What events, open or closed, have said of the lots that a batch is made with, and have not taken back."""
    lots = [UsedLot.reported(each) for each in materials]
    seen = await seen_events(session, (), [number for lot in lots for number in lot.numbers])
    sites = await _sites_of(session, await scopes_used(session, batch)) if seen else frozenset()
    return [
        Doubt(place, lot, each)
        for each in seen
        if each.in_doubt
        for place, lot in enumerate(lots)
        if is_named(lot, each.named, here=each.row.site_id in sites)
    ]


async def falsified_lots(writing: Writing, doubts: Iterable[Doubt], started_at: datetime) -> dict[str, str]:
    """The lots of a start of manufacture that were known as falsified when it began, by field.

    One that became known later is reported as it was used: it holds the batch, and gate G12 refuses it.
    """
    return {
        f"materials.{each.place}.lot": _words(writing, each.seen)
        for each in doubts
        if is_never_used(each.seen.type) and each.seen.row.received_at <= started_at
    }


async def falsified_origins(writing: Writing, batch: BatchRow, started_at: datetime) -> dict[str, str]:
    """The same of the batches that it comes from: what was learned since it was registered."""
    origins = [row for _, row in await origins_of(writing.session, batch.batch_id)]
    found = await _falsified(writing, origins, batch.site_id)
    faults = [
        f"{row.number}, which it comes from, {_words(writing, seen)}"
        for row, seen in found
        if seen.row.received_at <= started_at
    ]
    return {"started_at": "; ".join(faults)} if faults else {}


async def falsified_parents(writing: Writing, form: BatchRegistration) -> dict[str, str]:
    """The batches that a registration names and that are falsified, by field."""
    places = {parent.batch_id: index for index, parent in enumerate(form.parents)}
    query = select(BatchRow).where(col(BatchRow.batch_id).in_(sorted(places)))
    parents = (await writing.session.exec(query)).all() if places else ()
    found = await _falsified(writing, parents, form.site_id)
    return {f"parents.{places[row.batch_id]}.batch_id": _words(writing, seen) for row, seen in found}


async def _falsified(writing: Writing, batches: Sequence[BatchRow], used_at: str) -> list[tuple[BatchRow, SeenEvent]]:
    """By number, where that has happened at a site that has made a part of the batch, or at the one that uses it."""
    numbers = {row.batch_id: _numbers_of(row) for row in batches}
    seen = await seen_events(writing.session, (), [key for keys in numbers.values() for key in keys])
    alerts = [each for each in seen if is_never_used(each.type)]
    found = []
    for row in batches if alerts else ():
        sites = {used_at} | await _sites_of(writing.session, await scopes_used(writing.session, row))
        found += [
            (row, each)
            for each in alerts
            if each.row.site_id in sites and not each.named.numbers.isdisjoint(numbers[row.batch_id])
        ]
    return found


def _numbers_of(batch: BatchRow) -> set[str]:
    return {name_key(each) for each in (batch.number, batch.sponsor_number) if each is not None}


async def _sites_of(session: AsyncSession, scope_ids: Iterable[str]) -> frozenset[str]:
    query = select(ScopeRow.site_id).where(col(ScopeRow.scope_id).in_(sorted(scope_ids)))
    return frozenset((await session.exec(query)).all())


def _words(writing: Writing, seen: SeenEvent) -> str:
    """A site hears that it must not use a lot, not what the sponsor has heard of it elsewhere (S6)."""
    may_see = writing.actor.org is not Org.CDMO or (seen.is_shared and seen.row.site_id in writing.actor.sites)
    return f"is falsified, as {seen.words} says" if may_see else "must not be used: ask the sponsor"
