"""What is learned of a member of a family reaches the family; batches that share something are answered one by one."""

from typing import Any

from domain.batch.holds.holds import HoldType
from domain.core.refusals import Code
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.tables.facts import FactRow
from tests.records.batch.test_hold import child_of, confirms, evaluated, proposes
from tests.records.databases import on_one_database
from tests.records.making import in_manufacture, made, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided, released
from tests.records.seeded import START, Seeded

NOW = START.isoformat()
REACTOR: dict[str, Any] = {"equipment": ["R-201"]}


async def held(seeded: Seeded) -> set[str]:
    """The batches on which a hold stands."""
    return {row.batch_id for row in await seeded.rows(HoldRow) if row.lifted_at is None}


async def reviewed(seeded: Seeded) -> set[str]:
    """The batches whose release is to be reviewed."""
    return {row.batch_id for row in await seeded.rows(ReviewDemandRow) if row.reviewed_at is None}


async def in_reactor(seeded: Seeded, *, days: int = 0) -> Qualifying:
    """A batch made in the reactor R-201, some days later than others."""
    batch = await registered(seeded)
    batch.passes(days=days)
    await batch.does("wen", "start", started_at=batch.at.isoformat(), **REACTOR)
    return batch


async def deviates(batch: Qualifying, class_: str = "MAJOR", number: str = "DEV-1") -> None:
    given = {"deviation_id": number, "deviation_class": class_, "detected_at": NOW}
    await batch.answers("vito", "deviation", given)


def answered(*included: str, excluded: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [
        {"batch_id": each, "included": each in included, "reason": "By the log of the reactor."}
        for each in (*included, *excluded)
    ]


async def test_a_deviation_reaches_what_a_batch_comes_from_and_all_that_comes_from_it(seeded: Seeded) -> None:
    await ready(seeded)
    first = await released(seeded)
    second = await child_of(seeded, first, relation="INTERMEDIATE")
    third = await child_of(seeded, second, relation="INTERMEDIATE")
    fourth = await child_of(seeded, third, relation="INTERMEDIATE")
    await deviates(third, "MINOR", "DEV-0")
    assert (await held(seeded), await reviewed(seeded)) == (set(), set())
    await deviates(third)
    assert await held(seeded) == {third.case_id, fourth.case_id}
    assert await reviewed(seeded) == {first.case_id}
    (fact,) = await seeded.rows(FactRow)
    assert fact.consequences == {
        "held": [third.case_id],
        "holds": ["HOLD-1"],
        "held_with_them": [fourth.case_id],
        "reviews": [first.case_id],
        "to_look_at": [first.case_id, second.case_id],
        "opened": [],
    }
    await are_rebuilt_identically(seeded.database, "facts", "fact_subjects")


async def test_every_candidate_is_answered_and_what_is_included_is_held_until_it_is_concluded(seeded: Seeded) -> None:
    await ready(seeded)
    batch, spared, concerned = [await in_reactor(seeded) for _ in range(3)]
    gone = await released(seeded, equipment=[])
    await deviates(batch)
    suggested = await batch.asks("close-deviation", deviation_id="DEV-1")
    assert {each["batch_id"] for each in suggested["associated"]} >= {spared.case_id, concerned.case_id}
    assert all(each.keys() == {"batch_id"} for each in suggested["associated"])
    silent = await refused(batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1", "associated": []}))
    assert list(silent.fields) == ["associated"]
    others = tuple(each["batch_id"] for each in suggested["associated"])
    included = (concerned.case_id, gone.case_id)
    answers = answered(*included, excluded=tuple(each for each in others if each not in included))
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1", "associated": answers})
    assert await held(seeded) == {batch.case_id, *included}
    assert await reviewed(seeded) == {gone.case_id}
    (hold,) = [row for row in await seeded.rows(HoldRow) if row.batch_id == concerned.case_id]
    assert (hold.type, hold.fact_kind) == (HoldType.DEVIATION.value, "BatchAssociated")
    early = await refused(proposes(concerned, "priya", hold.hold_id))
    assert early.fields == {"hold_id": f"what may concern it is not concluded: DEV-1 of {batch.case_id}"}
    await batch.answers("quentin", "accept-deviation", {"deviation_id": "DEV-1"})
    await proposes(concerned, "priya", hold.hold_id)
    await confirms(concerned, "hana", hold.hold_id)
    assert (await evaluated(concerned)).holds == ()


@on_one_database
async def test_a_batch_that_is_excluded_the_second_time_is_not_concerned_any_more(seeded: Seeded) -> None:
    await ready(seeded)
    batch, other = await in_reactor(seeded), await in_reactor(seeded)
    await deviates(batch)
    close: dict[str, Any] = {"deviation_id": "DEV-1"}
    await batch.answers("vito", "close-deviation", {**close, "associated": answered(other.case_id)})
    await batch.answers("quentin", "accept-deviation", {**close, "accept": False})
    await batch.answers("vito", "close-deviation", {**close, "associated": answered(excluded=(other.case_id,))})
    standing = {row.kind for row in await seeded.rows(FactRow) if row.revoked_at is None}
    assert standing == {"GraveDeviationReported"}
    assert other.case_id in await held(seeded)  # two people lift it


@on_one_database
async def test_agreed_parameters_and_the_same_days_alone_make_no_candidate_and_a_stranger_is_refused(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    await in_manufacture(seeded)  # on the same days
    later = await registered(seeded)
    later.passes(days=90)
    await later.does("wen", "start", started_at=later.at.isoformat())
    await deviates(batch)
    assert "associated" not in await batch.asks("close-deviation", deviation_id="DEV-1")
    close = {"deviation_id": "DEV-1", "associated": answered("BAT-99")}
    assert list((await refused(batch.answers("vito", "close-deviation", close))).fields) == ["associated.0.batch_id"]


@on_one_database
async def test_an_investigation_of_a_result_answers_each_candidate_as_well(seeded: Seeded) -> None:
    await ready(seeded)
    batch, other = await made(seeded, begun=REACTOR), await in_reactor(seeded)
    await decided(seeded, batch.case_id, EU="RELEASE", US="RELEASE")
    await batch.answers("vito", "oos", {"oos_id": "OOS-1", "detected_at": NOW, "retests_planned": 0})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []})
    suggested = await batch.asks("oos-investigation", oos_id="OOS-1")
    assert suggested["associated"] == [{"batch_id": other.case_id}]
    silent = await refused(batch.answers("priya", "oos-investigation", {**suggested, "associated": []}))
    assert (silent.code, list(silent.fields)) == (Code.RULE_BROKEN, ["associated"])
    given = {**suggested, "outcome": "INCONCLUSIVE", "associated": answered(other.case_id)}
    await batch.answers("priya", "oos-investigation", given)
    (hold,) = [row for row in await seeded.rows(HoldRow) if row.batch_id == other.case_id]
    assert (hold.type, hold.placed_in) == ("OOS", batch.case_id)
    assert (await refused(proposes(other, "nora", hold.hold_id))).code is Code.NOT_OPEN
    await batch.answers("priya", "oos-investigation", {**given, "outcome": "CONFIRMED"})
    await proposes(other, "nora", hold.hold_id)
