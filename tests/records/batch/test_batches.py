"""Batches are registered and made: what binds them, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.asl.asl import AslStatus
from domain.batch.holds.holds import HoldType
from domain.exchange.parameters import ParameterClass
from records.agreement.tables import AgreementRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.batch.tables.process import ParameterResultRow
from records.core.tables.master_data import CalendarRow
from tests.records.databases import on_one_database
from tests.records.making import (
    CONTENT,
    TEMPERATURE,
    batch_of,
    effective,
    in_manufacture,
    made,
    ready,
    registered,
    turns_to,
)  # fmt: skip
from tests.records.qualifying import refused, stands
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


async def test_a_batch_is_made_under_the_parameters_that_were_effective_as_it_began(seeded: Seeded) -> None:
    await ready(seeded)
    first = await made(seeded, number="B-1")
    row = await batch_of(first)
    bound = row.parameter_set_id
    assert (row.state, row.quantity, row.released, row.physical_status) == ("OPEN", "118.4", False, "QUARANTINE")
    assert [market.rule for market in await seeded.rows(BatchMarketRow)] == ["QP", "QCU"]
    (value,) = await seeded.rows(ParameterResultRow)
    assert (value.value, value.in_nor, value.in_par, value.parameter_class) == ("41.2", True, True, "CPP")
    await effective(seeded, at=START + timedelta(minutes=1), version=(1, 1))
    second = await registered(seeded, number="B-2", at=START + timedelta(days=1))
    await second.does("wen", "start", started_at=(START + timedelta(hours=1)).isoformat())
    assert (await batch_of(second)).parameter_set_id != bound == (await batch_of(first)).parameter_set_id
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets", "parameter_results", "parameter_sets")


async def test_a_value_outside_its_proven_range_holds_the_batch_at_once(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded, value="52.6")
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.batch_id, hold.type, hold.lifted_at) == (batch.case_id, HoldType.PROCESS, None)
    part = {"batch_id": batch.case_id, "relation": "SPLIT", "quantity": "20"}
    split = await registered(seeded, parents=[part], at=START + timedelta(hours=1))
    _, inherited = await seeded.rows(HoldRow)
    assert (inherited.batch_id, inherited.inherited_from) == (split.case_id, hold.hold_id)


@on_one_database
async def test_a_later_value_of_the_same_report_takes_nothing_back(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    value = {"parameter": "Coupling temperature", "unit": "Cel", "measured_at": START.isoformat()}
    values = [{**value, "value": "52.6"}, {**value, "value": "41.2"}]
    written = await batch.answers("wen", "parameters", {"values": values})
    assert written.effect["deviations_needed"] == {"Coupling temperature": "MAJOR"}
    assert [hold.type for hold in await seeded.rows(HoldRow)] == [HoldType.PROCESS]


@on_one_database
async def test_a_value_that_matters_for_nothing_is_reported_as_the_minor_deviation_that_is_asked_for(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    stirring = TEMPERATURE.model_copy(update={"name": "Stirring speed", "parameter_class": ParameterClass.NON})
    content = CONTENT.model_copy(update={"parameters": (TEMPERATURE, stirring)})
    await effective(seeded, content, at=START - timedelta(days=1), version=(1, 1))
    batch = await in_manufacture(seeded)
    values = [{"parameter": "Stirring speed", "value": "52.6", "unit": "Cel", "measured_at": START.isoformat()}]
    written = await batch.answers("wen", "parameters", {"values": values})
    assert written.effect["deviations_needed"] == {"Stirring speed": "MINOR"}
    report = {"deviation_id": "DEV-9", "parameter": "Stirring speed", "deviation_class": "MINOR"}
    await batch.answers("vito", "deviation", report)


async def test_no_batch_binds_to_a_site_that_may_not_be_ordered_from(seeded: Seeded) -> None:
    refusal = await refused(registered(seeded))
    assert (refusal.code, refusal.rule) == ("not_open", "G1")
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    refusal = await refused(registered(seeded))
    assert (refusal.code, refusal.rule) == ("not_open", "G2")


@on_one_database
async def test_an_agreement_lapses_with_the_day_of_the_site(seeded: Seeded) -> None:
    await ready(seeded)
    midnight = datetime(2025, 1, 14, 23, tzinfo=UTC)  # in Vienna
    async with seeded.database.writing() as session:
        (await session.get_one(CalendarRow, "CAL-UTC")).tz = "Europe/Vienna"
        (await session.get_one(AgreementRow, ("QTA-1", 1))).lapses_on = midnight.date()
    await registered(seeded, at=midnight - timedelta(seconds=1))
    assert (await refused(registered(seeded, at=midnight + timedelta(minutes=30)))).rule == "G2"


async def test_what_cannot_be_made_is_not_registered(seeded: Seeded) -> None:
    await ready(seeded)
    first = await registered(seeded, number="B-1")
    given: dict[str, dict[str, Any]] = {
        "number": {"number": "B-1"},
        "markets.0": {"markets": ["JP"]},
        "planned_end": {"planned_end": "2025-01-01"},
        "subcontracted.0.scope_id": {"subcontracted": [{"scope_id": "SC-9", "step": "Milling"}]},
        "parents.0.batch_id": {"parents": [{"batch_id": "BAT-99", "relation": "SPLIT", "quantity": "20"}]},
        "parents.0.quantity": {"parents": [{"batch_id": first.case_id, "relation": "SPLIT"}]},
        "parents.1.batch_id": {"parents": [{"batch_id": first.case_id, "relation": "SPLIT", "quantity": "20"}] * 2},
    }
    for fault, changes in given.items():
        assert list((await refused(registered(seeded, **changes))).fields) == [fault]
    rework: dict[str, Any] = {"parents": [{"batch_id": first.case_id, "relation": "REWORK"}]}
    assert (await refused(registered(seeded, **rework))).fields == {
        "parents.0.batch_id": "has no decision that it is worked again"
    }


async def test_a_number_is_used_once_however_it_is_spelled(seeded: Seeded) -> None:
    await ready(seeded)
    first = await registered(seeded, number="B-001")
    for spelled in ("b-001", "B 001", " B-001"):
        refusal = await refused(registered(seeded, number=spelled))
        assert (refusal.code, refusal.fields) == ("conflict", {"number": f"is {first.case_id}"})
    await registered(seeded, number="B-0011")


async def test_nothing_is_made_without_effective_parameters_or_while_the_site_is_fully_suspended(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    refusal = await refused(batch.does("wen", "start", started_at=(START - timedelta(days=200)).isoformat()))
    assert (refusal.code, refusal.rule) == ("not_open", "G6")
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="FULL")
    assert (await refused(batch.does("wen", "start", started_at=START.isoformat()))).rule == "section 5"


async def test_values_that_cannot_be_compared_change_nothing(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    value = {"parameter": "Coupling temperature", "value": "313.15", "unit": "K", "measured_at": START.isoformat()}
    await batch.answers("wen", "parameters", {"values": [value]})
    (row,) = await seeded.rows(ParameterResultRow)
    assert row.in_nor
    for fault, change in {
        "values.0.unit": {"unit": "kg"},
        "values.0.parameter": {"parameter": "Pressure"},
        "values.0.measured_at": {"measured_at": "2030-01-01T00:00:00Z"},
    }.items():
        refusal = await refused(batch.answers("wen", "parameters", {"values": [value | change]}))
        assert list(refusal.fields) == [fault]
    assert len(await seeded.rows(ParameterResultRow)) == 1


@on_one_database
async def test_a_slip_is_corrected_by_quality_of_the_site_with_evidence_and_is_kept(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded, value="412")
    (slip,) = await seeded.rows(ParameterResultRow)
    own = {user: await seeded.upload(by=await seeded.actor(user)) for user in ("wen", "vito")}
    why = {"of": {"number": slip.number, "line": slip.line}, "reason": "41.2 was meant."}
    value = {"parameter": slip.parameter, "value": "41.2", "unit": "Cel", "measured_at": START.isoformat()}
    by_wen, given = ({"values": [{**value, "corrects": {**why, "evidence": [each]}}]} for each in own.values())
    assert (await refused(batch.answers("wen", "parameters", by_wen))).code == "wrong_role"
    (hold,) = await seeded.rows(HoldRow)
    assert (await refused(batch.answers("carla", "lift-hold", {"hold_id": hold.hold_id}))).code == "not_open"
    written = await batch.answers("vito", "parameters", given)
    slip, now = sorted(await seeded.rows(ParameterResultRow), key=lambda row: row.number)
    assert (slip.value, slip.superseded_by, now.superseded_by) == ("412", written.numbers[0], None)
    assert list((await refused(batch.answers("vito", "parameters", given))).fields) == ["values.0.corrects.of"]
    await batch.answers("carla", "lift-hold", {"hold_id": hold.hold_id})  # its cause stands no longer
    await are_rebuilt_identically(seeded.database, "parameter_results")


async def test_a_batch_keeps_the_stage_that_was_stated_for_it_which_fits_its_scope(seeded: Seeded) -> None:
    await ready(seeded)
    refusal = await refused(registered(seeded, supply_stage="API"))
    assert (refusal.code, refusal.fields) == ("rule_broken", {"supply_stage": "does not come out of DRUG_PRODUCT"})
    pack = await registered(seeded)
    assert (await batch_of(pack)).supply_stage == "FINISHED"
    unstated = await refused(registered(seeded, supply_stage=None))
    assert (unstated.code, unstated.fields["supply_stage"]) == ("rule_broken", "is required")
    await turns_to(seeded.database, "API_MFG")
    substance = await registered(seeded)
    assert (await batch_of(substance)).supply_stage == "API"
    part = {"batch_id": pack.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    backwards = await refused(registered(seeded, parents=[part]))
    assert backwards.fields == {"parents.0.batch_id": "is FINISHED: no API is made of a dosage form"}
    await turns_to(seeded.database, "PACKAGING")
    part["batch_id"] = substance.case_id
    assert list((await refused(registered(seeded, parents=[part]))).fields) == ["parents"]
    assert len(await seeded.rows(BatchRow)) == 2
    await are_rebuilt_identically(seeded.database, "batches")
