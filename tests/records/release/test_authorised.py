"""What is decided on without an authorisation, by one that its authority stops, and before there were any."""

from datetime import timedelta
from typing import Any

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
from records.core.tables.master_data import CalendarRow
from tests.authorised import SINCE
from tests.records.analysing import gates_of
from tests.records.authorising import stops
from tests.records.certifying import decides, fit, reviewed
from tests.records.clinical import CERTIFIED, CTA, IND, OTHER, TRIAL, clinical
from tests.records.databases import on_one_database
from tests.records.qualifying import refused
from tests.records.release.test_tranches import seen
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database
EU, US, OF_TRIAL = "AUT-WORLD-0-EU", "AUT-WORLD-0-US", "AUT-WORLD-0-EU-T0"
_PACKAGER = "Plant 2 (VM-02) is not registered as packager in EU"


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
    assert "VM-02" in holds.release_sites_on(batch.at.date())
    assert not holds.official_batch_release


async def changed(seeded: Seeded, record: str, **changes: Any) -> None:
    """What is registered says something else."""
    async with seeded.database.writing() as session:
        row = await session.get_one(AuthorisationRow, (record, 1))
        row.sqlmodel_update(changes)
        session.add(row)


async def test_supply_for_a_trial_is_judged_by_the_authorisation_of_that_trial(seeded: Seeded) -> None:
    batch = await reviewed(await clinical(seeded))
    await changed(seeded, OF_TRIAL, steps=[])
    page = (await gates_of(batch))[Gate.G10]
    assert page.verdict is GateVerdict.PASS, "who certifies has not said for which one it is"
    assert [each for each in page.looked_at if each.startswith("for trial")] == [
        f"for trial {CTA}: Plant 2 (VM-02) is not registered as maker of the dosage form in EU; {_PACKAGER}",
        f"for trial {OTHER}: nothing stands against it",
        f"for trial {IND}: nothing stands against it",
    ]
    refusal = await refused(decides(batch, "quentin", "EU", trial=TRIAL))
    assert (refusal.code, list(refusal.fields)) == (Code.GATE_CLOSED, ["G10"])
    await decides(batch, "quentin", "EU", trial={**TRIAL, "number": OTHER}, quantity="100")
    assert (await gates_of(batch))[Gate.G10].verdict is GateVerdict.PASS
    assert not [each for each in (await gates_of(batch))[Gate.G10].looked_at if each.startswith("for trial")]


async def test_of_another_trial_the_release_site_does_not_count(seeded: Seeded) -> None:
    batch = await reviewed(await clinical(seeded))
    await changed(seeded, OF_TRIAL, release_sites=[{"site_id": "OB-01", **SINCE}])
    refusal = await refused(decides(batch, "quentin", "EU", trial=TRIAL))
    assert (refusal.code, [*refusal.fields]) == (Code.NOT_APPOINTED, ["appointment", "appointment.licence.site_id"])
    assert f"({OF_TRIAL}) names OB-01 for the release" in refusal.fields["appointment.licence.site_id"]
    await decides(batch, "quentin", "EU", trial={**TRIAL, "number": OTHER})


async def test_a_release_site_counts_by_the_day_at_the_site(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    async with seeded.database.writing() as session:
        calendar = await session.get_one(CalendarRow, "CAL-UTC")
        calendar.tz, calendar.version = "Europe/Vienna", 2
    batch.at = batch.at.replace(hour=23, minute=30)  # half past midnight in Vienna, or past one
    tomorrow = (batch.at + timedelta(days=1)).date().isoformat()
    known = {"valid_from": "2000-01-01", "valid_to": batch.at.date().isoformat()}
    sites = [{"site_id": "VM-02", **known}, {"site_id": "OB-01", "valid_from": tomorrow}]
    await changed(seeded, EU, release_sites=sites)
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert "names OB-01 for the release" in refusal.fields["appointment.licence.site_id"]
    await changed(seeded, EU, release_sites=sites[:1])
    assert list((await refused(decides(batch, "quentin", "EU"))).fields) == ["G10"]
    await changed(seeded, EU, release_sites=[{"site_id": "VM-02", "valid_from": tomorrow}])
    await decides(batch, "quentin", "EU")


async def test_a_further_part_is_refused_once_its_trial_is_not_authorised_any_more(seeded: Seeded) -> None:
    batch = await reviewed(await clinical(seeded))
    await decides(batch, "quentin", "EU", trial=TRIAL, quantity="100")
    given = {"market": "EU", "decision": "RELEASE", "quantity": "10", "trial": TRIAL, "statement": CERTIFIED}
    await changed(seeded, OF_TRIAL, standing=[{"status": "SUSPENDED", **SINCE}])
    refusal = await refused(batch.answers("quentin", "certify-further", {**given, "gates_seen": await seen(batch)}))
    assert list(refusal.fields) == ["trial.number"]
    await changed(seeded, OF_TRIAL, standing=[{"status": "IN_FORCE", **SINCE}], steps=[])
    refusal = await refused(batch.answers("quentin", "certify-further", {**given, "gates_seen": await seen(batch)}))
    assert list(refusal.fields) == ["G10"]


async def test_a_strength_is_judged_by_the_authorisation_of_that_strength(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await changed(seeded, EU, strength="20 mg")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).strength = "10 mg"
    assert "no authorisation of ARL-204 in EU is on record" in (await gates_of(batch))[Gate.G10].reason
    await changed(seeded, EU, strength="10\u00a0MG")
    assert (await gates_of(batch))[Gate.G10].verdict is GateVerdict.PASS
