"""What stands about a batch after its release, what a review may answer, and where a recall is asked about."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from tests.domain.filling import filled
from tests.records.analysing import IMPURITY, line, specified
from tests.records.databases import on_one_database
from tests.records.delivering import ordered
from tests.records.making import batch_of, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided, each_answers, each_refused, evaluated, released, reports_answered
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
SOLD = "The part that was sold was used up; the authority agrees in writing."


async def confirms_oos(
    batch: Qualifying, result: str, detected_at: datetime = START, test: str = "Impurity I-3", **more: Any
) -> None:
    """A result that a person reports, and that phase II confirms."""
    given = {"oos_id": "OOS-9", "test": test, "result": result, "detected_at": detected_at.isoformat()}
    await batch.answers("vito", "oos", given)
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-9", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-9", **more})


async def sent(seeded: Seeded, batch: Qualifying, market: str) -> None:
    """A part of it is on the market."""
    shipment = await ordered(seeded, batch, quantity="10", market=market)
    shipment.passes(minutes=1)
    await shipment.does("vito", "dispatch")


def answers(eu: str, us: str, **more: str) -> dict[str, Any]:
    """What becomes of the two markets; `no_EU` says why nothing is called back there."""
    found = []
    for market, outcome in (("EU", eu), ("US", us)):
        one: dict[str, Any] = {"market": market, "outcome": outcome, "no_recall_because": more.get(f"no_{market}")}
        found.append({**one, "grounds": [] if outcome == "CONFIRM" else ["SPECIFICATION"]})
    return {"outcomes": found, "evidence": [FILE]}


def of(market: str, outcome: str, **more: Any) -> dict[str, Any]:
    """What becomes of one market alone."""
    return {"outcomes": [{"market": market, "outcome": outcome, "grounds": [], **more}], "evidence": [FILE]}


async def test_a_confirmed_result_closes_the_markets_whose_limit_it_misses_and_no_other(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded, IMPURITY, markets=("EU",))
    await specified(seeded, IMPURITY.model_copy(update={"upper": Decimal("0.30")}), version=2, markets=("US",))
    batch = await released(seeded)
    await sent(seeded, batch, "EU")
    await confirms_oos(batch, "0.27")
    told = (await evaluated(batch)).about()
    assert "OOS OOS-9 is confirmed and misses its limit: Impurity I-3 0.27 % (EU): the release is withdrawn or" in told
    assert "Goods were distributed to EU: are they called back? OOS OOS-9 is confirmed" in told
    assert "distributed to US" not in told
    shut = await refused(batch.does("quentin", "review-release", **of("EU", "CONFIRM", no_recall_because=SOLD)))
    assert set(shut.fields) == {"outcomes.0.outcome"}
    silent = await refused(batch.does("hana", "review-release", **answers("WITHDRAW", "CONFIRM")))
    assert set(silent.fields) == {"outcomes.0.no_recall_because"}
    more = await refused(batch.does("hana", "review-release", **answers("WITHDRAW", "CONFIRM", no_EU=SOLD, no_US=SOLD)))
    assert set(more.fields) == {"outcomes.1.no_recall_because"}
    await reports_answered(batch)
    await batch.does("hana", "review-release", **answers("WITHDRAW", "CONFIRM", no_EU=SOLD))
    assert (await batch_of(batch)).released
    await are_rebuilt_identically(seeded.database, "review_demands", "release_reviews", "facts")


async def test_where_no_specification_shows_that_it_is_met_nothing_is_confirmed(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await confirms_oos(batch, "0.27")
    shut = (await each_refused(batch, **answers("CONFIRM", "CONFIRM")))["US"]
    assert shut.fields["outcomes.0.outcome"] == (
        "cannot be given: OOS OOS-9 is confirmed and misses its limit: Impurity I-3 0.27 %; the release is withdrawn"
        " or recalled"
    )
    await batch.does("quentin", "review-release", **answers("RECALL", "WITHDRAW"))


async def test_a_result_under_a_name_that_is_not_registered_misses_its_limit_in_every_market(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded)
    batch = await released(seeded)
    await sent(seeded, batch, "US")
    await confirms_oos(batch, "0.19", test="Impurity I3 (HPLC)")
    assert "Goods were distributed to US: are they called back?" in (await evaluated(batch)).about()
    shut = await each_refused(batch, **answers("CONFIRM", "CONFIRM", no_US=SOLD))
    assert {market: set(each.fields) for market, each in shut.items()} == {
        "EU": {"outcomes.0.outcome"},
        "US": {"outcomes.0.outcome"},
    }
    await batch.does("quentin", "review-release", **answers("WITHDRAW", "RECALL"))


async def test_what_is_investigated_of_a_batch_keeps_the_release_of_what_comes_from_it(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded)
    origin = await released(seeded)
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    tablets = await released(seeded, parents=[part])
    await sent(seeded, tablets, "US")
    await origin.answers("nora", "report-later-finding", {"results": [line("0.19")], "report": "STAB-12M"})
    (oos_id,) = {
        each.reason.split()[1].rstrip(":") for each in await seeded.rows(ReviewDemandRow) if "OOS" in each.reason
    }
    waits = (await each_refused(tablets, **answers("CONFIRM", "CONFIRM")))["US"]
    assert waits.fields["outcomes.0.outcome"] == (
        f"waits for {oos_id}, under investigation ({origin.case_id}, that it comes from)"
    )
    await origin.answers("uta", "oos-laboratory", {"oos_id": oos_id, "retests": []})
    await origin.does("priya", "oos-investigation", oos_id=oos_id)
    shut = await each_refused(tablets, **answers("CONFIRM", "CONFIRM", no_US=SOLD))
    assert [set(each.fields) for each in shut.values()] == [{"outcomes.0.outcome"}] * 2
    asked = await refused(tablets.does("quentin", "review-release", **answers("WITHDRAW", "WITHDRAW")))
    assert set(asked.fields) == {"outcomes.1.no_recall_because"}  # the question travels to what was distributed
    await tablets.does("quentin", "review-release", **answers("WITHDRAW", "RECALL"))


async def test_a_failure_of_what_is_made_of_it_leaves_the_release_of_the_origin_to_its_review(seeded: Seeded) -> None:
    await ready(seeded)
    await specified(seeded)
    origin = await released(seeded)
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    tablets = await released(seeded, parents=[part])
    await confirms_oos(tablets, "0.19", other_batches=[origin.case_id])
    assert await seeded.rows(ReviewDemandRow)
    shut = await each_refused(tablets, **answers("CONFIRM", "CONFIRM"))
    assert [set(each.fields) for each in shut.values()] == [{"outcomes.0.outcome"}] * 2
    await reports_answered(origin)
    await each_answers(origin)


async def test_a_parent_that_two_sides_reject_takes_the_release_back_until_that_is_corrected(seeded: Seeded) -> None:
    await ready(seeded)
    origin = await released(seeded)
    part = {"batch_id": origin.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    tablets = await released(seeded, parents=[part])
    await sent(seeded, tablets, "EU")
    await decided(seeded, origin.case_id, EU="REJECT", US="REJECT")
    async with seeded.database.writing() as session:
        row = await session.get_one(type(await batch_of(origin)), origin.case_id)
        row.state, row.released = "OPEN", False
    await origin.answers("priya", "answer-rejection")
    shut = await refused(tablets.does("quentin", "review-release", **of("EU", "CONFIRM", no_recall_because=SOLD)))
    number = (await batch_of(origin)).number
    assert shut.fields["outcomes.0.outcome"].startswith(f"cannot be given: {number} that it comes from is rejected")


async def test_an_alert_of_falsification_asks_about_a_recall_and_waits_for_its_triage(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await sent(seeded, batch, "US")
    told: dict[str, Any] = {
        "lots": [(await batch_of(batch)).number],
        "site_id": "VM-02",
        "scope_ids": ["SC-1"],
        "event_id": "FMD-1",
    }
    form = filled(SiteEventReport, **told, type="FALSIFICATION", severity="CRITICAL")
    event = await a_case(seeded, Process.EVENT, form.model_dump(mode="json"), by="ines")
    assert await seeded.rows(HoldRow) == []  # it is reviewed, and nothing leaves meanwhile
    waits = await each_refused(batch, **answers("CONFIRM", "CONFIRM", no_US=SOLD))
    assert [set(each.fields) for each in waits.values()] == [{"outcomes.0.outcome"}] * 2
    await event.answers("ines", "triage", {"outcomes": ["RECORD"]})
    await reports_answered(batch)
    asked = await refused(batch.does("hana", "review-release", **of("US", "CONFIRM")))
    assert set(asked.fields) == {"outcomes.0.no_recall_because"}
    await each_answers(batch, **answers("CONFIRM", "CONFIRM", no_US=SOLD))
