"""A rejection, or a release taken back, in one market before every other market, through the journal."""

from typing import Any

import pytest

from domain.core.refusals import Code
from domain.release.raised_grounds import GROUNDS, GroundsRaised
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, MarketJudgementRow, ReviewDemandRow
from records.core.policies import Policies
from records.release.queries.gate_reports import gate_report
from tests.domain.filling import filled
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.declaring import signs
from tests.records.delivering import ordered
from tests.records.making import batch_of, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.releasing import evaluated, released, reports_answered
from tests.records.seeded import Seeded

pytestmark = on_one_database
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
HEARD = "The raw data of this batch were read again at the instrument; none of the copied runs is of it."


def no(*grounds: str) -> dict[str, Any]:
    return {"decision": "REJECT", "quantity": None, "reason": "As found in the US.", "grounds": [*grounds]}


async def raises(seeded: Seeded, by: str, batch: Qualifying, **changes: Any) -> None:
    """Grounds are raised, as the route of it does."""
    form, stream, actor = filled(GroundsRaised, **changes), GROUNDS.of(batch.case_id), await seeded.actor(by)
    version, about = form.earlier + 1, {"batch_id": batch.case_id}
    await signs(seeded, actor, "grounds.raise", stream, form, at=batch.at, version=version, **about)


async def holds(seeded: Seeded, of: str = "OTHER_MARKET") -> list[tuple[str, str | None]]:
    """The batches and markets that are held."""
    return [(row.batch_id, row.market) for row in await seeded.rows(HoldRow) if row.type == of and not row.lifted_at]


async def suspension(seeded: Seeded, batch: Qualifying, market: str) -> str:
    """The hold by which a batch is stopped in a market."""
    wanted = (batch.case_id, "OTHER_MARKET", market)
    return next(row.hold_id for row in await seeded.rows(HoldRow) if (row.batch_id, row.type, row.market) == wanted)


async def judges(batch: Qualifying, user: str, hold: str = "HOLD-1", *, head: bool = False, **changes: Any) -> Any:
    given = {"hold_id": hold, "market": "EU", "assessment": HEARD, "evidence": [FILE], **changes}
    return await batch.answers(user, "judge-other-market-quality" if head else "judge-other-market", given)


async def waiting(batch: Qualifying) -> list[tuple[str, str, int]]:
    """The parts of judgements that the procedure asks for."""
    found: Any = (await batch.notes("batch.holds")).effect
    return [
        (hold["hold_id"], part["slot"], part.get("version", 0))
        for hold in found["holds"]
        for part in hold.get("judgements", [])
    ]


async def test_data_that_cannot_be_relied_on_stop_every_market_until_two_have_judged(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "hana", "US", "approve", **no("DATA_INTEGRITY"))
    assert await holds(seeded) == [(batch.case_id, "EU")]
    said = f"({batch.case_id}) was rejected for US (data integrity): As found in the US."
    seen = (await batch.asks("certify", market="EU"))["gates_seen"]
    assert said in seen
    stopped = await refused(decides(batch, "quentin", "EU"))
    assert (stopped.code, set(stopped.fields)) == ("gate_closed", {"G13", "G14"})
    judged = [{"gate": "G13", "rationale": HEARD}, {"gate": "G14", "rationale": HEARD}]
    assert set((await refused(decides(batch, "quentin", "EU", judgements=judged))).fields) == {"G14"}
    assert await waiting(batch) == [("HOLD-1", "DECIDER", 0), ("HOLD-1", "QUALITY", 0)]

    by_lifting = await refused(batch.answers("quentin", "lift-hold", {"hold_id": "HOLD-1", "evidence": [FILE]}))
    assert by_lifting.fields == {"hold_id": "is lifted by judge-other-market"}
    assert (await refused(judges(batch, "hana"))).code is Code.WRONG_ROLE  # the Union needs its qualified person
    assert (await refused(judges(batch, "priya", head=True))).code is Code.WRONG_ROLE  # the head of quality is there
    assert list((await refused(judges(batch, "quentin", market="US"))).fields) == []  # not the decider of the US
    assert list((await refused(judges(batch, "quentin", "HOLD-9"))).fields) == ["hold_id"]
    await judges(batch, "hana", head=True)  # in any order
    assert await waiting(batch) == [("HOLD-1", "DECIDER", 0)]
    await judges(batch, "quentin", goes_on=False)
    assert await waiting(batch) == [("HOLD-1", "DECIDER", 1)]  # a no leaves it stopped, and an exit
    await judges(batch, "quentin")
    assert await holds(seeded) == []
    assert (await refused(judges(batch, "quentin"))).code is Code.NOT_OPEN
    written = await decides(batch, "quentin", "EU")
    (g13,) = [each for each in written.effect["gates"] if each["gate"] == "G13"]
    assert g13["verdict"] == "PASS"
    judged_by = [line.partition(",")[0] for line in g13["looked_at"]]
    assert [who for who in judged_by if who in {"Quentin Dubois", "Hana Sato"}] == ["Quentin Dubois", "Hana Sato"]
    await are_rebuilt_identically(seeded.database, "holds", "market_judgements", "batch_markets")


async def test_what_a_partner_rejects_for_reasons_of_its_own_suspends_nothing_and_is_judged(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    assert set((await refused(decides(batch, "hana", "US", "approve", **no()))).fields) == {"grounds"}
    await decides(batch, "hana", "US", "approve", **no("COMMERCIAL"))
    assert await seeded.rows(HoldRow) == []
    unjudged = await refused(decides(batch, "quentin", "EU"))
    assert set(unjudged.fields) == {"G13"}
    assert "commercial reasons" in unjudged.fields["G13"]
    await decides(batch, "quentin", "EU", judgements=[{"gate": "G13", "rationale": HEARD}])


@pytest.mark.parametrize(("ground", "reviews"), [("CONTAMINATION", 1), ("DATA_INTEGRITY", 1), ("COMMERCIAL", 0)])
async def test_what_is_released_elsewhere_is_reviewed_unless_the_grounds_are_of_the_market(
    seeded: Seeded, ground: str, reviews: int
) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    await decides(batch, "hana", "US", "approve", **no(ground))
    demands = await seeded.rows(ReviewDemandRow)
    assert len(demands) == reviews
    assert all("was rejected for US" in row.reason for row in demands)


async def test_an_older_rejection_has_stated_no_grounds_and_is_judged(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "hana", "US", "approve", **no("SPECIFICATION"))
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, "US"))
        row.refused_as = row.grounds = row.grounds_at = row.refused_because = None
    unjudged = await refused(decides(batch, "quentin", "EU"))
    number = (await seeded.row(BatchRow, batch.case_id)).number
    assert unjudged.fields == {"G13": f"{number} ({batch.case_id}) was rejected for US (grounds not stated)"}
    phrase = await refused(decides(batch, "quentin", "EU", judgements=[{"gate": "G13", "rationale": HEARD}]))
    assert list(phrase.fields) == ["judgements.0.evidence"]
    await decides(batch, "quentin", "EU", judgements=[{"gate": "G13", "rationale": HEARD, "evidence": [FILE]}])


async def test_what_is_released_elsewhere_is_reviewed_and_nothing_leaves_meanwhile(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU", quantity="100")
    await batch.answers("hana", "redirect", {"way": "REJECT", "grounds": ["STERILITY"]})
    assert await holds(seeded) == [(batch.case_id, "EU")]
    (demand,) = (await evaluated(batch)).demands
    assert "sterility" in demand.reason
    assert (await refused(ordered(seeded, batch, market="EU"))).code is Code.GATE_CLOSED
    await reports_answered(batch)
    early = await refused(batch.does("quentin", "review-release"))
    waits = f"waits for US, refused {batch.case_id} (sterility), which two people have not judged yet"
    assert early.fields == {"outcomes.0.outcome": waits}
    await judges(batch, "quentin")
    await judges(batch, "hana", head=True)
    assert (await refused(ordered(seeded, batch, market="EU"))).code is Code.GATE_CLOSED
    await batch.does("quentin", "review-release")
    await ordered(seeded, batch, market="EU")


async def test_two_parts_are_never_one_person(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU", **no("SAFETY"))
    us: dict[str, Any] = {"market": "US"}
    await judges(batch, "hana", **us)  # as the decider for the US
    assert (await refused(judges(batch, "hana", head=True, **us))).rule == "S1"
    await judges(batch, "priya", head=True, **us)  # another member of the quality unit takes her place
    assert await holds(seeded) == []
    await decides(batch, "hana", "US", "approve")


async def test_who_is_both_decides_for_the_market_and_somebody_else_judges_beside(seeded: Seeded) -> None:
    """The head of quality is the only qualified person: her first judgement counts no more, and nothing is stuck."""
    batch = await reviewed(await fit(seeded))
    await employed(seeded, "hana", "QP")
    await decides(batch, "hana", "US", "approve", **no("DATA_INTEGRITY"))
    await judges(batch, "hana", head=True)
    written = await judges(batch, "hana")
    assert (written.effect["voids"], written.effect["lifted"]) == (True, False)
    assert await waiting(batch) == [("HOLD-1", "QUALITY", 1)]
    assert (await refused(judges(batch, "hana", head=True))).rule == "S1"
    await judges(batch, "priya", head=True)
    assert await holds(seeded) == []
    assert [row.voided for row in await seeded.rows(MarketJudgementRow)] == [False, False]
    await are_rebuilt_identically(seeded.database, "holds", "market_judgements")


async def test_grounds_are_raised_later_also_of_a_closed_case_with_the_same_consequences(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "hana", "US", "approve", **no("SPECIFICATION"))
    assert (await refused(raises(seeded, "nora", batch, market="EU"))).fields == {
        "market": "has not refused this batch"
    }
    assert (await refused(raises(seeded, "sana", batch, market="US"))).code is Code.WRONG_ROLE
    await decides(batch, "quentin", "EU", judgements=[{"gate": "G13", "rationale": HEARD, "evidence": [FILE]}])
    await raises(seeded, "nora", batch, market="US", grounds=["DATA_INTEGRITY"])
    assert await holds(seeded) == [(batch.case_id, "EU")]
    assert len((await evaluated(batch)).demands) == 1
    stale = await refused(raises(seeded, "nora", batch, market="US", grounds=["SAFETY"]))
    assert (stale.code, list(stale.fields)) == (Code.VERSION_STALE, ["earlier"])
    again = await refused(raises(seeded, "nora", batch, market="US", grounds=["SPECIFICATION"], earlier=1))
    assert list(again.fields) == ["grounds"]
    row = await seeded.row(BatchMarketRow, (batch.case_id, "US"))
    assert (row.refused_as, row.grounds) == ("REJECTED", ["SPECIFICATION", "DATA_INTEGRITY"])
    await judges(batch, "quentin")
    await judges(batch, "hana", head=True)
    batch.passes(days=1)
    await batch.closes("WITHDRAWN")
    await raises(seeded, "nora", batch, market="US", grounds=["SAFETY"], earlier=1)
    assert await holds(seeded) == [(batch.case_id, "EU")]  # what was judged before says nothing of it
    await are_rebuilt_identically(seeded.database, "holds", "market_judgements", "batch_markets")


async def test_a_parents_refusal_travels_to_every_market_or_to_its_own(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    part = [{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}]
    child = await registered(seeded, parents=part)
    further = await registered(
        seeded, parents=[{"batch_id": child.case_id, "relation": "INTERMEDIATE", "quantity": "5"}]
    )
    await decides(batch, "quentin", "EU", **no("MARKET_REGISTRATION"))
    assert await holds(seeded) == []
    assert await holds(seeded, "SUPPLY") == [(child.case_id, "EU"), (further.case_id, "EU")]
    later = await registered(seeded, parents=part)
    assert (later.case_id, "EU") in await holds(seeded, "SUPPLY")
    assert (later.case_id, "US") not in await holds(seeded, "SUPPLY")

    await raises(seeded, "nora", batch, market="EU", grounds=["DATA_INTEGRITY"])
    family = {(each.case_id, market) for each in (child, further, later) for market in ("EU", "US")}
    assert set(await holds(seeded)) == family | {(batch.case_id, "US")}
    born = await registered(seeded, parents=part)
    assert {market for batch_id, market in await holds(seeded) if batch_id == born.case_id} == {"EU", "US"}
    of_child, of_batch = [await suspension(seeded, each, "US") for each in (child, batch)]
    early = await refused(judges(child, "hana", of_child, market="US"))
    assert early.fields == {"hold_id": f"a batch that it comes from is held for it: {batch.case_id}"}
    await judges(batch, "hana", of_batch, market="US")
    await judges(batch, "priya", of_batch, head=True, market="US")
    await judges(child, "hana", of_child, market="US")
    await judges(child, "priya", of_child, head=True, market="US")
    youngest = await registered(seeded, parents=part)  # for the US it is judged, for the Union it is not
    assert {market for batch_id, market in await holds(seeded) if batch_id == youngest.case_id} == {"EU"}
    await are_rebuilt_identically(seeded.database, "holds", "market_judgements", "batch_markets")


@pytest.mark.parametrize(
    ("grounds", "of_market", "held"),
    [("SAFETY", [("child", "EU"), ("child", "US"), ("own", "EU")], []), ("COMMERCIAL", [], [("child", "US")])],
)
async def test_a_release_taken_back_is_seen_like_a_rejection(
    seeded: Seeded, grounds: str, of_market: list[tuple[str, str]], held: list[tuple[str, str]]
) -> None:
    await ready(seeded)
    batch = await released(seeded)
    child = await registered(
        seeded, parents=[{"batch_id": batch.case_id, "relation": "INTERMEDIATE", "quantity": "20"}]
    )
    await batch.answers("nora", "report-later-finding")
    await reports_answered(batch)
    outcomes = [
        {"market": "EU", "outcome": "CONFIRM"},
        {"market": "US", "outcome": "WITHDRAW", "grounds": [grounds]},
    ]
    await batch.does("quentin", "review-release", outcomes=outcomes, evidence=[FILE])
    names = {batch.case_id: "own", child.case_id: "child"}
    assert sorted((names[each], market) for each, market in await holds(seeded)) == of_market
    assert [(names[each], market) for each, market in await holds(seeded, "SUPPLY") if market] == held
    assert (await evaluated(batch)).demands == ()  # it was reviewed by the same act
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), child.case_id, batch.at, market="EU")
    assert [hold.type for hold in report.holds if hold.market == "EU"] == ["OTHER_MARKET"] * (grounds == "SAFETY")
    assert (await batch_of(batch)).released


async def test_nobody_places_or_invents_such_a_hold_by_hand(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    placed = await refused(batch.answers("priya", "place-hold", {"hold_type": "OTHER_MARKET"}))
    assert placed.fields == {"hold_type": "is placed by the decision of another market"}
    await batch.answers("priya", "place-hold", {"hold_type": "MANUAL"})
    wrong = await refused(judges(batch, "quentin"))
    assert wrong.fields == {"hold_id": "is not of another market's decision"}
