"""A number that is known is the batch, wherever it was told; where it may be another maker's, a person says so."""

from typing import Any

import pytest

from domain.core.forms import Process
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.tables.facts import FactRow
from records.views.cases import events_of, one_case
from tests.records.databases import on_one_database
from tests.records.event.test_site_event import reported
from tests.records.known import known
from tests.records.making import ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.releasing import decided, released
from tests.records.seeded import START, Seeded

AWAY: dict[str, Any] = {"site_id": "OB-01", "scope_ids": ["SC-2"]}
MINOR: dict[str, Any] = {**AWAY, "type": "DEVIATION", "severity": "MINOR"}


async def family(seeded: Seeded, **numbered: str) -> tuple[Qualifying, Qualifying]:
    """A released batch of one supplier, and an open one that comes from it; another supplier's site knows neither."""
    batch = await released(await ready(seeded), **{"number": "X17-R", **numbered})
    link = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    return batch, await registered(seeded, parents=[link])


async def touched(seeded: Seeded) -> tuple[set[str], set[str]]:
    """The batches that are held, and those whose release is reviewed."""
    return {row.batch_id for row in await seeded.rows(HoldRow)}, {
        row.batch_id for row in await seeded.rows(ReviewDemandRow)
    }


@on_one_database
@pytest.mark.parametrize(
    ("type_", "severity", "fact"),
    [
        ("COMPLAINT", "CRITICAL", "ComplaintOfBatch"),
        ("RECALL", "MINOR", "BatchRecalled"),
        ("FALSIFICATION", "MINOR", "BatchFalsified"),
        ("SERIALISATION_ALERT", "MINOR", "BatchFalsified"),
        ("DEVIATION", "MAJOR", "GraveDeviationReported"),
        ("OOS", "MINOR", "ResultOutsideReported"),
    ],
)
async def test_what_is_grave_stops_the_batch_until_a_person_says_whether_it_is_meant(
    seeded: Seeded, type_: str, severity: str, fact: str
) -> None:
    batch, child = await family(seeded)
    event = await reported(seeded, "olga", **AWAY, type=type_, severity=severity, lots=["x17 r"])
    held, reviewed = await touched(seeded)
    assert (held & {child.case_id}, reviewed) == ({child.case_id}, {batch.case_id})
    assert {row.kind for row in await seeded.rows(FactRow) if row.revoked_at is None} == {fact}
    outcomes = ["REASSESS_RISK"] if type_ == "RECALL" else ["RECORD"]
    asked = await refused(event.answers("ines", "triage", {"outcomes": outcomes, "alike": []}))
    assert asked.fields["alike"] == f"say of each whether the event means it: X17-R ({batch.case_id})"


@on_one_database
async def test_of_what_is_not_grave_the_triage_says_whether_it_is_meant(seeded: Seeded) -> None:
    batch, _ = await family(seeded)
    event = await reported(seeded, "olga", **MINOR, lots=["X17-R"])
    assert await touched(seeded) == (set(), set())
    assert await event.asks("triage") == {"alike": [{"lot": "X17-R"}]}
    meant = {"lot": "X17-R", "same": True, "reason": "It was sampled there."}
    await event.answers("ines", "triage", {"outcomes": ["RECORD"], "alike": [meant]})
    assert await touched(seeded) == (set(), {batch.case_id})


@on_one_database
async def test_what_is_not_meant_reaches_nothing(seeded: Seeded) -> None:
    await family(seeded)
    event = await reported(seeded, "olga", **MINOR, lots=["X17-R"])
    other = {"lot": "X17-R", "same": False, "reason": "Their own batch of another product."}
    await event.does("ines", "triage", outcomes=["RECORD"], alike=[other])
    assert await touched(seeded) == (set(), set())


@on_one_database
async def test_the_sponsors_number_is_given_once_and_nobody_is_asked(seeded: Seeded) -> None:
    batch, _ = await family(seeded, sponsor_number="SPN-9")
    event = await reported(seeded, "olga", **MINOR, lots=["spn 9"])
    assert await touched(seeded) == (set(), {batch.case_id})
    assert await event.asks("triage") == {}


@on_one_database
async def test_a_number_that_the_site_knows_from_a_closed_batch_is_its_own(seeded: Seeded) -> None:
    await family(seeded)
    await known(seeded, "BAT-77", "X17-R", site_id="OB-01", scope_id="SC-2")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, "BAT-77")).state = "CLOSED"
    event = await reported(seeded, "olga", **AWAY, type="RECALL", lots=["X17-R"])
    assert await touched(seeded) == (set(), set())
    assert await event.asks("triage") == {}


@on_one_database
async def test_a_number_that_the_site_knows_is_its_own(seeded: Seeded) -> None:
    batch, child = await family(seeded)
    await known(seeded, "BAT-77", "X17-R", site_id="OB-01", scope_id="SC-2")
    event = await reported(seeded, "olga", **AWAY, type="RECALL", lots=["X17-R"])
    held, reviewed = await touched(seeded)
    assert (held, reviewed & {batch.case_id, child.case_id}) == ({"BAT-77"}, set())
    assert await event.asks("triage") == {}


@on_one_database
async def test_who_tells_learns_nothing_of_the_batches_of_others(seeded: Seeded) -> None:
    """What the site is answered, and what it reads, is the same whether or not somebody has such a batch."""
    await family(seeded)
    olga = await seeded.actor("olga")
    seen = []
    for lot in ("X17-R", "X17-S"):
        event = await reported(seeded, "olga", **AWAY, type="COMPLAINT", severity="CRITICAL", lots=[lot])
        supplement = await event.answers("olga", "supplement", lots=[lot])
        async with seeded.database.reading() as session:
            view = await one_case(session, olga, Process.EVENT, event.case_id, START)
            journal = await events_of(session, olga, Process.EVENT, event.case_id, limit=99)
        told = f"{supplement.effect} {view.model_dump()} {[each.type for each in journal.items]}"
        seen.append(view.model_dump(include={"stage", "cases", "offers"}) | {"effect": supplement.effect})
        assert "BAT-" not in told
    assert seen[0] == seen[1]


@on_one_database
async def test_of_an_alert_a_second_person_confirms_that_it_is_not_meant(seeded: Seeded) -> None:
    batch, _ = await family(seeded)
    await decided(seeded, batch.case_id)
    event = await reported(seeded, "olga", **AWAY, type="FALSIFICATION", severity="CRITICAL", lots=["X17-R"])
    other = {"lot": "X17-R", "same": False, "reason": "Their own batch of another product."}
    written = await event.does("ines", "triage", outcomes=["RECORD"], alike=[other])
    assert written.effect["TO_CONFIRM"] == ["X17-R"]
