"""Reports to authorities: counted from the receipt of the information, in the authority's days, and never held."""

from datetime import UTC, datetime
from typing import Any

from domain.core.days import counted
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from records.batch.tables.decisions import ReviewDemandRow
from records.batch.tables.process import OosRow
from records.core.policies import Policies
from records.core.tables.cases import TaskRow
from records.release.tables import AuthorityAnswerRow, ReleaseReviewRow
from tests.domain.filling import filled
from tests.records.analysing import line, specified
from tests.records.databases import on_one_database
from tests.records.delivering import ordered
from tests.records.making import batch_of, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import each_answers, each_refused, evaluated, released, reports_answered, reports_asked
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
MONDAY, THURSDAY = START, datetime(2025, 1, 16, 15, tzinfo=UTC)
END_OF_THURSDAY = datetime(2025, 1, 17, 4, 59, 59, tzinfo=UTC)
"""23:59:59 in New York."""


async def learned(seeded: Seeded) -> Qualifying:
    """A batch on the market of which something was learned on Monday, and entered on Thursday."""
    await ready(seeded)
    batch = await released(seeded)
    shipment = await ordered(seeded, batch, quantity="60", market="US")
    shipment.passes(minutes=1)
    await shipment.does("vito", "dispatch")
    batch.at = THURSDAY
    await batch.answers("nora", "report-later-finding", {"received_at": MONDAY.isoformat()})
    return batch


async def test_three_working_days_of_the_authority_from_the_receipt_and_not_from_the_review(seeded: Seeded) -> None:
    batch = await learned(seeded)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.received_at, demand.demanded_at) == (MONDAY, THURSDAY)
    told = (await evaluated(batch)).about()
    assert "Field alert report (NDA, ANDA; us-field-alert): by 2025-01-16 if a distributed batch" in told
    assert "Biological product deviation report (BLA; us-biological-deviation): by 2025-02-27" in told
    assert "Quality defect report (MA, CTA; eu-quality-defect): by 2025-01-14" in told
    tasks = {task.prefill["report"]: task for task in await reports_asked(batch)}
    assert {key: task.due_at for key, task in tasks.items()} == {
        "us-field-alert": END_OF_THURSDAY,
        "us-biological-deviation": datetime(2025, 2, 28, 4, 59, 59, tzinfo=UTC),
        "eu-quality-defect": datetime(2025, 1, 14, 22, 59, 59, tzinfo=UTC),
    }
    deadline = tasks["us-field-alert"].deadline
    assert deadline is not None
    assert (deadline["tz"], deadline["of_authority"]) == ("America/New_York", True)


async def test_every_row_of_the_policy_that_may_be_due_is_asked_from_the_receipt_in_the_authoritys_days(
    seeded: Seeded,
) -> None:
    batch = await learned(seeded)
    tasks = {task.prefill["report"]: task for task in await reports_asked(batch)}
    async with seeded.database.reading() as session:
        policy = await Policies().in_force(session, batch.at)
    assert set(tasks) == {row.key for row in policy.authority_reports if not {"EU", "US"}.isdisjoint(row.markets)}
    for row in policy.authority_reports:
        calendar = Policies().office_calendar(row.days, batch.at)
        day = counted(calendar.local_day(MONDAY), policy.clock(row.clock).span, calendar)
        assert tasks[row.key].due_at == calendar.end_of(day)
        deadline: Any = tasks[row.key].deadline
        assert (deadline["started_at"], deadline["of_authority"]) == (MONDAY.isoformat().replace("+00:00", "Z"), True)


async def test_what_was_not_distributed_there_is_not_asked_of_its_authority(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await batch.answers("nora", "report-later-finding")
    assert [alert.report for alert in (await evaluated(batch)).alerts] == ["eu-quality-defect"]


async def test_a_review_waits_in_each_market_until_it_is_said_of_each_report_whether_it_is_due(seeded: Seeded) -> None:
    batch = await learned(seeded)
    alert, biologic, defect = await reports_asked(batch)
    assert {market: each.fields for market, each in (await each_refused(batch)).items()} == {
        "EU": {"outcomes.0.outcome": "waits for the answer whether it is due: Quality defect report"},
        "US": {
            "outcomes.0.outcome": "waits for the answer whether it is due: Field alert report, "
            "Biological product deviation report",
        },
    }
    filed = {"file": True, "filed_on": "2025-01-16", "reference": "FAR-1"}
    batch.tasks["assess-field-alert"] = alert.task_id
    for wrong, field in (
        ({"reference": None}, "reference"),
        ({"filed_on": None}, "filed_on"),
        ({"demands": []}, "demands"),
    ):
        refusal = await refused(batch.answers("rosa", "assess-field-alert", {**alert.prefill, **filed, **wrong}))
        assert set(refusal.fields) == {field}
    await batch.answers("rosa", "assess-field-alert", {**alert.prefill, **filed})
    for task in (biologic, defect):
        batch.tasks["assess-field-alert"] = task.task_id
        await batch.answers("rosa", "assess-field-alert", {**task.prefill, "file": False})
    answered = {row.report: (row.filed, row.reference) for row in await seeded.rows(AuthorityAnswerRow)}
    assert answered == {
        "us-field-alert": (True, "FAR-1"),
        "us-biological-deviation": (False, None),
        "eu-quality-defect": (False, None),
    }
    await batch.answers("nora", "report-later-finding", {"description": "And another thing."})
    assert len((await evaluated(batch)).alerts) == 3  # of new information it is asked anew
    await reports_answered(batch)
    await each_answers(batch)
    assert (await evaluated(batch)).alerts == ()
    await are_rebuilt_identically(seeded.database, "authority_answers", "review_demands", "release_reviews", "tasks")


async def test_nobody_holds_or_extends_the_clock_of_an_authority(seeded: Seeded) -> None:
    batch = await learned(seeded)
    (task, *_) = await reports_asked(batch)
    more = {"task_id": task.task_id, "new_due": "2025-01-20", "requested_by": seeded.result.person("rosa")}
    refusal = await refused(batch.answers("hana", "extend", {**more, "reason": "More time."}))
    assert (refusal.code, refusal.rule) == ("limit_reached", "far.assess")
    held = await batch.answers("ines", "hold")
    assert held.effect == {"remaining": {}}
    assert (await seeded.row(TaskRow, task.task_id)).due_at == END_OF_THURSDAY


async def test_what_a_review_considers_all_the_same_is_assessed_again(seeded: Seeded) -> None:
    batch = await learned(seeded)
    await reports_answered(batch)
    unknown = ["jp-recall", "us-field-alert"]
    strange = await refused(batch.does("hana", "review-release", **US, authority_reports=unknown))
    assert set(strange.fields) == {"authority_reports.0", "authority_reports.1"}
    chosen = ["us-biological-deviation", "eu-quality-defect"]
    await batch.answers("hana", "review-release", {**await suggested(batch), **US, "authority_reports": chosen})
    tasks = await reports_asked(batch)
    assert [task.due_at for task in tasks] == [
        datetime(2025, 2, 28, 4, 59, 59, tzinfo=UTC),
        datetime(2025, 1, 14, 22, 59, 59, tzinfo=UTC),
    ]
    filed = {"file": True, "filed_on": "2025-01-16", "reference": "QD-7", "report": "eu-quality-defect"}
    batch.tasks["assess-field-alert"] = tasks[1].task_id
    assert list((await refused(batch.answers("rosa", "assess-field-alert", filed))).fields) == ["rapid_alert_class"]
    await batch.answers("rosa", "assess-field-alert", {**filed, "rapid_alert_class": "CLASS_II"})
    (row,) = await seeded.rows(ReleaseReviewRow)
    assert {key: at is not None for key, at in row.reports.items()} == {chosen[0]: False, chosen[1]: True}
    assert [alert.report for alert in (await evaluated(batch)).alerts] == [chosen[0]]
    await are_rebuilt_identically(seeded.database, "release_reviews")


US: dict[str, Any] = {"outcomes": [{"market": "US"}]}


async def suggested(batch: Qualifying) -> dict[str, Any]:
    return {**await batch.asks("review-release"), "not_applicable_because": "Not an NDA."}


async def test_a_release_is_not_confirmed_while_something_is_investigated_nor_once_the_failure_is_confirmed(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    await specified(seeded)
    batch = await released(seeded)
    results = {"results": [line("0.19")], "report": "STAB-12M"}
    assert list((await refused(batch.answers("nora", "report-later-finding", {"results": [line()]}))).fields) == [
        "report"
    ]
    await batch.answers("nora", "report-later-finding", results)
    (row,) = await seeded.rows(OosRow)
    assert (row.opened_from, row.report, row.state) == ("LATER", "STAB-12M", "LABORATORY")
    early = await each_refused(batch)
    assert [set(each.fields) for each in early.values()] == [{"outcomes.0.outcome"}] * 2
    await batch.answers("uta", "oos-laboratory", {"oos_id": row.oos_id, "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": row.oos_id})
    why = [each.reason for each in (await evaluated(batch)).demands]
    assert any("is confirmed" in reason for reason in why)
    late = await each_refused(batch)
    assert [set(each.fields) for each in late.values()] == [{"outcomes.0.outcome"}] * 2
    document = await seeded.upload(by=await seeded.actor("quentin"))
    back = {"outcome": "WITHDRAW", "grounds": ["SPECIFICATION"]}
    taken = [{"market": market, **back} for market in ("EU", "US")]
    await batch.does("quentin", "review-release", outcomes=taken, evidence=[document])
    assert not (await batch_of(batch)).review_open


async def on_the_market(seeded: Seeded) -> Qualifying:
    """A batch that was released and has been distributed in the States."""
    await ready(seeded)
    batch = await released(seeded)
    shipment = await ordered(seeded, batch, quantity="60", market="US")
    shipment.passes(minutes=1)
    await shipment.does("vito", "dispatch")
    return batch


async def is_still_asked(batch: Qualifying) -> None:
    """Whatever it has come to, the release is reviewed, and each report is answered before."""
    assert {alert.report for alert in (await evaluated(batch)).alerts} == {
        "us-field-alert", "us-biological-deviation", "eu-quality-defect",
    }  # fmt: skip
    because = "It had a cause in the laboratory."
    recall = [{"market": "EU", "outcome": "CONFIRM"}, {"market": "US", "outcome": "CONFIRM"}]
    asked = (await evaluated(batch)).stands
    if any("US" in each and "called back" in each for each in asked):
        recall[1]["no_recall_because"] = because
    refusal = (await each_refused(batch, outcomes=recall))["US"]
    assert "waits for the answer whether it is due: Field alert report" in refusal.fields["outcomes.0.outcome"]
    await reports_answered(batch)
    await each_answers(batch, outcomes=recall)
    assert not (await batch_of(batch)).review_open


async def test_a_result_that_is_discounted_is_reported_or_not_by_an_answer_all_the_same(seeded: Seeded) -> None:
    batch = await on_the_market(seeded)
    await batch.answers("vito", "oos", {"oos_id": "OOS-9", "detected_at": MONDAY.isoformat()})
    document = await seeded.upload(by=await seeded.actor("uta"), site_id="VM-02")
    found: dict[str, Any] = {"oos_id": "OOS-9", "cause": "INSTRUMENT", "retests": [], "capa_decision": "Repaired."}
    found["evidence"] = [document]
    await batch.answers("uta", "oos-laboratory", found)
    await batch.asks("review-invalidation", oos_id="OOS-9")
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-9"})
    (row,) = await seeded.rows(OosRow)
    assert row.state == "INVALIDATED"
    await is_still_asked(batch)


async def test_a_complaint_that_comes_to_nothing_is_reported_or_not_by_an_answer_all_the_same(seeded: Seeded) -> None:
    batch = await on_the_market(seeded)
    number = (await batch_of(batch)).number
    given = {"type": "COMPLAINT", "severity": "CRITICAL", "lots": [number], "authority_outcome": None}
    form = filled(SiteEventReport, given).model_dump(mode="json")
    event = await a_case(seeded, Process.EVENT, form, by="ines")
    await event.does("ines", "triage", outcomes=["NO_ACTION"])
    await is_still_asked(batch)


async def test_a_deviation_whose_class_is_accepted_is_reported_or_not_by_an_answer_all_the_same(
    seeded: Seeded,
) -> None:
    batch = await on_the_market(seeded)
    about = {"deviation_id": "DEV-9"}
    await batch.answers("vito", "deviation", {**about, "parameter": None, "detected_at": MONDAY.isoformat()})
    await batch.answers("vito", "close-deviation", about)
    await batch.answers("quentin", "accept-deviation", about)
    await is_still_asked(batch)


async def test_what_is_confirmed_after_the_review_demands_another_one(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await batch.answers("nora", "report-later-finding")
    await reports_answered(batch)
    await each_answers(batch)
    await batch.answers("vito", "oos", {"oos_id": "OOS-9", "detected_at": MONDAY.isoformat()})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-9", "retests": []})
    back = {"outcome": "WITHDRAW", "grounds": ["SPECIFICATION"]}
    taken = [{"market": market, **back} for market in ("EU", "US")]
    held = (await each_refused(batch))["EU"]
    assert held.fields["outcomes.0.outcome"] == "waits for OOS-9, under investigation"
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-9"})
    demands = (await evaluated(batch)).demands
    assert [demand.reason for demand in demands][-1].startswith("OOS OOS-9 is confirmed")
    document = await seeded.upload(by=await seeded.actor("quentin"))
    await batch.does("quentin", "review-release", outcomes=taken, evidence=[document])
