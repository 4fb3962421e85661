"""After the last day of a batch nothing of it moves on; the standing clock blocks what lies, and holds what follows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.batch.holds.holds import HoldType
from domain.core.refusals import Code, Refusal
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.contexts import load
from records.core.dates import EVERY, Dates
from records.core.policies import Policies
from records.core.tables.master_data import CalendarRow
from records.release.queries.gate_reports import gate_report
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import FILE, arranged, decided, dispatched, goods, ordered, shipment_row, status_of_goods
from tests.records.making import batch_of, finishes, in_manufacture, made, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START, Seeded

ZONE = "America/Los_Angeles"
LAST = "2025-01-16"
END = datetime(2025, 1, 17, 8, tzinfo=UTC)
"""The midnight after it."""
SECOND = timedelta(seconds=1)
WORDS = f"shelf life ended on {LAST} ({ZONE})"


async def in_los_angeles(seeded: Seeded) -> Seeded:
    """The site lies there: its last days end eight hours later than those of UTC."""
    async with seeded.database.writing() as session:
        for row in (await session.exec(select(CalendarRow))).all():
            row.tz = ZONE
    return seeded


async def ends_soon(batch: Qualifying, **dates: str | None) -> Qualifying:
    """Its dates are these, by default a last day three days after it was made."""
    async with batch.seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.expiry_on = row.retest_on = None
        for name, day in (dates or {"expiry_on": LAST}).items():
            setattr(row, name, datetime.fromisoformat(day).date() if day else None)
    return batch


async def released(seeded: Seeded, **dates: str | None) -> Qualifying:
    """A batch that is released for the EU, and whose shelf life ends soon."""
    batch = await ends_soon(await made(await ready(await in_los_angeles(seeded))), **dates)
    await decided(seeded, batch)
    return batch


async def looks(seeded: Seeded, at: datetime, cause: str = "clock") -> datetime:
    """The standing clock looks. Returns when it will again."""
    return await Dates(seeded.database, seeded.journal, load()).establish(at, cause=cause)


async def held(batch: Qualifying) -> list[tuple[str, str]]:
    """Type and reason of the holds that stand on it."""
    rows = await batch.seeded.rows(HoldRow)
    return [(row.type, row.reason) for row in rows if row.batch_id == batch.case_id and row.lifted_at is None]


def says(refusal: Refusal, field: str) -> bool:
    """Whether it refuses for the end of the shelf life, naming day and zone, at a field."""
    return refusal.code is Code.SHELF_LIFE_ENDED and WORDS in refusal.fields[field] and LAST in refusal.message


@pytest.mark.parametrize(("market", "user", "action"), [("EU", "quentin", "certify"), ("US", "hana", "approve")])
async def test_it_is_not_certified_or_approved_after_its_last_day_but_can_be_rejected(
    seeded: Seeded, market: str, user: str, action: str
) -> None:
    batch = await ends_soon(await reviewed(await fit(await in_los_angeles(seeded))))
    batch.at = END
    refusal = await refused(decides(batch, user, market, action))
    assert (refusal.code, refusal.fields["G12"]) == (Code.GATE_CLOSED, WORDS)
    judged = {"judgements": [{"gate": "G12", "rationale": "It was tested again and is good."}]}
    assert (await refused(decides(batch, user, market, action, **judged))).code is Code.GATE_CLOSED
    why: dict[str, Any] = {"decision": "REJECT", "reason": "Too old.", "quantity": None, "grounds": ["STORAGE"]}
    assert (await decides(batch, user, market, action, **why)).effect["decision"] == "REJECT"


@on_one_database
async def test_it_is_certified_through_its_last_day(seeded: Seeded) -> None:
    batch = await ends_soon(await reviewed(await fit(await in_los_angeles(seeded))))
    batch.at = END - SECOND
    assert (await decides(batch, "quentin", "EU")).effect["decision"] == "RELEASE"


async def test_the_gate_report_shows_the_last_day_and_whether_it_has_passed(seeded: Seeded) -> None:
    batch = await released(seeded)
    found = []
    for at in (END - SECOND, END):
        async with seeded.database.reading() as session:
            report = await gate_report(session, Policies(), batch.case_id, at, market="EU")
        gate = next(each for each in report.gates if each.gate == "G12")
        found.append((report.batch.zone, report.batch.shelf_life_ended, WORDS in gate.reason))
    assert found == [(ZONE, False, False), (ZONE, True, True)]


async def test_nothing_of_it_is_ordered_or_leaves_after_its_last_day(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch, deliver_by=LAST, time_zone=ZONE)
    shipment.at = END
    assert says(await refused(shipment.does("vito", "dispatch", dispatched_at=START.isoformat())), "batch_id")
    shipment.at = END - SECOND
    await shipment.does("vito", "dispatch", dispatched_at=(END - SECOND).isoformat())
    late = await refused(ordered(seeded, batch, deliver_by="2025-01-17", time_zone=ZONE))
    assert (late.code, LAST in late.fields["deliver_by"], ZONE in late.message) == (Code.SHELF_LIFE_ENDED, True, True)


async def test_nothing_of_it_is_ordered_after_its_last_day(seeded: Seeded) -> None:
    batch = await released(seeded, expiry_on="2025-01-12")
    refusal = await refused(ordered(seeded, batch))
    assert (refusal.code, refusal.fields["batch_id"]) == (
        Code.SHELF_LIFE_ENDED,
        f"shelf life ended on 2025-01-12 ({ZONE})",
    )


@on_one_database
async def test_nothing_of_it_goes_in_quarantine_either(seeded: Seeded) -> None:
    batch = await ends_soon(await made(await ready(await in_los_angeles(seeded))))
    batch.at = END
    assert says(await refused(arranged(seeded, batch)), "batch_id")


@pytest.mark.parametrize("relation", ["INTERMEDIATE", "SPLIT", "BLEND", "RELABEL", "REPACK"])
async def test_no_batch_is_made_from_it_after_its_last_day(seeded: Seeded, relation: str) -> None:
    parent = await released(seeded)
    parents = [{"batch_id": parent.case_id, "relation": relation, "quantity": "20"}]
    assert says(await refused(registered(seeded, at=END, parents=parents)), "parents.0.batch_id")
    child = await registered(seeded, parents=parents, at=END - SECOND)
    child.at = END
    assert says(await refused(child.does("wen", "start", started_at=END.isoformat())), "started_at")
    await child.does("wen", "start", started_at=(END - SECOND).isoformat())


@pytest.mark.parametrize(
    ("relation", "expiry_on", "refuses"),
    [
        ("SPLIT", "2025-01-17", True),
        ("SPLIT", LAST, False),
        ("BLEND", "2025-01-17", True),
        ("RELABEL", "2025-01-17", True),
        ("REPACK", "2025-01-17", True),
        ("REPACK", LAST, False),
        ("INTERMEDIATE", "2026-01-17", False),
    ],
)
@on_one_database
async def test_what_is_split_or_blended_is_not_finished_with_a_later_date(
    seeded: Seeded, relation: str, expiry_on: str, *, refuses: bool
) -> None:
    parent = await released(seeded)
    child = await in_manufacture(seeded, parents=[{"batch_id": parent.case_id, "relation": relation, "quantity": "20"}])
    values = [{"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": START.isoformat()}]
    await child.answers("wen", "parameters", {"values": values})
    finishing = finishes(child, expiry_on=expiry_on)
    if refuses:
        assert LAST in (await refused(finishing)).fields["expiry_on"]
    else:
        await finishing
        assert (await batch_of(child)).expiry_on == datetime.fromisoformat(expiry_on).date()


async def test_what_is_on_its_way_is_still_received_as_blocked_and_taken_away(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await dispatched(seeded, batch, deliver_by=LAST, time_zone=ZONE)
    shipment.at = END
    written = await shipment.does("sana", "receive")
    assert {key: written.effect[key] for key in ("expired", "stopped", "quarantined", "blocked")} == {
        "expired": True, "stopped": True, "quarantined": False, "blocked": True,
    }  # fmt: skip
    assert (await goods(shipment)).blocked == 10
    assert (await refused(shipment.does("sana", "unblock"))).code is Code.SHELF_LIFE_ENDED
    written = await shipment.does("sana", "dispose-goods", kind="DESTROYED", evidence=[FILE])
    assert written.effect["blocked"] is False
    assert (await goods(shipment)).blocked == 0


async def test_a_batch_in_quarantine_on_its_way_arrives_blocked(seeded: Seeded) -> None:
    batch = await ends_soon(await made(await ready(await in_los_angeles(seeded))))
    await arranged(seeded, batch)
    shipment = await dispatched(seeded, batch, quarantine=True, deliver_by=LAST, time_zone=ZONE)
    await looks(seeded, END)
    assert await status_of_goods(batch) == "QUARANTINE_IN_TRANSIT"
    shipment.at = END
    await shipment.does("sana", "receive")
    assert await status_of_goods(batch) == "BLOCKED"


async def test_goods_are_blocked_at_the_midnight_after_their_last_day_once(seeded: Seeded) -> None:
    batch = await released(seeded)
    delivered = await dispatched(seeded, batch, deliver_by=LAST, time_zone=ZONE, quantity="10")
    delivered.at = START + timedelta(hours=3)
    await delivered.does("sana", "receive")
    assert await looks(seeded, END - 2 * EVERY) == END - EVERY
    assert await looks(seeded, END - 3 * SECOND) == END
    assert await status_of_goods(batch) == "QUARANTINE"
    assert (await goods(delivered)).blocked == 0
    assert await looks(seeded, END) == END + EVERY
    assert await status_of_goods(batch) == "BLOCKED"
    delivered.at = END
    assert (await goods(delivered)).blocked == 10
    await looks(seeded, END)
    await looks(seeded, END + EVERY)
    (event,) = await seeded.events(batch.case_id, "batch.expired")
    assert (event.occurred_at, event.payload["last_day"], event.payload["zone"], event.payload["cause"]) == (
        END, LAST, ZONE, "clock",
    )  # fmt: skip


async def test_what_was_made_from_it_after_its_last_day_is_held_with_all_that_comes_from_that(seeded: Seeded) -> None:
    parent = await released(seeded)
    in_time = await in_manufacture(seeded, parents=[part(parent)])
    late = await in_manufacture(seeded, parents=[part(parent)])
    grandchild = await in_manufacture(seeded, parents=[part(late)])
    async with seeded.database.writing() as session:  # as an older version has let it
        (await session.get_one(BatchRow, late.case_id)).started_at = END
    await looks(seeded, END + timedelta(days=20), "upgrade")
    assert [await held(each) for each in (parent, in_time)] == [[], []]
    (number,) = {(await batch_of(parent)).number}
    why = f"{number} was used after its end: {WORDS}"
    assert [await held(each) for each in (late, grandchild)] == [[("SUPPLY", why)], [("SUPPLY", why)]]
    (event,) = await seeded.events(parent.case_id, "batch.expired")
    assert (event.payload["cause"], event.payload["effect"]) == ("upgrade", {"held": [late.case_id]})


def part(parent: Qualifying) -> dict[str, str]:
    return {"batch_id": parent.case_id, "relation": "INTERMEDIATE", "quantity": "20"}


async def test_a_day_of_retest_is_no_expiry_it_holds_the_batch_alone_until_two_have_lifted_it(seeded: Seeded) -> None:
    batch = await released(seeded, retest_on=LAST)
    child = await in_manufacture(seeded, parents=[part(batch)])
    assert await looks(seeded, END - SECOND) == END
    assert await held(batch) == []
    await looks(seeded, END)
    assert (await held(batch), await held(child)) == (
        [(HoldType.RETEST_DUE.value, f"retest was due on {LAST} ({ZONE})")],
        [],
    )
    row = await batch_of(batch)
    assert (row.retest_due_at, row.expired_at, row.physical_status) == (END, None, "QUARANTINE")
    refusal = await refused(ordered(seeded, batch))
    assert (refusal.code, "RETEST_DUE" in refusal.message) == (Code.GATE_CLOSED, True)
    after = await in_manufacture(seeded, parents=[part(batch)])
    assert [type_ for type_, _ in await held(after)] == [HoldType.RETEST_DUE.value]
    async with seeded.database.writing() as session:
        query = select(HoldRow).where(col(HoldRow.batch_id) == batch.case_id)
        (await session.exec(query)).one().lifted_at = END
    await looks(seeded, END + EVERY)
    assert await held(batch) == []  # what was lifted is not placed anew for the same day


@on_one_database
async def test_a_date_that_was_moved_meanwhile_ends_nothing(seeded: Seeded) -> None:
    batch = await released(seeded)
    payload: dict[str, Any] = {"last_day": LAST, "zone": ZONE, "cause": "clock"}
    await ends_soon(batch, expiry_on="2026-01-16")
    refusal = await refused(seeded.write("batch.expired", batch.case_id, payload, at=END))
    assert refusal.code is Code.NOT_OPEN
    assert await status_of_goods(batch) == "QUARANTINE"
    assert (await shipment_row(await ordered(seeded, batch))).stopped is False
