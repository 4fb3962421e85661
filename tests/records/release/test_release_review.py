"""After the release, in the records: what is learned is reviewed, and a release that is taken back stops everything."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.release.queries.reconciliation import reconciliation
from records.release.tables import ReleaseReviewRow
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.deciding import suspended
from tests.records.delivering import ordered
from tests.records.making import batch_of, made, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided, each_answers, each_refused, evaluated, released, reports_answered
from tests.records.seeded import Seeded

FILE = {"document_id": "DOC-1", "sha256": "0" * 64}


def outcomes(*grounds: str, **markets: str) -> list[dict[str, Any]]:
    """What becomes of the release in each market; where it is taken back, by default for a specification."""
    why = [*(grounds or ("SPECIFICATION",))]
    return [
        {"market": market, "outcome": outcome, "grounds": [] if outcome == "CONFIRM" else why}
        for market, outcome in markets.items()
    ]


async def learns(batch: Qualifying, by: str = "nora", **changes: Any) -> int:
    """Something is learned; returns the number of the event that demands a review."""
    await batch.answers(by, "report-later-finding", changes)
    return max(row.number for row in await batch.seeded.rows(ReviewDemandRow) if row.batch_id == batch.case_id)


async def test_what_is_learned_after_the_release_waits_for_one_review_of_all_of_it(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    first = await learns(batch)
    suggested = await batch.asks("review-release")
    assert suggested == {"demands": [first], "outcomes": [{"market": "EU"}, {"market": "US"}]}
    assert (await batch_of(batch)).review_open
    await suspended(seeded)  # joins while the review is open
    europe = {**suggested, "outcomes": [{"market": "EU"}]}
    assert list((await refused(batch.answers("quentin", "review-release", europe))).fields) == ["demands"]
    evaluation = await evaluated(batch)
    assert [(demand.number == first, demand.cause) for demand in evaluation.demands] == [
        (True, batch.case_id),
        (False, "STA-1"),
    ]
    early = await refused(batch.does("quentin", "review-release", outcomes=outcomes(EU="CONFIRM")))
    assert early.fields == {"outcomes.0.outcome": "waits for the answer whether it is due: Quality defect report"}
    await reports_answered(batch)
    written = await each_answers(batch)
    numbers = [each.number for each in evaluation.demands]
    effects = [{name: said for name, said in each.effect.items() if name != "appointments"} for each in written]
    assert effects == [
        {"confirmed": ["EU"], "taken_back": [], "demands": numbers, "reviewed": []},
        {"confirmed": ["US"], "taken_back": [], "demands": numbers, "reviewed": numbers},
    ]
    row = await batch_of(batch)
    assert (row.review_open, row.released, row.state) == (False, True, "CERTIFIED")
    assert {demand.reviewed_in for demand in await seeded.rows(ReviewDemandRow)} == {batch.case_id}
    assert (await evaluated(batch)).demands == ()
    await are_rebuilt_identically(seeded.database, "review_demands", "release_reviews")


async def test_a_recall_takes_the_release_back_and_goes_on_until_it_is_closed(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded, number="B-1")
    part = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "18"}
    tablet = await registered(seeded, parents=[part])
    shipment = await ordered(seeded, batch, quantity="100")
    shipment.passes(minutes=1)
    await shipment.does("vito", "dispatch")
    await learns(batch)
    far: dict[str, Any] = {"consider_field_alert": True, "not_applicable_because": None, "evidence": [FILE]}
    review = (
        await batch.does("quentin", "review-release", outcomes=outcomes(EU="RECALL", US="WITHDRAW"), **far)
    ).numbers
    row = await batch_of(batch)
    assert (row.state, row.released, row.physical_status) == ("CLOSED", False, "BLOCKED")
    assert all(market.withdrawn_at for market in await seeded.rows(BatchMarketRow) if market.batch_id == batch.case_id)
    (hold,) = await seeded.rows(HoldRow)  # what comes from it
    assert (hold.batch_id, hold.type) == (tablet.case_id, "SUPPLY")

    await reports_answered(batch)
    evaluation = await evaluated(batch)
    (recall,), (alert,) = evaluation.recalls, evaluation.alerts
    assert (recall.review, recall.markets, recall.planned, evaluation.ends_as) == (review[0], ("EU",), False, None)
    closing: dict[str, Any] = {"review": recall.review, "evidence": [FILE]}
    assert (await refused(batch.does("hana", "close-recall", **closing))).code is Code.NOT_OPEN
    assert (await refused(batch.does("hana", "plan-recall", review=1))).code is Code.NOT_OPEN
    assert list((await refused(batch.does("hana", "plan-recall", review=recall.review, descendants=[]))).fields) == [
        "descendants"
    ]
    concerned = [{"batch_id": tablet.case_id, "concerned": True, "reason": "It holds 18 kg of it."}]
    await batch.does("hana", "plan-recall", review=recall.review, descendants=concerned)
    assert (
        await refused(batch.does("hana", "plan-recall", review=recall.review, descendants=concerned))
    ).code is Code.NOT_OPEN
    suggested = await batch.asks("close-recall", review=recall.review)
    assert (suggested["distributed"], suggested["recovered"]) == ("100", "0")
    assert suggested["figures_seen"] == (
        "By the records: dispatched 100 kg, received 0 kg, recovered 0 kg, destroyed 0 kg, unaccounted for 100 kg."
        f" Not over: {shipment.case_id} (requested)."
    )
    for wrong, fields in (
        ({"distributed": "500"}, ["review", "distributed", "differs_because", "unrecovered_because"]),
        ({"distributed": "0"}, ["review", "differs_because"]),
        ({"recovered": "100"}, ["review", "recovered"]),
    ):
        assert (
            list((await refused(batch.answers("hana", "close-recall", {**suggested, **closing, **wrong}))).fields)
            == fields
        )
    shipment.passes(minutes=1)
    await shipment.does("sana", "receive", rejected="100", explanation="It turned round on the way.")
    await shipment.does("sana", "dispose-goods", kind="RETURNED")
    await shipment.closes("CLOSED")
    suggested = await batch.asks("close-recall", review=recall.review)
    assert (suggested["distributed"], suggested["recovered"]) == ("100", "100")
    await batch.answers("hana", "close-recall", {**suggested, **closing})
    assert (await refused(batch.does("hana", "close-recall", **closing))).code is Code.NOT_OPEN
    evaluation = await evaluated(batch)
    assert (evaluation.recalls, evaluation.alerts, evaluation.ends_as) == ((), (alert,), None)
    async with seeded.database.reading() as session:
        kept = await session.get_one(ReleaseReviewRow, (batch.case_id, recall.review))
        found = await reconciliation(session, await seeded.actor("sana"), batch.case_id)
    assert (found.recovered, found.given, found.dispatched) == (Decimal(100), Decimal(18), Decimal(100))
    assert (kept.recall_class, kept.distributed, kept.recovered) == ("II", "100", "100")
    await are_rebuilt_identically(seeded.database, "release_reviews", "holds")


@on_one_database
async def test_a_market_is_withdrawn_while_the_other_one_stays_released(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await learns(batch)
    twice = outcomes("SAFETY", "SAFETY", EU="CONFIRM", US="WITHDRAW")  # taking back is every decider's
    refusal = await refused(batch.does("quentin", "review-release", outcomes=twice, evidence=[FILE]))
    assert refusal.fields == {"outcomes.1.grounds.1": "is named twice"}
    await reports_answered(batch)
    await batch.does("quentin", "review-release", outcomes=outcomes(EU="CONFIRM", US="WITHDRAW"), evidence=[FILE])
    row = await batch_of(batch)
    assert (row.state, row.released, row.physical_status) == ("CERTIFIED", True, "UNRESTRICTED")
    await learns(batch, description="And another thing.")
    gone = await refused(batch.does("quentin", "review-release", outcomes=outcomes(US="CONFIRM")))
    assert gone.fields == {"outcomes.0.market": "is no released market"}
    await batch.does("quentin", "review-release", outcomes=outcomes(EU="WITHDRAW"), evidence=[FILE])
    assert (await evaluated(batch)).ends_as is None  # a report is not answered yet
    await reports_answered(batch)
    assert (await evaluated(batch)).ends_as == "WITHDRAWN"
    assert (await refused(batch.answers("nora", "report-later-finding"))).code is Code.NOT_OPEN


@on_one_database
async def test_a_batch_is_watched_until_a_year_after_its_shelf_life_has_ended(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    end = datetime(2029, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert ((await evaluated(batch)).ends_at, (await evaluated(batch)).ends_as) == (end, None)
    batch.at = end
    assert (await evaluated(batch)).ends_as == "SHELF_LIFE_ENDED"
    number = await learns(batch)  # in its last second
    assert (await evaluated(batch)).ends_as is None
    await reports_answered(batch)
    await each_answers(batch, demands=[number])
    await batch.notes("batch.shelf_life_ended")
    row = await batch_of(batch)
    assert (row.state, row.released) == ("CLOSED", True)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.expiry_on, row.retest_on = None, end.date()
    assert (await evaluated(batch)).ends_at == end.replace(year=2034)


@on_one_database
async def test_a_conclusion_of_the_status_case_spares_the_batch_a_second_review(seeded: Seeded) -> None:
    await ready(seeded)
    both, partly, american = [await released(seeded) for _ in range(3)]
    await decided(seeded, american.case_id, EU="REJECT")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchMarketRow, (partly.case_id, "US"))).decision = None
        (await session.get_one(BatchRow, partly.case_id)).state = "OPEN"
    case = await suspended(seeded)
    assert {row.batch_id for row in await seeded.rows(HoldRow)} == {partly.case_id}  # and it is reviewed as well
    suggested = await case.asks("assess-impact")
    assert suggested["batches"] == [both.case_id, partly.case_id, american.case_id]
    for wrong in (american.case_id, "BAT-99"):
        refusal = await refused(case.answers("quentin", "assess-impact", {**suggested, "confirmed": [wrong]}))
        assert list(refusal.fields) == ["confirmed.0"]
    number = await learns(both)  # of its own; the conclusion says nothing about it
    confirmed = [both.case_id, partly.case_id]
    await case.answers("quentin", "assess-impact", {**suggested, "confirmed": confirmed})
    assert [(demand.number, demand.markets) for demand in (await evaluated(both)).demands] == [
        (number - 1, ("US",)),  # the quality unit's, which has concluded nothing
        (number, ("EU", "US")),
    ]
    assert (await evaluated(partly)).demands == ()
    assert len((await evaluated(american)).demands) == 1
    await are_rebuilt_identically(seeded.database, "review_demands")


@on_one_database
async def test_what_is_doubted_or_recalled_in_one_market_is_released_in_no_other_and_holds_what_comes_from_it(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    batch = await reviewed(seeded)
    sold = await released(seeded, parents=[{"batch_id": batch.case_id, "relation": "SPLIT", "quantity": "20"}])
    await decides(batch, "quentin", "EU")
    await learns(batch)
    shut = await refused(decides(batch, "hana", "US", "approve"))
    assert shut.fields == {"G14": "a review after its release is open"}
    tablet = await registered(
        seeded, parents=[{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}]
    )
    (hold,) = await seeded.rows(HoldRow)  # of what is made of it meanwhile
    assert (hold.batch_id, hold.type) == (tablet.case_id, "SUPPLY")

    await batch.does("quentin", "review-release", outcomes=outcomes(EU="RECALL"), evidence=[FILE])
    held = {(hold.batch_id, hold.type, hold.market) for hold in await seeded.rows(HoldRow)}
    assert held == {(each.case_id, "SUPPLY", None) for each in (batch, sold, tablet)}
    assert [demand.cause for demand in (await evaluated(sold)).demands] == [batch.case_id] * 2  # finding, and recall
    assert not (await batch_of(batch)).review_open
    shut = await refused(decides(batch, "hana", "US", "approve"))
    assert set(shut.fields) == {"G13", "G14"}
    assert f" ({batch.case_id}) was recalled for EU (specification not met): " in shut.fields["G13"]
    rejects: dict[str, Any] = {
        "decision": "REJECT",
        "quantity": None,
        "reason": "Recalled.",
        "grounds": ["SPECIFICATION"],
    }
    await decides(batch, "hana", "US", "approve", **rejects)
    again = registered(seeded, parents=[{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}])
    assert list((await refused(again)).fields) == ["parents.0.batch_id"]  # while the recall goes on
    await are_rebuilt_identically(seeded.database, "holds", "review_demands")


async def test_what_is_found_later_reaches_the_released_family_and_each_answers_for_itself(seeded: Seeded) -> None:
    origin = await released(await ready(seeded))
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    tablets = await released(seeded, parents=[part])
    pack = await released(seeded, parents=[{**part, "batch_id": tablets.case_id, "quantity": "10"}])
    stranger, waiting = await released(seeded), await made(seeded, parents=[{**part, "quantity": "10"}])
    shipment = await ordered(seeded, pack)
    await tablets.answers("nora", "report-later-finding", {"kind": "STABILITY", "description": "It turns yellow."})
    number = (await batch_of(tablets)).number
    reasons = {each.batch_id: each.reason for each in await seeded.rows(ReviewDemandRow)}
    assert reasons == {
        origin.case_id: f"{number}, which comes from it: STABILITY: It turns yellow.",
        tablets.case_id: "STABILITY: It turns yellow.",
        pack.case_id: f"{number}, that it comes from: STABILITY: It turns yellow.",
    }
    assert not (await batch_of(stranger)).review_open
    assert not (await batch_of(waiting)).review_open
    shipment.passes(minutes=1)
    assert (await refused(shipment.does("sana", "dispatch"))).code is Code.GATE_CLOSED
    for each in (pack, origin, tablets):
        await reports_answered(each)
    shut = await each_refused(pack)  # after the tablets that it comes from; these wait for nothing that they have shown
    assert {market: set(each.fields) for market, each in shut.items()} == {
        "EU": {"outcomes.0.outcome"},
        "US": {"outcomes.0.outcome"},
    }
    for each in (tablets, pack, origin):
        await each_answers(each)
    await shipment.does("sana", "dispatch")
