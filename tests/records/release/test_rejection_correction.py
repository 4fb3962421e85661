"""What goes on under the new record of goods whose rejection was wrong."""

from typing import Any

import pytest

from domain.core.entry import Move
from domain.core.refusals import Code
from records.batch.standing import rejected_batches
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.core.policies import Policies
from records.core.tables.facts import FactRow
from tests.records.analysing import analysed
from tests.records.databases import on_one_database
from tests.records.making import batch_of, made, ready, registered
from tests.records.oos import ground
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
NOW = START.isoformat()


async def rejected(batch: Qualifying) -> Qualifying:
    """It is rejected for all its markets, and its case is closed."""
    await batch.answers("priya", "redirect", {"way": "REJECT", "grounds": ["SPECIFICATION"]})
    await batch.closes("REJECTED")
    return batch


async def new_record_of(batch: Qualifying) -> Qualifying:
    number = (await batch_of(batch)).number
    return await registered(
        batch.seeded, number=number, parents=[{"batch_id": batch.case_id, "relation": "CORRECTION"}]
    )


async def corrected(batch: Qualifying) -> tuple[Qualifying, Any]:
    """The new record, and what goes on under it."""
    again = await new_record_of(batch)
    document = await batch.seeded.upload(by=await batch.seeded.actor("hana"))
    await again.does("hana", "confirm-correction", evidence=[document])
    return again, (await again.does("quentin", "countersign-correction")).effect["unfinished"]


async def test_the_rejection_stands_as_a_fact_until_it_is_corrected(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await rejected(await made(seeded))
    kinds = {"BatchRejected", "RefusedInMarket"}
    assert {row.kind for row in await seeded.rows(FactRow) if row.revoked_at is None} == kinds
    again, _ = await corrected(batch)
    facts = [row for row in await seeded.rows(FactRow) if row.kind in kinds]
    assert {(row.stream, row.revoked_at is not None, row.revoked_cause["by"]) for row in facts} == {
        (batch.case_id, True, "countersign-correction")
    }
    assert {row.revoked_cause["entry"] for row in facts} == {again.case_id}
    async with seeded.database.reading() as session:
        assert await rejected_batches(session, Policies(), again.at) == []
    await are_rebuilt_identically(seeded.database, "facts")


@pytest.mark.parametrize(("rejecter", "may", "must_not"), [("priya", "hana", "quentin"), ("hana", "priya", "hana")])
async def test_who_has_rejected_it_is_followed_by_another_of_quality(
    seeded: Seeded, rejecter: str, may: str, must_not: str
) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await batch.answers(rejecter, "redirect", {"way": "REJECT", "grounds": ["SPECIFICATION"]})
    await batch.closes("REJECTED")
    again = await new_record_of(batch)
    document = await seeded.upload(by=await seeded.actor(may))
    barred = await refused(again.does(must_not, "confirm-correction", evidence=[document]))
    assert barred.code is (Code.SEGREGATION_OF_DUTIES if must_not == rejecter else Code.WRONG_ROLE)
    await again.does(may, "confirm-correction", evidence=[document])
    effect = (await again.does("quentin", "countersign-correction")).effect
    assert effect["corrected"] is True


async def test_what_was_left_unfinished_goes_on_where_it_stood_under_every_new_record(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await analysed(batch)
    await analysed(batch, number="COA-2", correction_of="COA-1", correction_reason="A slip.")
    for number, of in (("DEV-1", "MAJOR"), ("DEV-2", "MAJOR"), ("DEV-3", "MINOR")):
        report = {"deviation_id": number, "deviation_class": of, "parameter": None, "detected_at": NOW}
        await batch.answers("vito", "deviation", report)
    for number in ("DEV-2", "DEV-3"):
        await batch.answers("vito", "close-deviation", {"deviation_id": number, "impact": "None of it."})
    for number in ("OOS-1", "OOS-2"):
        await batch.answers("vito", "oos", {"oos_id": number, "detected_at": NOW, "retests_planned": 1})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-2", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-2", "outcome": "INCONCLUSIVE"})
    await batch.answers("priya", "redirect", {"way": "REJECT", "grounds": ["SPECIFICATION"]})
    await batch.writes(Move(stage="REJECTED"))
    early = await refused(new_record_of(batch))
    assert early.fields == {"parents.0.batch_id": "is rejected, but its investigations are not closed"}
    await batch.closes("REJECTED")
    again, unfinished = await corrected(batch)
    assert [(each["deviation_id"], each["is_assessed"]) for each in unfinished["deviations"]] == [
        ("DEV-1", False),
        ("DEV-2", True),
    ]
    assert unfinished["deviations"][1]["about"] == "None of it."
    assert [(each["oos_id"], each["in_laboratory"]) for each in unfinished["results"]] == [
        ("OOS-1", True),
        ("OOS-2", False),
    ]

    third, unfinished = await corrected(await rejected(again))  # the numbers of events below zero do not collide
    assert len(unfinished["deviations"]) == 2
    reports = sorted(await seeded.rows(AnalysisReportRow), key=lambda row: row.number)
    told = [row.superseded for row in reports if row.batch_id == third.case_id]
    assert told == [True, False]  # in the order in which they came
    of_third = [row.number for row in await seeded.rows(AnalysisRow) if row.batch_id == third.case_id]
    assert len(of_third) == 2
    assert max(of_third) < 0
    too_many = await refused(third.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": ["1", "2"]}))
    assert list(too_many.fields) == ["retests"]
    await third.answers("vito", "close-deviation", {"deviation_id": "DEV-1"})
    await third.answers("quentin", "accept-deviation", {"deviation_id": "DEV-2"})
    same_goods = [batch.case_id, again.case_id]
    again_inconclusive = {"oos_id": "OOS-2", "outcome": "INCONCLUSIVE", "other_batches": same_goods}
    written = await third.answers("priya", "oos-investigation", again_inconclusive)
    assert (written.effect["state"], written.effect["again"]) == ("INCONCLUSIVE", True)
    written = await third.answers("priya", "oos-investigation", {**again_inconclusive, **await ground(seeded)})
    assert (written.effect["state"], written.effect["again"]) == ("DISCOUNT_PROPOSED", True)
    assert (await refused(third.answers("priya", "confirm-discount", {"oos_id": "OOS-2"}))).rule == "S1"
    written = await third.answers("hana", "confirm-discount", {"oos_id": "OOS-2"})
    assert written.effect["state"] == "DISCOUNTED"
    assert (await refused(third.answers("priya", "oos-investigation", again_inconclusive))).code == "not_open"
    await are_rebuilt_identically(
        seeded.database, "batch_deviations", "oos_results", "analysis_reports", "analysis_results", "parameter_results"
    )
