"""What the gates cost the database: as many statements for a family of hundreds as for a batch alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.release.evidence import BatchEvidence
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.policies import Policies
from records.release.gate_evidence import evidence_of, of_each_member
from records.release.gate_evidence.context import GateContext
from tests.records.certifying import fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying
from tests.records.seeded import START, Seeded

pytestmark = on_one_database

WIDTH, DEPTH = 40, 5
MOST = 26


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements until the block ends."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def with_ancestry(batch: Qualifying, *, width: int, depth: int) -> None:
    """The batch comes from so many batches, which come from as many, and so on; each of the seeded scope."""
    own = await batch_of(batch)
    made = START - timedelta(days=50)
    async with batch.seeded.database.writing() as session:
        before = [own.batch_id]
        for level in range(1, depth + 1):
            level_ids = [f"BAT-{10_000 * depth + 1_000 * level + number}" for number in range(width)]
            for batch_id in level_ids:
                known = {**own.model_dump(), "batch_id": batch_id, "number": batch_id, "started_at": made}
                known |= {"made_on": made.date(), "started_on": made.date()}
                session.add(BatchRow(**known))
            edges = zip(before * width, level_ids, strict=False) if level == 1 else zip(before, level_ids, strict=True)
            session.add_all(
                BatchParentRow(batch_id=child, parent_id=parent, relation="INTERMEDIATE", quantity="1")
                for child, parent in edges
            )
            before = level_ids


async def statements(batch: Qualifying) -> tuple[list[str], BatchEvidence]:
    row = await batch_of(batch)
    policies = Policies()
    async with batch.seeded.database.reading() as session:
        await policies.in_force(session, batch.at)  # remembered by whoever runs
    async with batch.seeded.database.reading() as session:
        with counted(batch.seeded.database.engine) as said:
            evidence = await evidence_of(session, policies, row, "EU", batch.at)
    return said, evidence


@pytest.fixture
async def batch(seeded: Seeded) -> Qualifying:
    return await reviewed(await fit(seeded))


async def test_two_hundred_ancestors_cost_no_more_statements_than_one(batch: Qualifying) -> None:
    await with_ancestry(batch, width=1, depth=1)
    one, _ = await statements(batch)
    await with_ancestry(batch, width=WIDTH, depth=DEPTH)
    said, evidence = await statements(batch)
    assert (len(evidence.ancestors), max(each.depth for each in evidence.ancestors)) == (1 + WIDTH * DEPTH, DEPTH)
    assert len(said) == len(one)


@pytest.mark.parametrize("market", ["EU", "US"])
async def test_an_ancestry_is_gathered_in_few_statements(batch: Qualifying, market: str) -> None:
    await with_ancestry(batch, width=WIDTH, depth=DEPTH)
    row, policies = await batch_of(batch), Policies()
    async with batch.seeded.database.reading() as session:
        await policies.in_force(session, batch.at)  # remembered by whoever runs
        with counted(batch.seeded.database.engine) as said:
            context = await GateContext.at_batch(session, policies, row, market, batch.at)
            gathered = await of_each_member(context)
    assert len(gathered) == 1 + WIDTH * DEPTH
    queries = [each for each in said if not each.startswith("BEGIN")]
    assert len(queries) <= MOST, "\n".join(each[:200] for each in queries)
