"""What the review of a product costs the database: as many statements for hundreds of batches as for none."""

from datetime import timedelta

from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow, ParameterResultRow
from records.core.database import Database
from records.views.product_review.reviewed import product_review
from tests.cost.test_gates import counted
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import batch_of, made
from tests.records.seeded import START, Seeded

STATEMENTS = 25


async def statements(seeded: Seeded, database: Database) -> int:
    actor = await seeded.actor("priya")
    async with database.reading() as session:
        with counted(database.engine) as said:
            found = await product_review(session, actor, "ARL-204", START.date(), START.date() + timedelta(days=300))
    assert len(found.batches) == len(found.yields)
    return sum(not each.startswith("BEGIN") for each in said)


@on_one_database
async def test_hundreds_of_batches_cost_no_statement_more(seeded: Seeded) -> None:
    await fit(seeded)
    own = await batch_of(await made(seeded))
    assert await statements(seeded, seeded.database) == STATEMENTS
    async with seeded.database.writing() as session:
        for number in range(200):
            known = {**own.model_dump(), "batch_id": f"BAT-{9000 + number}", "number": f"N{number}"}
            session.add(BatchRow(**known))
            session.add(
                ParameterResultRow(
                    batch_id=known["batch_id"],
                    number=1,
                    line=1,
                    parameter="Coupling temperature",
                    value="41",
                    unit="Cel",
                    in_nor=True,
                    in_par=True,
                    parameter_class="CPP",
                    measured_at=START,
                )
            )
            session.add(
                BatchDeviationRow(
                    batch_id=known["batch_id"],
                    deviation_id="DEV-1",
                    deviation_class="MINOR",
                    state="OPEN",
                    description="It ran hot.",
                    detected_at=START,
                    reported_at=START,
                )
            )
    assert await statements(seeded, seeded.database) == STATEMENTS
