"""A batch and what it comes from, in the records: certified only if every parent might be used for the market."""

from datetime import timedelta
from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import closed
from domain.core.refusals import Code, Refusal
from domain.release.evidence import BatchEvidence
from domain.release.gates import evaluate
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.policies import Policies
from records.core.tables.master_data import ScopeRow, SiteRow
from records.release.gate_evidence import evidence_of
from records.release.tables import AtRiskUseRow
from tests.records.certifying import MATERIALS, decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import batch_of, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
DAY = timedelta(days=1)
PART = {"relation": "INTERMEDIATE", "quantity": "20"}


def comes_from(*parents: Qualifying, **how: Any) -> list[dict[str, Any]]:
    return [{"batch_id": each.case_id, **PART, **how} for each in parents]


async def made_before(batch: Qualifying, days: int = 10) -> Qualifying:
    """It comes out that a batch was made and decided on so many days earlier."""
    async with batch.seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        assert row.started_at is not None
        row.started_at -= days * DAY
        row.started_on = row.made_on = row.started_at.date()
    return batch


async def looked(batch: Qualifying, market: str = "EU") -> BatchEvidence:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        return await evidence_of(session, Policies(), row, market, batch.at)


async def shut(batch: Qualifying, market: str = "EU") -> dict[Gate, str]:
    return closed(evaluate(await looked(batch, market), {}, batch.at))


def name(batch: Qualifying, number: str) -> str:
    return f"{number} ({batch.case_id})"


async def tried(batch: Qualifying, **changes: Any) -> Refusal:
    return await refused(decides(batch, "quentin", "EU", **changes))


async def test_a_child_is_not_certified_while_its_parent_is_in_manufacture(seeded: Seeded) -> None:
    parent = await registered(await fit(seeded), number="A-1")
    await parent.does("wen", "start", started_at=START.isoformat(), materials=MATERIALS)
    child = await reviewed(seeded, parents=comes_from(parent))
    refusal = await tried(child)
    reason = f"{name(parent, 'A-1')} is not released for EU"
    assert (refusal.code, refusal.fields) == (Code.GATE_CLOSED, {"G12": reason})
    await child.notes("batch.gates_evaluated")
    assert await seeded.rows(HoldRow) == []  # it waits for the parent; nothing is to be lifted


async def test_what_was_used_before_its_release_is_a_deviation_that_the_judgement_names(seeded: Seeded) -> None:
    parent = await reviewed(await fit(seeded), number="A-1")
    child = await reviewed(seeded, parents=comes_from(parent))
    assert set(await shut(child)) == {Gate.G12}
    await decides(parent, "quentin", "EU")
    child.at = parent.at = START + timedelta(minutes=9)
    (reason,) = (await shut(child)).values()
    assert reason == f"{name(parent, 'A-1')} was used on 2025-01-13, before its release for EU"
    why = {"gate": "G12", "rationale": "The parent met its specification before; it stayed in quarantine."}
    assert list((await tried(child, judgements=[why])).fields) == ["judgements.0.deviation_id"]
    await child.answers("vito", "deviation", deviation_id="DEV-1", deviation_class="MINOR")
    await child.answers("vito", "close-deviation", deviation_id="DEV-1")
    await child.does("priya", "review-record", minor_seen=["DEV-1"])
    written = await decides(child, "quentin", "EU", judgements=[{**why, "deviation_id": "DEV-1"}])
    assert written.effect["decision"] == "RELEASE"


async def test_what_is_rejected_for_one_market_is_refused_there_and_judged_elsewhere(seeded: Seeded) -> None:
    parent = await reviewed(await fit(seeded), number="A-1")
    child = await reviewed(seeded, parents=comes_from(parent))
    await decides(parent, "hana", "US", "approve")
    no: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "Particles.", "grounds": ["SPECIFICATION"]}
    await decides(parent, "quentin", "EU", **no)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, child.case_id)
        row.started_at = START + timedelta(minutes=20)
    child.at = START + timedelta(minutes=30)
    assert f"{name(parent, 'A-1')} is rejected for EU" in (await shut(child))[Gate.G12]
    assert f"{name(parent, 'A-1')}: rejected for EU" in (await shut(child, "US"))[Gate.G12]
    judged = evaluate(await looked(child, "US"), {Gate.G12: "Particles are no matter for the US form."}, child.at)
    assert Gate.G12 not in closed(judged)


async def test_the_site_of_an_ancestor_at_depth_three_is_looked_at_as_it_was_and_is(seeded: Seeded) -> None:
    child = await reviewed(await fit(seeded))
    assert await shut(child) == {}
    await with_chain(child, depth=3)
    found = await shut(child)
    farthest = "BAT-903 (BAT-903): "
    place = "manufacture of the dosage form at Plant 2 (OB-09)"
    assert farthest in found[Gate.G1]
    assert f"{place} is not on the list now" in found[Gate.G1]
    assert f"{farthest}no quality agreement was in force for {place}" in found[Gate.G2]
    assert f"no valid certificate of {place} names the manufacture of the dosage form now" in found[Gate.G3]
    assert f"{farthest}{place} was never audited" in found[Gate.G4]
    assert [(each.batch_id, each.depth) for each in (await looked(child)).ancestors] == [
        ("BAT-901", 1),
        ("BAT-902", 2),
        ("BAT-903", 3),
    ]


async def with_chain(batch: Qualifying, *, depth: int) -> None:
    """The batch comes from others, one after another; the farthest was made at a site that nobody knows anything of."""
    own = await batch_of(batch)
    async with batch.seeded.database.writing() as session:
        site = await session.get_one(SiteRow, own.site_id)
        session.add(SiteRow(**{**site.model_dump(), "site_id": "OB-09"}))
        scope = await session.get_one(ScopeRow, own.scope_id)
        session.add(ScopeRow(**{**scope.model_dump(), "scope_id": "SC-9", "site_id": "OB-09"}))
        child = own.batch_id
        for step in range(1, depth + 1):
            batch_id = f"BAT-{900 + step}"
            place: dict[str, Any] = {"site_id": "OB-09", "scope_id": "SC-9"} if step == depth else {}
            session.add(BatchRow(**{**own.model_dump(), "batch_id": batch_id, "number": batch_id, **place}))
            session.add(BatchParentRow(batch_id=child, parent_id=batch_id, relation="INTERMEDIATE", quantity="1"))
            child = batch_id


async def test_a_hold_on_an_ancestor_stops_what_comes_from_it_until_it_is_lifted_and_its_use_is_judged(
    seeded: Seeded,
) -> None:
    child = await reviewed(await fit(seeded))
    await with_chain(child, depth=2)
    hold: dict[str, Any] = {
        "hold_id": "HOLD-77",
        "batch_id": "BAT-901",
        "type": "MANUAL",
        "reason": "Wait.",
        "placed_by": "PER-1",
    }
    async with seeded.database.writing() as session:
        session.add(HoldRow(**hold, placed_in="BAT-901", placed_at=START - DAY, market="US"))
    assert Gate.G14 not in await shut(child)
    assert (await shut(child, "US"))[Gate.G14] == "BAT-901 (BAT-901): HOLD-77 (placed by hand) stands: Wait."
    async with seeded.database.writing() as session:
        (await session.get_one(HoldRow, "HOLD-77")).lifted_at = START + timedelta(minutes=3)
    found = await shut(child, "US")
    assert Gate.G14 not in found
    assert "BAT-901 (BAT-901) was used while HOLD-77 stood on it" in found[Gate.G12]


async def test_a_use_at_risk_counts_where_and_as_far_as_it_was_approved(seeded: Seeded) -> None:
    parent = await reviewed(await fit(seeded), number="A-1")
    await parent.answers("sana", "propose-use-at-risk", site_id="VM-02", quantity="20")
    await parent.does("priya", "approve-use-at-risk", proposal=await proposal(parent))
    child = await reviewed(seeded, parents=comes_from(parent))
    await decides(parent, "quentin", "EU")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, child.case_id)).started_at = parent.at - timedelta(minutes=10)
        (await session.get_one(AtRiskUseRow, (parent.case_id, 1))).decided_at = parent.at - timedelta(minutes=20)
    child.at = parent.at + timedelta(minutes=30)

    async def at_risk() -> str | None:
        (found,) = (await looked(child)).parents
        return found.release.at_risk

    async def begins(minutes: int) -> None:
        async with seeded.database.writing() as session:
            (await session.get_one(BatchRow, sibling)).started_at = parent.at - timedelta(minutes=minutes)

    assert await at_risk() == f"use at risk 1 of {parent.case_id}"
    sibling = (await registered(seeded, parents=comes_from(parent), number="S-1")).case_id
    assert await at_risk() is not None
    await begins(15)
    assert await at_risk() is None, "All of it was taken before."
    await begins(5)
    assert await at_risk() is not None, "What is begun later takes what is left."
    async with seeded.database.writing() as session:
        (await session.get_one(BatchParentRow, (child.case_id, parent.case_id))).quantity = "20.1"
    assert await at_risk() is None


async def proposal(batch: Qualifying) -> dict[str, Any]:
    """The version of the proposal that waits."""
    return dict((await batch.asks("approve-use-at-risk"))["proposal"])
