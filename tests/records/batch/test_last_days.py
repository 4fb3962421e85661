"""A last day changes by signed correction, retest or the authority's letter alone, and what follows is at once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.batch.holds.hold import HoldsEvaluation
from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.batch.tables.process import OosRow
from records.contexts import load
from records.core.dates import Dates
from tests.records.databases import on_one_database
from tests.records.delivering import FILE, order_of, ordered, released
from tests.records.making import batch_of, made, ready, registered
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided
from tests.records.seeded import START, Seeded

TODAY = START.date()
WHY: dict[str, Any] = {"reason": "The year was mistyped.", "evidence": [FILE]}


async def corrects(batch: Qualifying, by: str = "priya", **values: Any) -> dict[str, Any]:
    return dict((await batch.answers(by, "correct-manufacture", {**WHY, **values})).effect)


async def confirmed(batch: Qualifying, by: str = "hana", **changes: Any) -> None:
    await batch.does(by, "confirm-manufacture-correction", **changes)


async def looks(seeded: Seeded, at: datetime) -> None:
    await Dates(seeded.database, seeded.journal, load()).establish(at)


async def orders(batch: Qualifying, at: datetime, **changes: Any) -> Qualifying:
    return await a_case(batch.seeded, Process.SHIPMENT, order_of(batch, **changes), by="sana", at=at)


async def has(batch: Qualifying, **values: Any) -> Qualifying:
    async with batch.seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        for name, value in values.items():
            setattr(row, name, value)
    return batch


async def test_an_earlier_day_takes_effect_at_once_beside_the_old_one_and_has_the_release_reviewed(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    effect = await corrects(batch, expiry_on="2027-01-31", yield_percent="91")
    assert effect == {
        "changes": [
            {"field": "expiry_on", "old": "2028-01-31", "new": "2027-01-31"},
            {"field": "yield_percent", "old": "92.1", "new": "91"},
        ],
        "waits": False,
    }
    row = await batch_of(batch)
    assert (row.expiry_on, row.yield_percent, row.review_open) == (date(2027, 1, 31), "91", True)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert "expiry on was 2028-01-31, is 2027-01-31" in demand.reason
    assert "yield" not in demand.reason
    await are_rebuilt_identically(seeded.database, "batch_corrections", "review_demands")


async def test_a_day_that_has_passed_already_ends_the_life_at_once(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await has(await made(seeded), made_on=TODAY - timedelta(days=30))
    late = await registered(seeded, parents=[{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}])
    await late.does("wen", "start", started_at=START.isoformat())
    await corrects(batch, expiry_on=(TODAY - timedelta(days=1)).isoformat())
    row = await batch_of(batch)
    assert (row.physical_status, row.expired_at) == ("BLOCKED", batch.at)
    assert [(hold.batch_id, hold.type) for hold in await seeded.rows(HoldRow)] == [(late.case_id, "SUPPLY")]
    assert (await refused(ordered(seeded, batch))).code is Code.SHELF_LIFE_ENDED
    await corrects(batch, expiry_on=(TODAY + timedelta(days=9)).isoformat())
    assert (await batch_of(batch)).physical_status == "BLOCKED"  # until a second person confirms
    await confirmed(batch)
    row = await batch_of(batch)
    assert (row.physical_status, row.expired_at) == ("QUARANTINE", None)
    await looks(seeded, START + timedelta(days=11))
    assert (await batch_of(batch)).physical_status == "BLOCKED"
    await are_rebuilt_identically(seeded.database, "batch_corrections")


async def test_a_later_day_waits_for_a_second_person_and_changes_nothing_if_that_one_says_no(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    assert (await corrects(batch, expiry_on="2029-01-31"))["waits"] is True
    assert (await refused(corrects(batch, quantity="9000"))).code is Code.NOT_OPEN
    await batch.asks("confirm-manufacture-correction")
    assert (await refused(confirmed(batch, by="priya"))).code is Code.SEGREGATION_OF_DUTIES
    await confirmed(batch, confirm=False)
    assert (await batch_of(batch)).expiry_on == date(2028, 1, 31)
    assert (await refused(confirmed(batch))).code is Code.NOT_OPEN
    shown = await seeded.upload(by=await seeded.actor("vito"))
    await corrects(batch, expiry_on="03/2029", by="vito", evidence=[shown])
    await confirmed(batch, by="priya")
    assert (await batch_of(batch)).expiry_on == date(2029, 3, 31)


async def test_an_earlier_day_is_not_kept_back_by_a_later_one_that_waits(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await corrects(batch, expiry_on="2029-01-31")
    prefill = await batch.asks("confirm-manufacture-correction")
    assert (await corrects(batch, expiry_on="2027-01-31"))["waits"] is False
    assert (await batch_of(batch)).expiry_on == date(2027, 1, 31)
    assert (await batch.asks("confirm-manufacture-correction")) == prefill
    stale = await refused(batch.does("hana", "confirm-manufacture-correction", **prefill))
    assert (stale.code, list(stale.fields)) == (Code.VERSION_STALE, ["expiry_on"])
    assert (await batch_of(batch)).expiry_on == date(2027, 1, 31)
    await batch.does("hana", "confirm-manufacture-correction", **prefill, confirm=False)
    await corrects(batch, expiry_on="2028-06-30")
    await confirmed(batch)
    assert (await batch_of(batch)).expiry_on == date(2028, 6, 30)
    await are_rebuilt_identically(seeded.database, "batch_corrections")


async def test_a_batch_whose_retest_is_due_stays_where_it_is_before_any_clock_looks(seeded: Seeded) -> None:
    batch = await has(await released(seeded), retest_on=TODAY, expiry_on=None)
    late = START + timedelta(days=2)
    refusal = await refused(orders(batch, late))
    assert (refusal.code, "retest was due" in refusal.message) == (Code.SHELF_LIFE_ENDED, True)
    child = [{"batch_id": batch.case_id, "relation": "SPLIT", "quantity": "1"}]
    assert (await refused(registered(seeded, at=late, parents=child))).code is Code.SHELF_LIFE_ENDED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "reason"),
        ({"yield_percent": "92.1"}, "reason"),
        ({"expiry_on": "2025-01-13"}, "expiry_on"),
        ({"quantity": "30"}, "quantity"),
        ({"quantity": "99"}, "quantity"),
    ],
)
@on_one_database
async def test_what_is_taken_or_released_does_not_shrink_away(
    seeded: Seeded, values: dict[str, Any], field: str
) -> None:
    batch = await released(seeded)
    await ordered(seeded, batch, quantity="40")
    refusal = await refused(corrects(batch, **values))
    assert list(refusal.fields) == [field]
    await corrects(batch, quantity="100")


@on_one_database
async def test_what_was_split_lasts_no_longer_than_what_it_comes_from_after_a_correction_either(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await made(seeded)
    child = await made(seeded, parents=[{"batch_id": parent.case_id, "relation": "SPLIT", "quantity": "20"}], size="20")
    refusal = await refused(corrects(child, expiry_on="2028-02-01"))
    assert list(refusal.fields) == ["expiry_on"]
    await corrects(parent, expiry_on="2027-01-31")
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.batch_id, hold.type, "2027-01-31" in hold.reason) == (child.case_id, "SUPPLY", True)


async def test_a_passing_retest_opens_a_window_after_which_another_is_due(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await has(await made(seeded), expiry_on=None, retest_on=TODAY + timedelta(days=2))
    early = await refused(batch.answers("nora", "retest", {"tested_on": "2030-01-01", "certificate": FILE}))
    assert list(early.fields) == ["tested_on"]
    due = START + timedelta(days=4)
    await looks(seeded, due)
    (hold,) = await seeded.rows(HoldRow)
    batch.at = due
    lifting = {"hold_id": hold.hold_id, "impact": "Tested.", "evidence": [FILE]}
    assert "retest was due" in (await refused(batch.answers("priya", "lift-hold", lifting))).message
    tested = due.date().isoformat()
    await batch.answers("nora", "retest", {"tested_on": tested, "passed": True, "certificate": FILE})
    assert (await batch_of(batch)).retested_until == due.date() + timedelta(days=30)
    assert (await seeded.row(HoldRow, hold.hold_id)).lifted_at is None  # people lift it
    await batch.answers("priya", "lift-hold", lifting)
    await batch.does("quentin", "confirm-lift", hold_id=hold.hold_id, proposal=await proposal(batch))
    await looks(seeded, due + timedelta(days=29))
    assert len(await seeded.rows(HoldRow)) == 1
    await looks(seeded, due + timedelta(days=32))
    first, second = await seeded.rows(HoldRow)
    assert (first.lifted_at is not None, second.lifted_at, second.type) == (True, None, "RETEST_DUE")
    await are_rebuilt_identically(seeded.database, "retests", "holds")


async def proposal(batch: Qualifying) -> dict[str, Any]:
    found = HoldsEvaluation.model_validate((await batch.notes("batch.holds")).effect)
    return next(each.proposal.model_dump(mode="json") for each in found.holds if each.proposal is not None)


@on_one_database
async def test_a_failing_retest_is_a_result_outside_its_specification(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await has(await made(seeded), expiry_on=None, retest_on=TODAY)
    given = {"tested_on": TODAY.isoformat(), "passed": False, "certificate": FILE}
    assert list((await refused(batch.answers("nora", "retest", given))).fields) == ["failed"]
    failed = {"test": "Impurity I-3", "result": "0.21", "unit": "%", "limit": "0.15 %"}
    await batch.answers("nora", "retest", {**given, "failed": failed})
    (result,) = await seeded.rows(OosRow)
    assert (result.test, result.state, result.result) == ("Impurity I-3", "LABORATORY", "0.21")
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["OOS"]
    assert (await batch_of(batch)).retested_until is None


async def test_an_expired_batch_goes_on_by_the_letter_of_the_authority_alone_and_for_its_markets_alone(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await has(await made(seeded), expiry_on=TODAY + timedelta(days=2))
    await decided(seeded, batch.case_id, EU="RELEASE", US="RELEASE")
    over = START + timedelta(days=4)
    await looks(seeded, over)
    assert (await batch_of(batch)).physical_status == "BLOCKED"
    batch.at = over
    given = {"markets": ["EU"], "last_day": (TODAY + timedelta(days=40)).isoformat(), "letter": [FILE]}
    for wrong, field in (({"markets": ["CH"]}, "markets.0"), ({"last_day": TODAY.isoformat()}, "last_day")):
        assert list((await refused(batch.answers("rosa", "extend-shelf-life", {**given, **wrong}))).fields) == [field]
    assert (await refused(batch.answers("quentin", "extend-shelf-life", given))).code is Code.WRONG_ROLE
    await batch.answers("rosa", "extend-shelf-life", given)
    assert (await batch_of(batch)).physical_status == "BLOCKED"
    await batch.does("quentin", "sign-extension")
    row = await batch_of(batch)
    assert (row.physical_status, row.extended_markets, row.expired_at is None) == ("UNRESTRICTED", ["EU"], False)
    deliver = {"deliver_by": (TODAY + timedelta(days=10)).isoformat()}
    refusal = await refused(orders(batch, over, market="US", **deliver))
    assert refusal.code is Code.SHELF_LIFE_ENDED
    await orders(batch, over, market="EU", **deliver)
    late = {"deliver_by": (TODAY + timedelta(days=41)).isoformat()}
    assert (await refused(orders(batch, over, market="EU", **late))).code is Code.SHELF_LIFE_ENDED
    await looks(seeded, START + timedelta(days=43))
    row = await batch_of(batch)
    assert (row.physical_status, row.extended_markets) == ("BLOCKED", [])


@on_one_database
async def test_a_market_that_is_rejected_or_taken_back_is_not_extended(seeded: Seeded) -> None:
    batch = await released(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchMarketRow, (batch.case_id, "EU"))).withdrawn_at = START
    given = {"markets": ["EU"], "last_day": "2029-01-31", "letter": [FILE]}
    assert list((await refused(batch.answers("rosa", "extend-shelf-life", given))).fields) == ["markets.0"]
