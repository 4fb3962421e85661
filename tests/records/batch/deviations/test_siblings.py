"""Batches that share something with a batch, so that a failure is looked for in them too (21 CFR 211.192)."""

from datetime import timedelta
from typing import Any

from domain.batch.deviations.siblings import Shared, Sibling
from records.batch.deviations.siblings import siblings_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from tests.records.analysing import analysed, line
from tests.records.making import effective, ready, registered
from tests.records.qualifying import Qualifying
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


async def a_batch(seeded: Seeded, number: str, *, days: int = 0, **used: Any) -> Qualifying:
    at = START + timedelta(days=days)
    batch = await registered(seeded, number=number, at=at)
    await batch.does("wen", "start", started_at=at.isoformat(), **used)
    return batch


async def of(batch: Qualifying) -> list[Sibling]:
    async with batch.seeded.database.reading() as session:
        return await siblings_of(session, batch.case_id, batch.at)


def shared(sibling: Sibling) -> set[tuple[Shared, str]]:
    return {(each.kind, each.reference) for each in sibling.shared}


async def test_siblings_share_equipment_a_lot_an_analyst_parameters_the_period_or_their_origin(seeded: Seeded) -> None:
    await ready(seeded)
    lot = {"name": "Coupling agent C-12", "lot": "C12-0417", "manufacturer": "Rheinchem AG"}
    first = await a_batch(seeded, "B-1", equipment=["R-201"], materials=[lot])
    assert await of(first) == []
    await a_batch(seeded, "B-2", days=20)
    later = await effective(seeded, at=START + timedelta(days=25), version=(1, 1))
    reactor = await a_batch(seeded, "B-3", days=100, equipment=["R-201", "R-9"], materials=[lot])
    analyst = await a_batch(seeded, "B-4", days=200)
    alone = await a_batch(seeded, "B-5", days=300, equipment=["R-10"])
    for batch in (first, analyst):
        await analysed(batch, line(analyst="M. Jansen"))
    part = {"batch_id": first.case_id, "relation": "SPLIT", "quantity": "20"}
    split = await registered(seeded, parents=[part], number="B-6")
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (analyst.case_id, "US"))
        row.decision = "RELEASE"
        (await session.get_one(BatchRow, analyst.case_id)).state = "CERTIFIED"
    found = {each.number: each for each in await of(first)}
    bound = (await seeded.row(BatchRow, first.case_id)).parameter_set_id
    assert {number: shared(each) for number, each in found.items()} == {
        "B-4": {(Shared.ANALYST, "M. Jansen")},
        "B-3": {(Shared.EQUIPMENT, "R-201"), (Shared.MATERIAL, "Coupling agent C-12 C12-0417")},
        "B-2": {(Shared.PARAMETER_SET, bound), (Shared.PERIOD, "VM-02")},
        "B-6": {(Shared.GENEALOGY, "SPLIT")},
    }
    assert next(iter(found)) == "B-4"
    assert (found["B-4"].released_in, found["B-4"].stage, found["B-6"].batch_id) == (
        ("US",),
        "REQUESTED",
        split.case_id,
    )
    assert {each.number for each in await of(alone)} == {"B-3", "B-4"}
    assert later in {reference for each in await of(reactor) for _, reference in shared(each)}


async def test_siblings_are_found_however_a_name_is_written(seeded: Seeded) -> None:
    await ready(seeded)
    agent = "Coupling agent C-12"
    lot = {"name": agent, "lot": "C12-0417", "manufacturer": "Rheinchem AG"}
    first = await a_batch(seeded, "B-1", equipment=["R-201"], materials=[lot])
    written = {"name": "coupling agent c\u201112", "lot": "C12 0417", "manufacturer": "RHEINCHEM A.G."}
    await a_batch(seeded, "B-2", days=100, equipment=["r 201"], materials=[written])
    await effective(seeded, at=START + timedelta(days=190), version=(1, 1))
    await a_batch(seeded, "B-3", days=200, materials=[lot | {"lot": "c12-0417", "manufacturer": "Rheinchem, Mannheim"}])
    await a_batch(seeded, "B-4", days=300, equipment=["R-20 1"], materials=[lot | {"lot": "C12-417"}])
    analyst = await a_batch(seeded, "B-5", days=400)
    await analysed(first, line(analyst="J. M\u00fcller"))
    await analysed(analyst, line(analyst="J Mueller"))
    found = {each.number: shared(each) for each in await of(first)}
    assert {
        number: {each for each in things if each[0] is not Shared.PARAMETER_SET} for number, things in found.items()
    } == {
        "B-2": {(Shared.EQUIPMENT, "r 201"), (Shared.MATERIAL, f"{written['name']} C12 0417")},
        "B-3": {(Shared.SAME_LOT_NUMBER, f"{agent} c12-0417")},
        "B-5": {(Shared.ANALYST, "J Mueller")},
    }
    await are_rebuilt_identically(seeded.database, "batch_uses")
