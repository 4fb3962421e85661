"""Holds in the records: placed by hand and by rules, passed on, reviewed, lifted by two."""

from datetime import timedelta
from typing import Any

from domain.asl.asl import AslStatus
from domain.batch.holds.hold import HoldsEvaluation
from domain.batch.holds.holds import HoldType
from domain.core.refusals import Code
from records.batch.queries.batch_holds import holds_of_batch
from records.batch.queries.genealogy import genealogy_of
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import PersonRow
from tests.records.certifying import decides
from tests.records.databases import on_one_database
from tests.records.deciding import suspended
from tests.records.making import batch_of, made, ready, registered
from tests.records.qualifying import Qualifying, refused, stands
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

MANUAL: dict[str, Any] = {"hold_type": "MANUAL", "reason": "An unlabelled drum."}


async def standing(seeded: Seeded, batch: Qualifying | None = None) -> list[HoldRow]:
    rows = sorted(await seeded.rows(HoldRow), key=lambda row: int(row.hold_id.removeprefix("HOLD-")))
    return [row for row in rows if row.lifted_at is None and (batch is None or row.batch_id == batch.case_id)]


async def evaluated(batch: Qualifying) -> HoldsEvaluation:
    return HoldsEvaluation.model_validate((await batch.notes("batch.holds")).effect)


async def proposes(batch: Qualifying, user: str, hold_id: str) -> None:
    await batch.answers(user, "lift-hold", {"hold_id": hold_id})


async def confirms(batch: Qualifying, user: str, hold_id: str, **changes: Any) -> None:
    (hold,) = [hold for hold in (await evaluated(batch)).holds if hold.hold_id == hold_id]
    await batch.answers(user, "confirm-lift", {**hold.prefill_of_lift(), **changes})


async def child_of(seeded: Seeded, *parents: Qualifying, relation: str = "BLEND") -> Qualifying:
    links = [{"batch_id": parent.case_id, "relation": relation, "quantity": "20"} for parent in parents]
    return await registered(seeded, parents=links)


async def test_a_hold_is_placed_by_hand_and_lifted_by_its_placer_and_a_second_person(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    written = await batch.answers("tom", "place-hold", {**MANUAL, "markets": ["EU", "US"]})
    assert written.effect == {"placed": ["HOLD-1", "HOLD-2"]}
    assert [(row.market, row.by_hand) for row in await standing(seeded)] == [("EU", True), ("US", True)]
    refusal = await refused(batch.answers("tom", "place-hold", {**MANUAL, "markets": ["US"]}))
    assert (refusal.code, list(refusal.fields)) == (Code.CONFLICT, ["reason"])
    await batch.answers("nora", "place-hold", {**MANUAL, "reason": "Another drum."})  # another reason is another hold
    for user in ("ruth", "priya", "hana"):
        assert (await refused(proposes(batch, user, "HOLD-1"))).rule == "S15"
    assert (await refused(confirms(batch, "priya", "HOLD-1"))).rule == "S15"  # nobody has proposed it
    await proposes(batch, "tom", "HOLD-1")
    assert (await refused(proposes(batch, "tom", "HOLD-1"))).code is Code.NOT_OPEN
    stale = {"proposal": {"version": 9, "sha256": "0" * 64}}
    assert (await refused(confirms(batch, "priya", "HOLD-1", **stale))).code is Code.VERSION_STALE
    await confirms(batch, "priya", "HOLD-1", confirm=False)
    assert [row.lift_proposed_by for row in await standing(seeded)] == [None, None, None]
    await proposes(batch, "tom", "HOLD-1")
    await confirms(batch, "priya", "HOLD-1")
    assert [row.hold_id for row in await standing(seeded)] == ["HOLD-2", "HOLD-3"]
    assert (await refused(proposes(batch, "tom", "HOLD-1"))).fields == {"hold_id": "is lifted"}
    await are_rebuilt_identically(seeded.database, "holds")


@on_one_database
async def test_one_human_does_not_lift_alone_in_whatever_capacity(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    await batch.answers("priya", "place-hold", MANUAL)
    await proposes(batch, "priya", "HOLD-1")
    assert (await refused(confirms(batch, "priya", "HOLD-1"))).rule == "S15"
    for user in ("paul", "sana", "vito", "adam"):
        assert (await refused(batch.answers(user, "place-hold", MANUAL))).code is Code.WRONG_ROLE
        assert (await refused(proposes(batch, user, "HOLD-1"))).code is Code.WRONG_ROLE
        assert (await refused(confirms(batch, user, "HOLD-1"))).code is Code.WRONG_ROLE
    await confirms(batch, "quentin", "HOLD-1")
    assert await standing(seeded) == []


@on_one_database
async def test_the_head_of_quality_stands_in_for_a_placer_who_has_left(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    await batch.answers("tom", "place-hold", MANUAL)
    async with seeded.database.writing() as session:
        (await session.get_one(PersonRow, seeded.result.person("tom"))).disabled = True
    assert (await refused(proposes(batch, "priya", "HOLD-1"))).rule == "S15"
    await proposes(batch, "hana", "HOLD-1")
    await confirms(batch, "priya", "HOLD-1")
    assert await standing(seeded) == []


async def test_reinstatement_lifts_nothing_and_a_hold_stays_while_the_status_stops_release(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    await suspended(seeded)
    (hold,) = await standing(seeded, batch)
    refusal = await refused(proposes(batch, "ines", hold.hold_id))
    assert (refusal.code, refusal.fields) == (Code.NOT_OPEN, {"hold_id": "the status stops release: SC-1"})
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    assert [row.hold_id for row in await standing(seeded)] == [hold.hold_id]
    await proposes(batch, "ines", hold.hold_id)
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="FULL")  # it comes back before the second person
    assert (await refused(confirms(batch, "priya", hold.hold_id))).code is Code.NOT_OPEN
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    await confirms(batch, "priya", hold.hold_id)
    assert await standing(seeded) == []


@on_one_database
async def test_a_hold_stays_while_its_result_deviation_or_value_is_not_cleared(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded, value="52.6")
    await batch.answers("carla", "place-hold", {**MANUAL, "hold_type": "OOS"})
    await batch.answers("carla", "place-hold", {**MANUAL, "hold_type": "DEVIATION"})
    known: dict[str, Any] = {"batch_id": batch.case_id, "detected_at": START, "reported_at": START}
    async with seeded.database.writing() as session:
        session.add(
            OosRow(
                **known, oos_id="OOS-1", kind="OOS", test="I-3", result="0.27", unit="%", limit="0.15",
                state="INCONCLUSIVE",
            )
        )  # fmt: skip
        session.add(
            BatchDeviationRow(
                **known, deviation_id="DEV-1", deviation_class="MAJOR", state="OPEN", description="Too warm.",
                parameter="Coupling temperature",
            )
        )  # fmt: skip
        session.add(
            OosRow(
                **known, oos_id="OOT-1", kind="OOT", test="I-3", result="0.13", unit="%", limit="0.15",
                state="CONFIRMED",
            )
        )  # fmt: skip
    for hold_id in ("HOLD-1", "HOLD-2", "HOLD-3"):
        assert (await refused(proposes(batch, "carla", hold_id))).code is Code.NOT_OPEN
    async with seeded.database.writing() as session:
        (await session.get_one(OosRow, (batch.case_id, "OOS-1"))).state = "DISCOUNTED"
        (await session.get_one(BatchDeviationRow, (batch.case_id, "DEV-1"))).state = "ACCEPTED"
    for hold_id in ("HOLD-1", "HOLD-2", "HOLD-3"):
        await proposes(batch, "carla", hold_id)
        await confirms(batch, "priya", hold_id)
    assert await standing(seeded) == []


async def test_what_is_blended_and_worked_on_is_held_with_all_that_it_comes_from(seeded: Seeded) -> None:
    await ready(seeded)
    first, second = await registered(seeded), await registered(seeded)
    await first.answers("nora", "place-hold", MANUAL)
    await suspended(seeded)  # holds both, for one cause
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    blend = await child_of(seeded, first, second)
    tablet = await child_of(seeded, blend, relation="INTERMEDIATE")
    assert [row.type for row in await standing(seeded, tablet)] == ["MANUAL", "SUPPLIER_STATUS"]
    await second.answers("nora", "place-hold", {**MANUAL, "reason": "A later complaint."})  # passed on at once
    chain = [await standing(seeded, each) for each in (second, blend, tablet)]
    late = [holds[-1] for holds in chain]
    assert [hold.inherited_from for hold in late] == [None, late[0].hold_id, late[1].hold_id]
    assert {hold.placed_by for hold in late} == {seeded.result.person("nora")}
    # The child waits for its parent, and is then decided on by itself.
    assert (await refused(proposes(blend, "nora", late[1].hold_id))).fields == {
        "hold_id": f"a batch that it comes from is held for it: {second.case_id}"
    }
    await proposes(second, "nora", late[0].hold_id)
    await confirms(second, "priya", late[0].hold_id)
    assert late[1].hold_id in {row.hold_id for row in await standing(seeded, blend)}
    await proposes(blend, "nora", late[1].hold_id)
    await confirms(blend, "priya", late[1].hold_id)
    assert late[2].hold_id in {row.hold_id for row in await standing(seeded, tablet)}
    await are_rebuilt_identically(seeded.database, "holds", "batch_parents")


@on_one_database
async def test_a_family_is_held_once_for_one_cause_and_shown_to_those_whose_batches_they_are(seeded: Seeded) -> None:
    await ready(seeded)
    first, second = await registered(seeded), await registered(seeded)
    blend = await child_of(seeded, first, second)
    await suspended(seeded)
    assert {row.batch_id for row in await standing(seeded)} == {each.case_id for each in (first, second, blend)}
    assert len(await standing(seeded)) == 3
    async with seeded.database.reading() as session:
        family = await genealogy_of(session, await seeded.actor("vito"), first.case_id)
        assert [(node.batch_id, node.steps, node.held) for node in family.batches] == [
            (first.case_id, 0, True),
            (blend.case_id, 1, True),
        ]
        assert [(link.parent_id, link.relation) for link in family.links] == [(first.case_id, "BLEND")]
        family = await genealogy_of(session, await seeded.actor("quentin"), blend.case_id)
        assert [node.steps for node in family.batches] == [-1, -1, 0]
        assert family.complete
        for user, batch_id in (("olga", first.case_id), ("quentin", "BAT-99")):
            assert (await refused(genealogy_of(session, await seeded.actor(user), batch_id))).code is Code.NOT_FOUND


@on_one_database
async def test_a_site_sees_that_its_batch_is_held_and_no_reason(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    await suspended(seeded)
    await batch.answers("ines", "place-hold", {**MANUAL, "hold_type": "FINDING", "markets": ["EU"]})
    async with seeded.database.reading() as session:
        inside = await holds_of_batch(session, await seeded.actor("quentin"), batch.case_id)
        outside = await holds_of_batch(session, await seeded.actor("vito"), batch.case_id)
    assert [(hold.type, hold.market) for hold in inside] == [(HoldType.SUPPLIER_STATUS, None), (HoldType.FINDING, "EU")]
    assert all(hold.reason and hold.placed_by and hold.placed_in for hold in inside)
    assert [(hold.type, hold.market) for hold in outside] == [(HoldType.SUPPLIER_STATUS, None), (None, "EU")]
    assert [(hold.reason, hold.placed_by, hold.placed_in) for hold in outside] == [(None, None, None)] * 2
    assert all(event.audience == "SPONSOR" for event in await seeded.events(batch.case_id, "batch.held"))


@on_one_database
async def test_an_evaluation_says_what_each_hold_needs_next(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    await batch.answers("tom", "place-hold", MANUAL)
    (hold,) = (await evaluated(batch)).holds
    thirty_days = (START + timedelta(days=30)).replace(hour=9)
    assert (hold.placed_at, hold.reviewed_at, hold.long_at) == (START, None, thirty_days)
    review = await batch.asks("review-hold", **hold.prefill())
    assert review == {"hold_id": "HOLD-1"}
    batch.passes(days=5)
    await batch.answers("ines", "review-hold", {**review, "verdict": "LIFT"})
    await batch.does("hana", "review-long-hold", hold_id="HOLD-1")
    await proposes(batch, "tom", "HOLD-1")
    (hold,) = (await evaluated(batch)).holds
    assert (hold.reviewed_at, hold.long_at) == (batch.at, None)
    assert (hold.proposal is not None, hold.proposers) == (True, (seeded.result.person("tom"),))
    for action, user in (("review-hold", "ines"), ("review-long-hold", "hana")):
        assert (await refused(batch.answers(user, action, {"hold_id": "HOLD-9"}))).fields == {"hold_id": "unknown"}
    mails = [row for row in await outbox_of(seeded) if "could be lifted" in row["subject"]]
    assert [mail["person"] for mail in mails] == [seeded.result.person("tom")]


async def outbox_of(seeded: Seeded) -> list[dict[str, Any]]:
    return [row.payload for row in await seeded.rows(OutboxRow) if row.kind == "mail"]


@on_one_database
async def test_what_comes_from_a_rejected_batch_is_held_over_all_steps(seeded: Seeded) -> None:
    await ready(seeded)
    by_quality, by_both, by_market = [await made(seeded) for _ in range(3)]
    solutions = [await child_of(seeded, each, relation="INTERMEDIATE") for each in (by_quality, by_both, by_market)]
    tablets = [await child_of(seeded, each, relation="SPLIT") for each in solutions]
    await by_quality.does("hana", "redirect", way="REJECT", grounds=["CONTAMINATION"])
    await by_both.does("priya", "answer-rejection")
    reject: dict[str, Any] = {
        "decision": "REJECT",
        "quantity": None,
        "reason": "Contaminated.",
        "grounds": ["CONTAMINATION"],
    }
    await decides(by_market, "quentin", "EU", **reject)
    (of_eu,) = await standing(seeded, tablets[2])  # the US may still release it
    assert (of_eu.type, of_eu.market) == ("SUPPLY", "EU")
    await decides(by_market, "hana", "US", "approve", **reject)
    for batch, solution, tablet in zip((by_quality, by_both, by_market), solutions, tablets, strict=True):
        row = await batch_of(batch)
        held = await standing(seeded, solution) + await standing(seeded, tablet)
        first, second = [each for each in held if each.market is None]
        assert (row.state, first.type, first.reason) == ("CLOSED", "SUPPLY", f"{row.number} is rejected")
        assert (second.type, first.inherited_from, second.inherited_from) == ("SUPPLY", None, first.hold_id)
    assert len(await standing(seeded)) == 6 + 2
