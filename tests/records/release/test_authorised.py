"""What is decided on without an authorisation, by one that its authority stops, and before there were any."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict, closed
from domain.core.refusals import Code
from records.authorisation.in_force import in_force_for
from records.authorisation.tables import AuthorisationRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.core.policies import Policies
from tests.records.analysing import gates_of
from tests.records.authorising import stops
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.qualifying import refused
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database
EU, US = "AUT-WORLD-0-EU", "AUT-WORLD-0-US"


async def without(seeded: Seeded, market: str) -> None:
    """Nothing is authorised in a market."""
    async with seeded.database.writing() as session:
        await session.exec(delete(AuthorisationRow).where(col(AuthorisationRow.market) == market))


async def test_without_an_authorisation_nothing_is_certified_in_that_market(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await without(seeded, "EU")
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert refusal.code is Code.GATE_CLOSED
    assert refusal.fields == {"G10": "no authorisation of ARL-204 in EU is on record"}
    assert await seeded.rows(HoldRow) == []
    await decides(batch, "hana", "US", action="approve")


async def test_a_batch_of_before_is_judged(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await without(seeded, "EU")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchMarketRow, (batch.case_id, "EU"))).deciders = None
    found = (await gates_of(batch))[Gate.G10]
    assert (found.verdict, found.reason) == (
        GateVerdict.NEEDS_JUDGEMENT,
        "no authorisation of ARL-204 in EU is on record",
    )


async def test_what_its_authority_stops_is_held_in_that_market_and_reviewed_where_it_is_released(
    seeded: Seeded,
) -> None:
    open_, sold = await reviewed(await fit(seeded)), await released(seeded, number="B-002")
    await stops(seeded, "hana", EU, at=sold.at + timedelta(hours=1))
    (hold,) = [row for row in await seeded.rows(HoldRow) if row.batch_id == open_.case_id]
    assert (hold.type, hold.market, hold.placed_in) == ("REG", "EU", EU)
    assert hold.reason.startswith(f"{EU} is suspended in EU: ")
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.fact_kind) == (sold.case_id, "AuthorisationStopped")
    open_.at = sold.at + timedelta(hours=2)
    assert set(closed((await gates_of(open_)).values())) == {Gate.G10, Gate.G14}
    assert closed((await gates_of(open_, "US")).values()) == {}


async def test_others_read_what_holds_for_a_batch(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    async with seeded.database.reading() as session:
        row, policy = await session.get_one(BatchRow, batch.case_id), await Policies().in_force(session, batch.at)
        (holds,) = await in_force_for(session, policy, row, "DE", batch.at.date())
        assert await in_force_for(session, policy, row, "BR", batch.at.date()) == []
    assert holds.authorisation_id == EU
    assert holds.names_release_site("VM-02", batch.at.date())
    assert not holds.official_batch_release
