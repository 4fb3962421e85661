"""Deliveries: what may leave, what stops it, how it travels, and what becomes of it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import select

from domain.asl.asl import AslStatus
from domain.batch.holds.holds import HoldType
from domain.core.forms import Process
from domain.core.refusals import Refused
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.tables.master_data import DelegationRow
from records.delivery.shipping import left_of
from records.delivery.transport import transport_facts
from records.release.queries.reconciliation import reconciliation
from records.views.cases import one_case
from tests.records.databases import on_one_database
from tests.records.delivering import (
    ARRIVED,
    COLD,
    FILE,
    LEFT,
    WARM,
    arranged,
    decided,
    dispatched,
    goods,
    ordered,
    readings,
    received,
    released,
    shipment_row,
    status_of_goods,
)
from tests.records.making import batch_of, made, ready, registered
from tests.records.qualifying import Qualifying, refused, stands
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided as decided_on
from tests.records.seeded import START, Seeded


async def held(seeded: Seeded, batch: Qualifying, number: int, market: str | None = None) -> None:
    payload: dict[str, Any] = {"type": "FINDING", "reason": "Secret.", "placed_in": "AUD-1", "site_id": "VM-02"}
    payload |= {"hold_id": f"HOLD-{number}", "market": market}
    await seeded.write("batch.held", batch.case_id, payload, at=START + timedelta(minutes=30))


async def goes_on(seeded: Seeded, batch: Qualifying) -> None:
    """All holds are lifted, the review after the release is over."""
    async with seeded.database.writing() as session:
        for hold in (await session.exec(select(HoldRow))).all():
            hold.lifted_at = ARRIVED
        (await session.get_one(BatchRow, batch.case_id)).review_open = False


async def test_a_delivery_goes_its_way_and_its_quantities_add_up(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await received(seeded, batch)
    written = await shipment.does("sana", "transport-record", series=readings(*COLD))
    assert written.effect["within_limits"] is True
    row = await shipment_row(shipment)
    assert (row.dispatched_quantity, row.received_quantity, row.within_limits) == ("10", "10", True)
    assert (row.received_on, (await goods(shipment)).blocked) == (START.date(), Decimal(0))
    second = await ordered(seeded, batch, quantity="4.5")
    await second.answers("sana", "cancel")
    await ordered(seeded, batch, quantity="90")
    async with seeded.database.reading() as session:
        (facts,) = await transport_facts(session, batch.case_id)
        inside = await reconciliation(session, await seeded.actor("ines"), batch.case_id)
        outside = await reconciliation(session, await seeded.actor("vito"), batch.case_id)
        case = await one_case(session, await seeded.actor("vito"), Process.SHIPMENT, shipment.case_id, ARRIVED)
    assert (facts.shipment_id, facts.within_limits, facts.received_at) == (shipment.case_id, True, row.received_at)
    assert (inside.made, inside.ordered, inside.remaining) == (Decimal("118.4"), Decimal(100), Decimal("108.4"))
    assert (inside.markets[0].remaining, outside.markets, outside.dispatched) == (Decimal(0), (), Decimal(10))
    assert case.shipment is not None
    assert (case.shipment.quantity, case.shipment.arrival) == (Decimal(10), None)
    await are_rebuilt_identically(seeded.database, "shipments")


async def test_of_two_orders_for_the_last_ten_kilograms_one_wins(seeded: Seeded) -> None:
    batch = await released(seeded)
    await ordered(seeded, batch, quantity="90")
    answers = await asyncio.gather(*(ordered(seeded, batch) for _ in range(2)), return_exceptions=True)
    (lost,) = [each for each in answers if isinstance(each, Refused)]
    assert (lost.refusal.code, lost.refusal.fields) == ("gate_closed", {"quantity": "at most 0 kg are left"})
    assert len([each for each in answers if isinstance(each, Qualifying)]) == 1


@on_one_database
async def test_nothing_is_ordered_that_may_not_leave(seeded: Seeded) -> None:
    batch = await released(seeded)
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "batch_id": ("rule_broken", {"batch_id": "BAT-99"}),
        "market": ("rule_broken", {"market": "JP"}),
        "deliver_by": ("rule_broken", {"deliver_by": "2025-01-12"}),
        "quantity": ("gate_closed", {"quantity": "100.0000000001"}),
        "carrier_scope_id": ("rule_broken", {"carrier_scope_id": "SC-99"}),
    }
    for field, (code, changes) in given.items():
        refusal = await refused(ordered(seeded, batch, **changes))
        assert (refusal.code, list(refusal.fields)) == (code, [field])
    refusal = await refused(ordered(seeded, batch, market="US"))
    assert (refusal.code, "not released" in refusal.message) == ("gate_closed", True)
    assert (await refused(ordered(seeded, batch, carrier_scope_id="SC-2"))).rule == "G12"
    await stands(seeded, AslStatus.APPROVED, scope_id="SC-2", site_id="OB-01")
    shipment = await ordered(seeded, batch, carrier_scope_id="SC-2", quantity="1")
    await stands(seeded, AslStatus.DISQUALIFIED, scope_id="SC-2", site_id="OB-01")
    shipment.at = LEFT
    assert (await refused(shipment.does("vito", "dispatch", quantity="1"))).rule == "G12"
    assert (await refused(ordered(seeded, batch, by="paul"))).code == "wrong_role"
    await decided(seeded, batch, withdrawn_at=START)
    assert "withdrawn" in (await refused(ordered(seeded, batch))).message
    assert len(await seeded.events("SHP-2")) == 0


@on_one_database
async def test_a_hold_that_came_since_stops_the_dispatch_and_says_nothing_to_the_site(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    await held(seeded, batch, 98, market="US")
    await dispatched(seeded, batch)  # another market's hold stops nothing
    shipment.at = LEFT
    fault = {"quantity": "is more than the 10 that were ordered"}
    assert (await refused(shipment.does("vito", "dispatch", quantity="10.1"))).fields == fault
    await held(seeded, batch, 99)
    refusal = await refused(shipment.does("vito", "dispatch"))
    assert (refusal.code, refusal.message) == ("gate_closed", "Nothing may leave: ask the sponsor.")
    assert "on hold: FINDING" in (await refused(shipment.does("sana", "dispatch"))).message
    assert "on hold: FINDING" in (await refused(ordered(seeded, batch))).message
    assert (await shipment_row(shipment)).dispatched_at is None


@on_one_database
async def test_an_excursion_holds_the_batch_and_quality_says_what_becomes_of_the_goods(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await received(seeded, batch)
    written = await shipment.does("sana", "transport-record", series=readings(*WARM))
    assert written.effect["within_limits"] is False
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.batch_id, hold.type, hold.placed_in) == (batch.case_id, HoldType.SUPPLY, shipment.case_id)
    assert (await seeded.row(BatchRow, batch.case_id)).review_open
    row = await shipment_row(shipment)
    assert (row.within_limits, row.findings[0]["outside_minutes"], (await goods(shipment)).blocked) == (
        False,
        "85.72",
        Decimal(10),
    )
    async with seeded.database.reading() as session:
        assert [each.within_limits for each in await transport_facts(session, batch.case_id)] == [False]
    assert (await shipment.does("priya", "assess-transport", acceptable=False)).effect == {"blocked": True}
    shipment.passes(days=1)
    assert (await refused(shipment.does("sana", "dispose-goods", quantity="10.1"))).fields == {
        "quantity": "is more than the 10 that are blocked"
    }
    assert (await shipment.does("sana", "dispose-goods", quantity="4")).effect == {"blocked": True}
    assert (await shipment.does("sana", "dispose-goods")).effect == {"blocked": False}
    assert (await shipment_row(shipment)).disposed_quantity == "10"
    async with seeded.database.reading() as session:
        assert await transport_facts(session, batch.case_id) == ()  # nothing is left of what travelled warm
    await are_rebuilt_identically(seeded.database, "shipments", "holds")


@on_one_database
async def test_what_is_not_shown_or_in_doubt_holds_the_batch_and_quality_may_accept_an_excursion(
    seeded: Seeded,
) -> None:
    batch = await released(seeded)
    shipment = await received(seeded, batch)
    await shipment.does("sana", "transport-record", series=[])
    assert (await shipment.does("priya", "assess-transport")).effect == {"blocked": False}
    async with seeded.database.reading() as session:
        assert [each.within_limits for each in await transport_facts(session, batch.case_id)] == [True]
    await goes_on(seeded, batch)
    shipment = await dispatched(seeded, batch)
    shipment.at = ARRIVED
    broken: dict[str, Any] = {"condition": "SEAL_BROKEN", "explanation": "The seal of drum 1 is cut."}
    assert list((await refused(shipment.does("sana", "receive", **broken))).fields) == ["rejected"]
    assert len(await seeded.rows(HoldRow)) == 1
    written = await shipment.does("sana", "receive", rejected="10", **broken)
    assert (written.effect["blocked"], written.effect["quarantined"]) == (True, False)
    assert [(hold.type, hold.placed_in) for hold in await seeded.rows(HoldRow)][1:] == [
        (HoldType.SUPPLY, shipment.case_id)
    ]


async def test_goods_in_quarantine_stay_blocked_until_their_market_is_released(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded, value="52.6")  # held, which stops no quarantine
    assert "no arrangement" in (await refused(ordered(seeded, batch, quarantine=True))).message
    await arranged(seeded, batch)
    elsewhere: dict[str, Any] = {"name": "Somewhere", "address": "Else"}
    assert (await refused(ordered(seeded, batch, quarantine=True, destination=elsewhere))).code == "gate_closed"
    assert list((await refused(ordered(seeded, batch, quarantine=True, quantity="60.1"))).fields) == ["quantity"]
    shipment = await dispatched(seeded, batch, quarantine=True, quantity="60")
    assert await status_of_goods(batch) == "QUARANTINE_IN_TRANSIT"
    assert list((await refused(ordered(seeded, batch, quarantine=True))).fields) == ["quantity"]
    shipment.at = ARRIVED
    written = await shipment.does("sana", "receive")
    assert (written.effect["quarantined"], await status_of_goods(batch)) == (True, "QUARANTINE")
    await shipment.does("sana", "transport-record", series=readings(*COLD))
    assert "not released" in (await refused(shipment.does("sana", "unblock"))).message
    await decided(seeded, batch)
    assert "on hold" in (await refused(shipment.does("sana", "unblock"))).message
    await goes_on(seeded, batch)
    assert "without quarantine" in (await refused(ordered(seeded, batch, quarantine=True))).message
    assert list((await refused(ordered(seeded, batch, quantity="40.1"))).fields) == ["quantity"]
    assert (await shipment.does("sana", "unblock")).effect == {"blocked": False}
    assert (await shipment_row(shipment)).unblocked_at == ARRIVED
    await are_rebuilt_identically(seeded.database, "shipments", "quarantine_arrangements")


@on_one_database
async def test_goods_that_arrive_after_the_rejection_are_blocked_and_taken_away(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await arranged(seeded, batch)
    shipment = await dispatched(seeded, batch, quarantine=True)
    await decided(seeded, batch, decision="REJECT")
    refusal = await refused(ordered(seeded, batch, quarantine=True))
    assert "rejected" in refusal.message
    shipment.at = ARRIVED
    await shipment.does("sana", "receive")
    assert await status_of_goods(batch) == "BLOCKED"
    assert (await refused(shipment.does("sana", "unblock"))).code == "gate_closed"
    written = await shipment.does(
        "sana", "dispose-goods", kind="DESTROYED", evidence=[FILE], disposed_on=ARRIVED.date().isoformat()
    )
    assert written.effect == {"blocked": False}


@on_one_database
async def test_goods_that_were_there_in_quarantine_before_the_rejection_are_blocked_and_taken_away(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await arranged(seeded, batch)
    shipment = await received(seeded, batch, quarantine=True)
    await shipment.does("sana", "transport-record", series=readings(*COLD))
    assert await status_of_goods(batch) == "QUARANTINE"
    await decided_on(seeded, batch.case_id, EU="REJECT", US="REJECT")
    assert await status_of_goods(batch) == "BLOCKED"
    assert (await goods(shipment)).blocked == Decimal(10)
    assert (await refused(shipment.does("sana", "unblock"))).code == "gate_closed"
    assert (await shipment.does("sana", "dispose-goods", kind="DESTROYED", evidence=[FILE])).effect == {
        "blocked": False
    }
    row = await shipment_row(shipment)
    assert (row.disposed_quantity, (await goods(shipment)).blocked) == ("10", Decimal(0))


async def test_goods_whose_market_is_stopped_on_their_way_are_blocked_until_it_goes_on(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await dispatched(seeded, batch)
    await held(seeded, batch, 1, "EU")
    shipment.at = ARRIVED
    written = await shipment.does("sana", "receive")
    assert (written.effect["quarantined"], written.effect["blocked"]) == (True, True)
    await shipment.does("sana", "transport-record", series=readings(*COLD))
    assert (await goods(shipment)).blocked == Decimal(10)
    assert "on hold" in (await refused(shipment.does("sana", "unblock"))).message
    await goes_on(seeded, batch)
    assert (await shipment.does("sana", "unblock")).effect == {"blocked": False}
    assert (await goods(shipment)).blocked == Decimal(0)
    await are_rebuilt_identically(seeded.database, "shipments")


@on_one_database
async def test_what_left_under_a_rejection_is_missing_under_its_correction(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await arranged(seeded, batch, quantity="50")
    shipment = await ordered(seeded, batch, quarantine=True, quantity="50")
    shipment.at = LEFT
    await shipment.does("vito", "dispatch", quantity="50")
    batch.passes(days=1)
    await batch.answers("priya", "redirect", {"way": "REJECT", "grounds": ["SPECIFICATION"]})
    await batch.closes("REJECTED")
    parents = [{"batch_id": batch.case_id, "relation": "CORRECTION"}]
    again = await registered(seeded, number=(await batch_of(batch)).number, at=batch.at, parents=parents)
    await again.does("hana", "confirm-correction", evidence=[await seeded.upload(by=await seeded.actor("hana"))])
    await again.does("quentin", "countersign-correction")
    await decided(seeded, again)
    assert list((await refused(ordered(seeded, again, quantity="68.5"))).fields) == ["quantity"]
    await ordered(seeded, again, quantity="60")
    async with seeded.database.reading() as session:
        assert await left_of(session, again.case_id) == Decimal("8.4")
        found = await reconciliation(session, await seeded.actor("priya"), again.case_id)
    assert (found.gone_before, found.remaining) == (Decimal(50), Decimal("68.4"))


@on_one_database
async def test_no_more_is_delivered_anew_than_has_left(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await dispatched(seeded, batch)
    shipment.at = ARRIVED
    recount = {"quantity": "25", "rejected": "25", "condition": "DAMAGED", "explanation": "Recount."}
    await shipment.does("sana", "receive", **recount)
    await shipment.does("sana", "dispose-goods")
    assert list((await refused(ordered(seeded, batch, quantity="90.1"))).fields) == ["quantity"]
    await ordered(seeded, batch, quantity="90")


@on_one_database
async def test_what_is_split_off_is_missing_in_the_batch_that_it_comes_from(seeded: Seeded) -> None:
    batch = await released(seeded)
    await ordered(seeded, batch, quantity="50")

    def part(quantity: str) -> list[dict[str, Any]]:
        return [{"batch_id": batch.case_id, "relation": "SPLIT", "quantity": quantity}]

    refusal = await refused(registered(seeded, size="68.5", parents=part("68.5")))
    assert refusal.fields == {"parents.0.quantity": "is more than the 68.4 that are left of it"}
    await registered(seeded, size="60", parents=part("60"))
    assert list((await refused(registered(seeded, size="9", parents=part("9")))).fields) == ["parents.0.quantity"]
    assert list((await refused(ordered(seeded, batch, quantity="8.5"))).fields) == ["quantity"]
    await ordered(seeded, batch, quantity="8.4")
    async with seeded.database.reading() as session:
        found = await reconciliation(session, await seeded.actor("sana"), batch.case_id)
    assert (found.given, found.remaining) == (Decimal(60), Decimal("58.4"))
    await are_rebuilt_identically(seeded.database, "batch_parents")


async def _stands_in(seeded: Seeded, delegator: str, delegate: str, role: str) -> None:
    async with seeded.database.writing() as session:
        session.add(
            DelegationRow(
                delegation_id="DEL-9",
                delegator=seeded.result.person(delegator),
                delegate=seeded.result.person(delegate),
                roles=[role],
                valid_from=START.date(),
                valid_to=START.date(),
                accepted=True,
            )
        )


@on_one_database
async def test_an_arrangement_takes_two_people_and_no_full_suspension(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    batch.passes(minutes=1)
    assert list((await refused(batch.answers("priya", "arrange-quarantine", {"market": "JP"}))).fields) == ["market"]
    assert list((await refused(batch.answers("priya", "arrange-quarantine", {"quantity": "119"}))).fields) == [
        "quantity"
    ]
    for named in ("/etc/passwd", "QTA-9", "QTA-1, annex 4"):
        other = await refused(batch.answers("priya", "arrange-quarantine", {"agreement": named}))
        assert other.fields == {"agreement": "is none of those in force: QTA-1"}
    await batch.answers("priya", "arrange-quarantine")
    suggested = await batch.asks("confirm-quarantine")
    await _stands_in(seeded, "quentin", "priya", "QP")
    assert (await refused(batch.answers("priya", "confirm-quarantine", suggested, on_behalf_of="quentin"))).rule == "S1"
    stale = {"arrangement": {"version": 1, "sha256": "1" * 64}}
    assert (await refused(batch.answers("quentin", "confirm-quarantine", stale))).code == "version_stale"
    unknown = {"arrangement": {"version": 9, "sha256": "1" * 64}}
    assert list((await refused(batch.answers("quentin", "confirm-quarantine", unknown))).fields) == ["arrangement"]
    await batch.answers("quentin", "confirm-quarantine", {**suggested, "approve": False})
    assert (await refused(batch.does("quentin", "confirm-quarantine", **suggested))).code == "already_answered"
    assert "no arrangement" in (await refused(ordered(seeded, batch, quarantine=True))).message
    await batch.answers("priya", "arrange-quarantine")
    await batch.does("quentin", "confirm-quarantine")
    shipment = await ordered(seeded, batch, quarantine=True)
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="FULL")
    assert (await refused(batch.answers("priya", "arrange-quarantine"))).code == "gate_closed"
    shipment.at = LEFT
    assert "in full" in (await refused(shipment.does("sana", "dispatch"))).message
