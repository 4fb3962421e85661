"""When manufacture has ended is corrected by two, and everything that looks at the time of making looks anew."""

from datetime import timedelta
from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from domain.release.gates import evaluate
from records.batch.tables.batches import BatchCorrectionRow
from records.batch.tables.decisions import ReviewDemandRow
from records.core.policies import Policies
from records.release.gate_evidence import evidence_of
from tests.domain.filling import filled
from tests.records.certifying import fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import FILE, released
from tests.records.making import batch_of, made, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
WHY: dict[str, Any] = {"reason": "The shift was booked on the wrong day.", "evidence": [FILE]}
DAY = START.date()


async def corrects(batch: Qualifying, by: str = "priya", **values: Any) -> dict[str, Any]:
    return dict((await batch.answers(by, "correct-manufacture", {**WHY, **values})).effect)


async def g7(batch: Qualifying) -> GateVerdict:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    return next(each.verdict for each in evaluate(evidence, {}, batch.at) if each.gate is Gate.G7)


async def later(seeded: Seeded) -> Qualifying:
    """A batch that was made on one day; now it is three days later."""
    await ready(seeded)
    batch = await made(seeded)
    batch.passes(days=3)
    return batch


async def test_another_end_waits_for_a_second_person_and_stands_beside_the_old_one(seeded: Seeded) -> None:
    batch = await later(seeded)
    right = (START + timedelta(days=2)).isoformat()
    effect = await corrects(batch, finished_on=str(DAY + timedelta(days=2)), finished_at=right)
    assert (effect["waits"], [each["field"] for each in effect["changes"]]) == (True, ["finished_on", "finished_at"])
    assert (await batch_of(batch)).made_on == DAY
    assert (await refused(batch.does("priya", "confirm-manufacture-correction"))).rule is not None
    await batch.does("hana", "confirm-manufacture-correction")
    row = await batch_of(batch)
    assert (row.made_on, row.finished_at) == (DAY + timedelta(days=2), START + timedelta(days=2))
    assert {(each.field, each.old) for each in await seeded.rows(BatchCorrectionRow)} >= {("finished_on", str(DAY))}
    await are_rebuilt_identically(seeded.database, "batches", "batch_corrections")


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"finished_on": str(DAY - timedelta(days=30))}, ["finished_on"]),
        ({"finished_on": str(DAY + timedelta(days=9))}, ["finished_on"]),
        ({"finished_at": (START + timedelta(days=1)).isoformat()}, ["finished_at"]),
        ({"finished_on": str(DAY + timedelta(days=2)), "expiry_on": str(DAY + timedelta(days=1))}, ["expiry_on"]),
    ],
)
async def test_an_end_that_cannot_be_is_refused(seeded: Seeded, values: dict[str, Any], fields: list[str]) -> None:
    batch = await later(seeded)
    assert list((await refused(corrects(batch, **values))).fields) == fields
    assert (await batch_of(batch)).made_on == DAY


async def test_it_is_not_after_the_last_day_as_it_stands(seeded: Seeded) -> None:
    batch = await later(seeded)
    batch.passes(days=2000)
    refusal = await refused(corrects(batch, finished_on="2028-02-01"))
    assert "is not before 2028-01-31" in refusal.fields["finished_on"]


async def test_it_is_not_after_the_site_has_disposed_of_the_batch(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    batch.passes(days=40)
    refusal = await refused(corrects(batch, finished_on=str(batch.at.date())))
    assert refusal.fields == {"finished_on": "is after the site has disposed of the batch"}


async def test_an_event_that_came_before_the_right_end_is_put_before_the_decider(seeded: Seeded) -> None:
    batch = await later(seeded)
    about = {"event_id": "V-1", "type": "DEVIATION", "severity": "MAJOR", "lots": [], "scope_ids": []}
    told = {**about, "site_id": "VM-02", "detected_at": (START + timedelta(days=1)).isoformat()}
    form = filled(SiteEventReport, told, authority_outcome=None).model_dump(mode="json")
    await a_case(seeded, Process.EVENT, form, by="vito", at=batch.at)
    assert await g7(batch) is GateVerdict.PASS
    await corrects(batch, finished_on=str(DAY + timedelta(days=2)))
    await batch.does("hana", "confirm-manufacture-correction")
    assert await g7(batch) is GateVerdict.NEEDS_JUDGEMENT


async def test_a_release_is_reviewed_since_its_certificate_says_another_end(seeded: Seeded) -> None:
    batch = await released(seeded)
    batch.passes(days=3)
    await corrects(batch, finished_on=str(DAY + timedelta(days=1)))
    assert await seeded.rows(ReviewDemandRow) == []
    await batch.does("hana", "confirm-manufacture-correction")
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert f"finished on was {DAY}, is {DAY + timedelta(days=1)}" in demand.reason
