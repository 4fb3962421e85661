"""What goes wrong while a batch is made: holds, events at the site, who concludes what, and what is kept."""

from typing import Any

from domain.batch.making.package import ALWAYS
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.batch.tables.process import BatchDeviationRow, OosRow
from records.core.tables.cases import CaseRow
from records.event.tables import SiteEventRow
from tests.records.analysing import analysed
from tests.records.databases import on_one_database
from tests.records.making import batch_of, in_manufacture, made, ready
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import released
from tests.records.seeded import START, Seeded

NOW = START.isoformat()


async def holds(seeded: Seeded) -> list[str]:
    return [hold.type for hold in await seeded.rows(HoldRow)]


async def reports(batch: Qualifying, action: str, **given: Any) -> None:
    await batch.answers("vito", action, {"detected_at": NOW, **given})


async def test_a_grave_deviation_holds_the_batch_is_told_the_site_and_waits_for_the_qualified_person(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    await reports(batch, "deviation", deviation_id="DEV-1", deviation_class="MINOR")
    assert await holds(seeded) == []
    await reports(batch, "deviation", deviation_id="DEV-2", deviation_class="CRITICAL", equipment=["R-201"])
    assert await holds(seeded) == ["DEVIATION"]
    (event,) = await seeded.rows(SiteEventRow)
    assert (event.type, event.severity, event.lots, event.notify_key) == (
        "DEVIATION",
        "CRITICAL",
        [(await batch_of(batch)).number],
        "crit_dev.notify",
    )
    assert list((await refused(reports(batch, "deviation", deviation_id="DEV-2"))).fields) == ["deviation_id"]
    assert (await refused(batch.answers("vito", "close-deviation", {"deviation_id": "DEV-9"}))).code == "rule_broken"
    await batch.asks("close-deviation", deviation_id="DEV-2")
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-2"})
    again = await refused(batch.answers("vito", "close-deviation", {"deviation_id": "DEV-2"}))
    assert again.code == "not_open"
    await batch.answers("quentin", "accept-deviation", {"deviation_id": "DEV-2", "accept": False})
    row = await seeded.row(BatchDeviationRow, (batch.case_id, "DEV-2"))
    assert (row.state, row.closed_at, row.due_at is not None) == ("OPEN", None, True)
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-2"})
    await batch.answers("quentin", "accept-deviation", {"deviation_id": "DEV-2"})
    row = await seeded.row(BatchDeviationRow, (batch.case_id, "DEV-2"))
    assert (row.state, row.accepted_by) == ("ACCEPTED", seeded.result.person("quentin"))
    await are_rebuilt_identically(seeded.database, "batch_deviations", "holds", "batch_uses")


async def test_a_result_stands_until_a_cause_in_the_laboratory_is_documented(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await reports(batch, "oos", oos_id="OOS-1", retests_planned=1)
    await reports(batch, "oos", oos_id="OOS-2", analyst="A. Keller")
    assert await holds(seeded) == ["OOS"]
    assert (await refused(batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-9"}))).code == "rule_broken"
    too_many = await refused(batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": ["1", "2"]}))
    assert list(too_many.fields) == ["retests"]
    early = await refused(batch.answers("priya", "oos-investigation", {"oos_id": "OOS-1"}))
    assert early.code == "not_open"
    document = await seeded.upload(by=await seeded.actor("uta"))
    cause = {"cause": "INSTRUMENT", "evidence": [document], "retests": ["0.11"]}
    silent = await refused(batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", **cause, "capa_decision": None}))
    assert list(silent.fields) == ["capa_decision"]
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", **cause, "capa_decision": "None is needed."})
    assert (await seeded.row(OosRow, (batch.case_id, "OOS-1"))).state == "INVALIDATION_PROPOSED"
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1"})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-2", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-2", "scar": {"severity": "MAJOR", "owner": "QC"}})
    rows = {row.oos_id: (row.state, row.result) for row in await seeded.rows(OosRow)}
    assert rows == {"OOS-1": ("INVALIDATED", "0.27"), "OOS-2": ("CONFIRMED", "0.27")}
    assert [case.kind for case in await seeded.rows(CaseRow) if case.process == "capas"] == ["SCAR"]
    await are_rebuilt_identically(seeded.database, "oos_results", "site_events")


async def test_a_change_that_was_never_notified_has_no_case(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    written = await batch.answers("vito", "change", {"change_id": "CC-1"})
    assert written.effect == {"case_id": None}


async def test_the_package_is_due_by_the_agreement_and_lacks_what_has_happened(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await reports(batch, "deviation", deviation_id="DEV-1", deviation_class="MINOR")
    await analysed(batch)
    document = await seeded.upload(by=await seeded.actor("uta"))
    await batch.does("uta", "disposition", certificate_of_compliance=document)
    row = await batch_of(batch)
    assert (row.site_decision, row.package_due_at is not None) == ("RELEASED", True)
    own = await seeded.upload(by=await seeded.actor("vito"))
    documents = [{"item": item.value, "document": own} for item in ALWAYS]
    written = await batch.does("vito", "package", documents=documents)
    lacks = ["DEVIATION_REPORTS", "open investigation DEV-1 in the list"]
    assert written.effect["missing"] == lacks
    prefill = await batch.asks("completeness")
    assert prefill == {"missing": lacks}
    passed = await refused(batch.answers("ines", "completeness", {"complete": True, "missing": []}))
    assert list(passed.fields) == ["complete"]
    await batch.answers("ines", "completeness", prefill)
    assert (await batch_of(batch)).package_returns == 1


async def test_a_gate_that_a_reviewer_fails_holds_the_batch(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    verdicts = [{"gate": "G6", "verdict": "FAIL", "reason": "The trend of yields is broken."}]
    written = await batch.does("carla", "review-process", verdicts=verdicts)
    assert (written.effect, await holds(seeded)) == ({"failed": ["G6"]}, ["PROCESS"])
    await batch.answers("hana", "redirect", {"way": "REWORK"})
    row = await batch_of(batch)
    assert (row.state, row.physical_status) == ("CLOSED", "BLOCKED")


@on_one_database
async def test_what_goes_wrong_with_a_released_batch_holds_it_and_is_reviewed(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await released(seeded)
    await reports(batch, "oos", oos_id="OOS-1")
    await reports(batch, "oos", oos_id="OOS-2")  # held already, and yet another thing to review
    await reports(batch, "deviation", deviation_id="DEV-1", deviation_class="MAJOR")
    assert await holds(seeded) == ["OOS", "DEVIATION"]
    assert [demand.cause for demand in await seeded.rows(ReviewDemandRow)] == [batch.case_id] * 3
    assert (await batch_of(batch)).review_open


async def test_a_number_is_that_of_one_deviation_and_one_result_however_it_is_written(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    await reports(batch, "deviation", deviation_id="DEV-12", deviation_class="MINOR")
    await reports(batch, "oos", oos_id="OOS-7", retests_planned=1)
    assert list((await refused(reports(batch, "deviation", deviation_id="dev 12"))).fields) == ["deviation_id"]
    assert list((await refused(reports(batch, "oos", oos_id="oos\u20117"))).fields) == ["oos_id"]
    await batch.answers("vito", "close-deviation", {"deviation_id": "dev\u00a012"})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS 7", "cause": None})
    row = await seeded.row(BatchDeviationRow, (batch.case_id, "DEV-12"))
    assert (row.state, (await seeded.row(OosRow, (batch.case_id, "OOS-7"))).state) == ("CLOSED", "INVESTIGATION")
    await are_rebuilt_identically(seeded.database, "batch_deviations", "oos_results")
