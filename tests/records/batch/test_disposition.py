"""Disposition by the site, working again, and steps without critical parameters."""

from typing import Any

import pytest
from sqlmodel import select

from records.core.tables.master_data import ScopeRow
from records.exchange.tables.parameters import ParameterSetRow
from tests.records.analysing import analysed
from tests.records.batch.making.test_comparators import bought
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import batch_of, finishes, in_manufacture, made, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded


async def disposes(batch: Qualifying, **changes: Any) -> None:
    document = await batch.seeded.upload(by=await batch.seeded.actor("uta"))
    await batch.does("uta", "disposition", **{"certificate_of_compliance": document, **changes})


@on_one_database
async def test_the_site_releases_on_its_certificate_and_with_nothing_of_its_own_against_the_batch(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    batch = await made(seeded)
    assert (await refused(disposes(batch))).fields == {"verdict": "there is no certificate of analysis"}
    await analysed(batch)
    grave = {"deviation_id": "DEV-1", "deviation_class": "CRITICAL", "detected_at": START.isoformat()}
    await batch.answers("vito", "deviation", grave)
    assert (await refused(disposes(batch))).fields == {"verdict": "DEV-1 is CRITICAL and open"}
    await batch.answers("vito", "oos", {"oos_id": "OOS-1", "kind": "OOS", "detected_at": START.isoformat()})
    assert (await refused(disposes(batch, certificate_of_compliance=None))).fields == {
        "certificate_of_compliance": "is required",
        "verdict": "OOS-1 (LABORATORY) counts against it; DEV-1 is CRITICAL and open",
    }
    await disposes(batch, verdict="REJECTED", certificate_of_compliance=None)


@on_one_database
async def test_a_rework_is_never_registered_and_what_is_declined_is_not_made(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    await parent.answers("hana", "redirect", {"way": "REWORK"})
    await parent.closes("REPROCESSED")
    again = await registered(seeded, parents=[{"batch_id": parent.case_id, "relation": "REWORK"}], size="100")
    claim = {"registered": True, "reference": "Module 3.2.S.2.2"}
    assert list((await refused(again.does("rosa", "assess-rework", **claim))).fields) == ["registered"]
    assert list((await refused(again.does("rosa", "assess-rework", reference="3.2.S.2.2"))).fields) == ["reference"]
    assert (await refused(again.does("hana", "assess-rework"))).code == "wrong_role"
    await again.does("rosa", "assess-rework")
    assert (await refused(again.does("carla", "approve-rework"))).code == "wrong_role"
    await again.does("quentin", "approve-rework", approve=False)
    assert (await batch_of(again)).state == "CLOSED"
    await are_rebuilt_identically(seeded.database, "batches", "batch_parents")


@pytest.mark.parametrize(("activity", "stage"), [("PACKAGING", "CLINICAL_SUPPLY"), ("STORAGE", "API")])
@on_one_database
async def test_a_step_without_critical_parameters_binds_its_master_instruction(
    seeded: Seeded, activity: str, stage: str
) -> None:
    await fit(seeded)
    async with seeded.database.writing() as session:
        for effective in (await session.exec(select(ParameterSetRow))).all():
            await session.delete(effective)
    batch = await registered(seeded)
    assert (await refused(batch.does("wen", "start", started_at=START.isoformat()))).rule == "G6"
    async with seeded.database.writing() as session:
        scope = await session.get_one(ScopeRow, "SC-1")
        scope.activity, scope.stage = activity, "CLINICAL"
    packed_by = "SC-1" if stage == "CLINICAL_SUPPLY" else None
    begun = {"materials": [await bought(seeded)]} if stage == "CLINICAL_SUPPLY" else {}
    batch = await in_manufacture(seeded, supply_stage=stage, packed_by=packed_by, begun=begun)
    await finishes(batch)
    row = await batch_of(batch)
    assert (row.parameter_set_id, row.mbr_version, row.quantity) == (None, "MBR-204 v3", "118.4")
    await are_rebuilt_identically(seeded.database, "batches")
