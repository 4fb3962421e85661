"""What happens to a batch reaches what was ordered of it, and what was to be destroyed."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from domain.event.site_event import SiteEventReport
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.core.tables.journal import OutboxRow
from records.delivery.tables import DestructionRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.delivering import ARRIVED, FILE, LEFT, decided, ordered, released, shipment_row
from tests.records.making import made
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
LATER = ARRIVED + timedelta(hours=20)


async def notified(seeded: Seeded, case: Qualifying) -> int:
    """How many messages wait for a procedure."""
    rows = await seeded.rows(OutboxRow)
    return len([row for row in rows if (row.kind, row.lane) == ("signal", case.case_id)])


async def approved(seeded: Seeded, batch: Qualifying) -> Qualifying:
    """The destruction of ten kilograms at the site may be carried out."""
    form = {
        "batch_id": batch.case_id, "stock": "AT_SITE", "quantity": "10", "reason": "Broken bags.", "method": "Burnt",
    }  # fmt: skip
    case = await a_case(seeded, Process.DESTRUCTION, form, by="sana", at=LATER)
    await case.does("priya", "approve")
    batch.at = LATER
    return case


async def papers(seeded: Seeded) -> list[dict[str, Any]]:
    """What travels with the goods, uploaded by the site."""
    return [await seeded.upload(by=await seeded.actor("vito"), site_id="VM-02")]


async def complained_of(seeded: Seeded, number: str, site_id: str = "VM-02", **changes: Any) -> Qualifying:
    given = {"type": "COMPLAINT", "severity": "MINOR", "lots": [number], "authority_outcome": None, "site_id": site_id}
    form = filled(SiteEventReport, {**given, "scope_ids": [], **changes}).model_dump(mode="json")
    return await a_case(seeded, Process.EVENT, form, by="ines", at=LATER)


async def comes_to_need(seeded: Seeded, batch: Qualifying, what: str) -> None:
    number = (await seeded.row(BatchRow, batch.case_id)).number
    if what == "a deviation":
        report = {"deviation_id": "DEV-9", "parameter": None, "deviation_class": "MINOR"}
        await batch.answers("vito", "deviation", report)
    elif what == "a result":
        await batch.answers("vito", "oos", {"oos_id": "OOS-9"})
    elif what == "a complaint":
        await complained_of(seeded, number)
    elif what == "a review":
        await batch.answers("nora", "report-later-finding")
    else:
        await batch.answers("priya", "place-hold", {"hold_type": what, "reason": "They asked for it."})


NEEDS = {
    "a deviation": "deviation DEV-9 is open",
    "a result": "result OOS-9 is under investigation",
    "a complaint": "complaint EVT-1 is open",
    "a review": "a review of the release is open",
    "LEGAL": "(LEGAL) stands",
    "COMPLAINT": "(COMPLAINT) stands",
}


@pytest.mark.parametrize("what", NEEDS)
async def test_an_approval_falls_with_whatever_comes_to_need_the_goods(seeded: Seeded, what: str) -> None:
    batch = await released(seeded)
    case = await approved(seeded, batch)
    assert await notified(seeded, case) == 0
    await comes_to_need(seeded, batch, what)
    assert await notified(seeded, case) == 1
    fell: Any = (await case.notes("destruction.approval_fell")).effect
    assert any(NEEDS[what] in each for each in fell["needed_by"])
    row = await seeded.row(DestructionRow, case.case_id)
    assert (row.fell_at, NEEDS[what] in str(row.fell_because)) == (LATER, True)
    again = await refused(case.does("priya", "approve"))
    assert (again.code, NEEDS[what] in again.message) == (Code.NOT_OPEN, True)
    await are_rebuilt_identically(seeded.database, "destructions")


async def test_that_it_was_done_all_the_same_is_recorded_with_the_reason_and_the_release_reviewed(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    case = await approved(seeded, batch)
    await comes_to_need(seeded, batch, "LEGAL")
    await case.notes("destruction.approval_fell")
    done = {"quantity": "10", "evidence": [FILE], "destroyed_on": LATER.date().isoformat(), "done_although": None}
    assert list((await refused(case.answers("sana", "record", done))).fields) == ["done_although"]
    before = len(await seeded.rows(ReviewDemandRow))
    await case.answers("sana", "record", done, done_although="The carrier had it already.")
    row = await seeded.row(DestructionRow, case.case_id)
    assert (row.destroyed_quantity, row.done_although) == ("10", "The carrier had it already.")
    (*_, demand) = await seeded.rows(ReviewDemandRow)
    assert (len(await seeded.rows(ReviewDemandRow)), "were destroyed while needed" in demand.reason) == (
        before + 1, True,
    )  # fmt: skip


async def test_what_was_done_before_the_approval_fell_needs_no_reason(seeded: Seeded) -> None:
    batch = await released(seeded)
    case = await approved(seeded, batch)
    batch.at = case.at = LATER + timedelta(days=2)
    await comes_to_need(seeded, batch, "LEGAL")
    await case.notes("destruction.approval_fell")
    done = {"quantity": "10", "evidence": [FILE], "destroyed_on": LATER.date().isoformat()}
    refusal = await refused(case.answers("sana", "record", {**done, "done_although": "It was late."}))
    assert list(refusal.fields) == ["done_although"]
    await case.answers("sana", "record", {**done, "done_although": None})


async def test_an_approval_stands_while_nothing_needs_the_goods_and_is_given_anew_when_nothing_does_any_more(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    case = await approved(seeded, batch)
    other = await made(seeded)
    other.at = LATER
    await comes_to_need(seeded, other, "LEGAL")
    await complained_of(seeded, "X-99")
    assert await notified(seeded, case) == 0
    assert (await case.notes("destruction.approval_fell")).effect == {"needed_by": []}
    assert (await seeded.row(DestructionRow, case.case_id)).fell_at is None
    await comes_to_need(seeded, batch, "a deviation")
    await case.notes("destruction.approval_fell")
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-9", "impact_on": []})
    await case.does("priya", "approve")
    row = await seeded.row(DestructionRow, case.case_id)
    assert (row.fell_at, row.fell_because) == (None, None)
    done = {"quantity": "10", "evidence": [FILE], "destroyed_on": LATER.date().isoformat(), "done_although": None}
    await case.answers("sana", "record", done)


@pytest.mark.parametrize("what", ["taken back", "rejected", "expired"])
async def test_an_order_is_stopped_once_nothing_may_go_to_its_market_any_more(seeded: Seeded, what: str) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    batch.at = shipment.at = LEFT
    await batch.answers("nora", "report-later-finding")
    assert await notified(seeded, shipment) == 0  # a review ends
    assert (await shipment.notes("shipment.stopped")).effect == {"because": []}
    async with seeded.database.writing() as session:
        market = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        if what == "taken back":
            market.withdrawn_at = LEFT
        elif what == "rejected":
            market.decision, market.decided_at = "REJECT", LEFT
        else:
            (await session.get_one(BatchRow, batch.case_id)).expiry_on = date(2025, 1, 12)
    await batch.notes("batch.reviews_demanded")
    assert await notified(seeded, shipment) == 1
    because: Any = (await shipment.notes("shipment.stopped")).effect["because"]
    said = {"taken back": "withdrawn", "rejected": "the market is rejected", "expired": "shelf life ended"}
    assert said[what] in ", ".join(because)
    await shipment.answers("sana", "cancel", {})
    assert (await shipment_row(shipment)).cancelled_at is not None


async def test_what_had_left_before_it_was_stopped_is_recorded_with_its_papers_and_arrives_blocked(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    await decided(seeded, batch, withdrawn_at=LEFT + timedelta(minutes=30))
    shipment.at, shown = LEFT + timedelta(hours=1), await papers(seeded)
    left = {"dispatched_at": LEFT.isoformat()}
    bare = await refused(shipment.does("vito", "dispatch", **left, documents=[]))
    assert bare.code is Code.GATE_CLOSED
    late = {"dispatched_at": (LEFT + timedelta(minutes=31)).isoformat(), "documents": shown}
    assert (await refused(shipment.does("vito", "dispatch", **late))).code is Code.GATE_CLOSED
    await shipment.does("vito", "dispatch", **left, documents=shown)
    shipment.at = ARRIVED
    effect = (await shipment.does("sana", "receive")).effect
    assert (effect["stopped"], effect["blocked"]) == (True, True)


async def test_a_hold_or_a_review_that_came_after_the_dispatch_does_not_hide_that_the_goods_are_on_their_way(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    batch.at = LEFT + timedelta(minutes=10)
    await batch.answers("priya", "place-hold", {"hold_type": "LEGAL", "reason": "They asked for it."})
    await batch.answers("nora", "report-later-finding")
    shipment.at, shown = LEFT + timedelta(hours=1), await papers(seeded)
    early = {"dispatched_at": (LEFT + timedelta(minutes=20)).isoformat(), "documents": shown}
    assert (await refused(shipment.does("vito", "dispatch", **early))).code is Code.GATE_CLOSED
    await shipment.does("vito", "dispatch", dispatched_at=LEFT.isoformat(), documents=shown)


async def test_an_order_of_a_rejected_batch_in_quarantine_is_stopped_as_well(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.site_decision, row.site_decided_at = "REJECTED", START
    shipment.at = LEFT
    assert (await shipment.notes("shipment.stopped")).effect == {"because": ["the batch is rejected"]}
