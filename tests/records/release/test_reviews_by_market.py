"""Each market's decider answers the review of its release; what one has said stays while the others are waited for."""

from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.core.forms import Process
from domain.core.people import QUALITY_UNIT
from domain.core.refusals import Code
from domain.event.site_event import SiteEventReport
from domain.release.gate_report_text import rendered
from records.batch.queries.batches import batch_of_case
from records.batch.tables.decisions import ReviewDemandRow
from records.core.policies import Policies
from records.core.shown import Reading
from records.core.tables.cases import TaskRow
from records.release.queries.gate_reports import gate_report
from records.release.tables import ReleaseReviewRow
from tests.domain.filling import filled
from tests.records.certifying import decides, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import ordered
from tests.records.making import batch_of, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import FOR_TABLETS, RELEASE, TAKEN, employed, tablets
from tests.records.release.test_gate_exception import delegates
from tests.records.release.test_release_review import learns, outcomes
from tests.records.releasing import each_answers, evaluated, released, reports_answered
from tests.records.seeded import Seeded

pytestmark = on_one_database
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
EU: dict[str, Any] = {"outcomes": outcomes(EU="CONFIRM")}
US: dict[str, Any] = {"outcomes": outcomes(US="CONFIRM")}


async def under_review(seeded: Seeded) -> Qualifying:
    """A batch that is released for the Union and the States, of which something was learned and reported."""
    await ready(seeded)
    return await doubted(seeded)


async def doubted(seeded: Seeded) -> Qualifying:
    batch = await released(seeded)
    await learns(batch)
    await reports_answered(batch)
    return batch


async def doubted_bulk(seeded: Seeded) -> Qualifying:
    """Tablets that their site has confirmed for the Union and the quality unit has released for the States."""
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    bulk = await tablets(seeded)
    await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN)
    await decides(bulk, "hana", "US", RELEASE, **FOR_TABLETS)
    await learns(bulk)
    await reports_answered(bulk)
    return bulk


async def waits(batch: Qualifying) -> list[tuple[str, ...]]:
    """The markets that have not answered, of each thing that was learned."""
    return [each.markets for each in (await evaluated(batch)).demands]


async def asked(batch: Qualifying) -> tuple[list[str], set[str]]:
    """The markets that the task of the review names, and whose it is."""
    suggested = await batch.asks("review-release")
    task = await batch.seeded.row(TaskRow, batch.tasks.pop("review-release"))
    return [each["market"] for each in suggested["outcomes"]], set(task.roles)


async def test_each_market_is_confirmed_by_its_decider_and_the_other_one_is_waited_for(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    assert await asked(batch) == (["EU", "US"], {"QP", *QUALITY_UNIT})
    assert (await evaluated(batch)).about().splitlines()[1:3] == [
        "EU waits for QP",
        "US waits for HEAD_QA or QA_APPROVER or QCU_RELEASER",
    ]
    both = await refused(batch.does("quentin", "review-release"))
    why = "is for HEAD_QA or QA_APPROVER or QCU_RELEASER to confirm; leave US out"
    assert (both.code, both.rule, both.fields) == (Code.WRONG_ROLE, "G13", {"outcomes.1.outcome": why})
    for user, theirs in (("hana", EU), ("priya", EU), ("quentin", US)):
        not_theirs = await refused(batch.does(user, "review-release", **theirs))
        assert (not_theirs.code, set(not_theirs.fields)) == (Code.WRONG_ROLE, {"outcomes.0.outcome"})
    assert await seeded.rows(ReleaseReviewRow) == []
    await batch.does("quentin", "review-release", **EU)
    assert (await waits(batch), (await evaluated(batch)).waits) == (
        [("US",)],
        ("US waits for HEAD_QA or QA_APPROVER or QCU_RELEASER",),
    )
    assert await asked(batch) == (["US"], set(QUALITY_UNIT))
    again = await refused(batch.does("quentin", "review-release", **EU))
    assert again.fields == {"outcomes.0.market": "has answered already"}
    assert (await batch_of(batch)).review_open
    assert (await refused(ordered(seeded, batch, market="EU"))).code is Code.GATE_CLOSED  # before all have answered
    await batch.does("priya", "review-release", **US)
    assert not (await batch_of(batch)).review_open
    assert [row.confirmed for row in await seeded.rows(ReleaseReviewRow)] == [["EU"], ["US"]]
    await ordered(seeded, batch, market="EU")
    await are_rebuilt_identically(seeded.database, "review_demands", "release_reviews")


@pytest.mark.parametrize("why", ["And another thing.", None], ids=["something else", "in the same words"])
async def test_what_is_learned_between_two_answers_waits_for_every_market(seeded: Seeded, why: str | None) -> None:
    batch = await under_review(seeded)
    await batch.does("quentin", "review-release", **EU)
    number = await learns(batch, **({"description": why} if why else {}))
    await reports_answered(batch)
    assert await waits(batch) == [("US",), ("EU", "US")]
    stale = await refused(batch.does("hana", "review-release", **US, demands=[number]))
    assert set(stale.fields) == {"demands"}
    await batch.does("hana", "review-release", **US)
    assert await waits(batch) == [("EU",)]
    (first, second) = await seeded.rows(ReviewDemandRow)
    assert (first.reviewed_at is not None, second.reviewed_at, set(second.answers)) == (True, None, {"US"})
    await batch.does("quentin", "review-release", **EU)
    assert not (await batch_of(batch)).review_open
    await are_rebuilt_identically(seeded.database, "review_demands")


async def test_the_same_words_while_nobody_has_answered_are_no_second_demand(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    await learns(batch)
    assert await waits(batch) == [("EU", "US")]


@pytest.mark.parametrize(
    ("confirms", "confirmed", "takes_back", "market", "other"),
    [
        ("hana", US, "hana", "EU", "US"),  # the quality unit, in a market that is not its own
        ("quentin", EU, "quentin", "US", "EU"),
        ("hana", US, "quentin", "EU", "US"),
        ("quentin", EU, "priya", "US", "EU"),
    ],
)
async def test_a_release_is_taken_back_by_any_decider_and_the_others_answer_to_that(
    seeded: Seeded, confirms: str, confirmed: dict[str, Any], takes_back: str, market: str, other: str
) -> None:
    batch = await under_review(seeded)
    await batch.does(confirms, "review-release", **confirmed)
    assert await waits(batch) == [(market,)]
    back = outcomes("CONTAMINATION", **{market: "WITHDRAW"})
    written = await batch.does(takes_back, "review-release", outcomes=back, evidence=[FILE])
    (demand,) = (await evaluated(batch)).demands
    assert demand.markets == (other,)
    assert written.effect["reviewed"] != [demand.number]
    assert demand.reason.startswith(f"The release for {market} is taken back: ")
    await reports_answered(batch)
    await batch.does(confirms, "review-release", **confirmed)
    assert not (await batch_of(batch)).review_open
    await are_rebuilt_identically(seeded.database, "review_demands", "release_reviews")


async def test_who_confirms_one_market_and_takes_the_other_one_back_has_answered_for_both(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    both = outcomes(EU="WITHDRAW", US="CONFIRM")
    assert (await refused(batch.does("quentin", "review-release", outcomes=both, evidence=[FILE]))).code is (
        Code.WRONG_ROLE
    )
    written = await batch.does("hana", "review-release", outcomes=both, evidence=[FILE])
    assert (written.effect["confirmed"], written.effect["taken_back"]) == (["US"], ["EU"])
    assert not (await batch_of(batch)).review_open


async def test_what_has_been_confirmed_is_taken_back_all_the_same(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    await batch.does("quentin", "review-release", **EU)
    await batch.does("hana", "review-release", outcomes=outcomes(EU="RECALL"), evidence=[FILE])
    assert await waits(batch) == [("US",), ("US",)]
    await batch.does("hana", "review-release", outcomes=outcomes(US="RECALL"), evidence=[FILE])
    row = await batch_of(batch)
    assert (row.review_open, row.released) == (False, False)
    assert len((await evaluated(batch)).recalls) == 2  # each with its own plan


@pytest.mark.parametrize(
    ("giver", "role", "taker", "theirs", "market", "stands_in", "as_role"),
    [
        ("quentin", "QP", "hana", EU, "EU", "ruth", "QP"),
        ("hana", "HEAD_QA", "priya", US, "US", "nora", "QCU_RELEASER"),
    ],
)
async def test_a_release_is_confirmed_in_person_and_taken_back_for_another_too(
    seeded: Seeded,
    giver: str,
    role: str,
    taker: str,
    theirs: dict[str, Any],
    market: str,
    stands_in: str,
    as_role: str,
) -> None:
    batch = await under_review(seeded)
    await delegates(seeded, giver, taker, role)
    suggested = await batch.asks("review-release")
    for_another = batch.answers(taker, "review-release", {**suggested, **theirs}, on_behalf_of=giver)
    assert (await refused(for_another)).code == "personal_duty"
    back = {"outcomes": outcomes(**{market: "WITHDRAW"}), "evidence": [FILE]}
    await batch.answers(taker, "review-release", {**suggested, **back}, on_behalf_of=giver)
    assert market not in {each for markets in await waits(batch) for each in markets}

    other = await doubted(seeded)
    await employed(seeded, stands_in, as_role)  # under their own name
    await other.does(stands_in, "review-release", **theirs)
    assert market not in {each for markets in await waits(other) for each in markets}


async def test_a_recall_is_asked_about_where_the_market_has_not_answered(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    for market in ("EU", "US"):
        shipment = await ordered(seeded, batch, quantity="10", market=market)
        shipment.passes(minutes=1)
        await shipment.does("vito", "dispatch")
    told = {"type": "COMPLAINT", "severity": "CRITICAL", "lots": [(await batch_of(batch)).number]}
    form = filled(SiteEventReport, {**told, "authority_outcome": None})
    event = await a_case(seeded, Process.EVENT, form.model_dump(mode="json"), by="ines")
    await event.does("ines", "triage", outcomes=["NO_ACTION"])
    await reports_answered(batch)
    silent = await refused(batch.does("quentin", "review-release", **EU))
    assert set(silent.fields) == {"outcomes.0.no_recall_because"}
    because = [{**each, "no_recall_because": "The part was used up."} for each in EU["outcomes"]]
    await batch.does("quentin", "review-release", outcomes=because)
    await learns(batch)
    await reports_answered(batch)
    needless = await refused(batch.does("quentin", "review-release", outcomes=because))
    assert set(needless.fields) == {"outcomes.0.no_recall_because"}
    await batch.does("quentin", "review-release", **EU)
    still = await refused(batch.does("hana", "review-release", **US))
    assert set(still.fields) == {"outcomes.0.no_recall_because"}


async def test_a_market_that_is_withdrawn_meanwhile_is_waited_for_no_more(seeded: Seeded) -> None:
    bulk = await doubted_bulk(seeded)
    await bulk.does("quentin", "review-release", **EU)
    assert await waits(bulk) == [("US",)]
    why = {"reason": "The source is not registered there.", "grounds": ["MARKET_REGISTRATION"]}
    await bulk.answers("hana", "withdraw-release", {"markets": ["US"], **why})
    assert (await waits(bulk), (await batch_of(bulk)).review_open) == ([], False)
    await are_rebuilt_identically(seeded.database, "review_demands", "batches")


async def test_a_review_of_an_older_version_has_answered_for_every_market(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    (number,) = [each.number for each in (await evaluated(batch)).demands]
    older: dict[str, Any] = {"cause": "STA-1", "demands": [number], "site_id": "VM-02"}
    await batch.notes("batch.release_confirmed", older)
    (row,) = await seeded.rows(ReviewDemandRow)
    assert (row.reviewed_in, row.answers) == ("STA-1", {})
    assert not (await batch_of(batch)).review_open


async def test_the_page_says_whom_each_market_waits_for_and_the_site_does_not_see_it(seeded: Seeded) -> None:
    batch = await under_review(seeded)
    await batch.does("quentin", "review-release", **EU)
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
        own = await gate_report(session, Policies(), batch.case_id, batch.at, market="US")
        seen = {}
        for user in ("quentin", "uta"):
            reading = Reading(session, await seeded.actor(user), batch.at)
            shown = await batch_of_case(reading, await batch.row())
            assert shown is not None
            seen[user] = {each.market: each.review_waits_for for each in shown.markets}
    unit = tuple(sorted(QUALITY_UNIT))
    assert seen == {"quentin": {"EU": (), "US": unit}, "uta": {"EU": (), "US": ()}}
    assert (report.decision.review_waits_for, own.decision.review_waits_for) == ((), unit)
    whom = "waits for head of quality or quality assurance or quality unit"
    assert f"US released, its review {whom}" in " ".join(rendered(report).split())
    assert f"Review {whom}" in " ".join(rendered(own).split())
    child = await reviewed(seeded, parents=[{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}])
    async with seeded.database.reading() as session:
        made_of_it = await gate_report(session, Policies(), child.case_id, child.at, market="EU")
    assert f"US released, its review {whom}" in " ".join(rendered(made_of_it).split())
    assert "a review after its release is open" in " ".join(rendered(made_of_it).split())


async def test_the_clock_of_a_considered_report_starts_with_what_its_review_was_about(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await learns(batch, received_at=batch.at.isoformat())
    await reports_answered(batch)
    received = batch.at
    batch.passes(days=3)
    await batch.does("hana", "review-release", **US, consider_field_alert=True, not_applicable_because=None)
    (alert,) = (await evaluated(batch)).alerts
    assert alert.since == received
    await each_answers(batch)
    (alert,) = (await evaluated(batch)).alerts
    assert alert.since == received


@pytest.mark.parametrize(
    ("how", "made_of_it"),
    [
        (outcomes(EU="CONFIRM", US="CONFIRM"), {"EU": None, "US": None}),
        (
            outcomes("MARKET_REGISTRATION", EU="WITHDRAW", US="CONFIRM"),
            {"EU": "was taken back on", "US": "its release for EU was taken back"},  # which its decider judges
        ),
        (outcomes(EU="RECALL", US="RECALL"), {"EU": "was taken back on", "US": "was taken back on"}),
    ],
    ids=["confirmed", "withdrawn in one market", "recalled"],
)
async def test_what_is_made_of_a_batch_while_it_is_under_review_depends_on_how_that_ends(
    seeded: Seeded, how: list[dict[str, Any]], made_of_it: dict[str, str | None]
) -> None:
    batch = await doubted_bulk(seeded)
    part = {"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "60", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105", "at": batch.at}
    child = await reviewed(seeded, parents=[part], size="60", started_at=batch.at, **made)
    for market in made_of_it:
        assert "a review after its release is open" in (await closed(child, market))[Gate.G14]
    if {each["outcome"] for each in how} == {"CONFIRM"}:
        await each_answers(batch)
    else:
        await batch.does("hana", "review-release", outcomes=how, evidence=[FILE])
    for market, why in made_of_it.items():
        said = (await closed(child, market)).get(Gate.G12)
        assert said is None if why is None else said is not None and why in said, (market, said)
        assert "a review after" not in (await closed(child, market)).get(Gate.G14, "")


async def closed(batch: Qualifying, market: str) -> dict[Gate, str]:
    """The gates that are not open for a market, with what each says."""
    async with batch.seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market=market)
    return {each.gate: each.reason for each in report.gates if not each.passes}
