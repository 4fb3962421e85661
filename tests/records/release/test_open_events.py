"""G7 lists what is known at the site and not decided on; of each the decider says that it concerns another."""

from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from domain.release.gate_report_text import rendered
from domain.release.gates import evaluate
from records.batch.tables.decisions import HoldRow
from records.core.policies import Policies
from records.event.tables import SiteEventRow
from records.release.gate_evidence import evidence_of
from records.release.queries.gate_reports import gate_report
from tests.domain.filling import filled
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database


async def an_event(seeded: Seeded, number: str, **changes: Any) -> Qualifying:
    """A critical deviation at the seeded site, reported by it and not tied to any batch."""
    about = {"event_id": number, "type": "DEVIATION", "severity": "CRITICAL", "detected_at": START.isoformat()}
    told = {"site_id": "VM-02", "scope_ids": ["SC-1"], "lots": [], "source": "urn:valmedis", **about, **changes}
    form = filled(SiteEventReport, told).model_dump(mode="json")
    return await a_case(seeded, Process.EVENT, form, by="vito")


async def g7(batch: Qualifying, judgement: str | None = None) -> GateResult:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    given = {Gate.G7: judgement} if judgement else {}
    return next(each for each in evaluate(evidence, given, batch.at) if each.gate is Gate.G7)


async def test_two_untriaged_critical_deviations_are_listed_and_each_needs_a_statement(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    assert (await g7(batch)).verdict is GateVerdict.PASS
    first, second = await an_event(seeded, "V-1"), await an_event(seeded, "V-2", scope_ids=[])
    found = await g7(batch)
    assert found.verdict is GateVerdict.NEEDS_JUDGEMENT
    assert [first.case_id in line or second.case_id in line for line in found.looked_at].count(True) == 2
    one = await g7(batch, f"{first.case_id} was in another building.")
    assert one.verdict is GateVerdict.NEEDS_JUDGEMENT
    assert one.reason.startswith(f"the judgement does not name {second.case_id}")
    both = f"{first.case_id} and {second.case_id} were in another building."
    assert (await g7(batch, both)).verdict is GateVerdict.JUDGED
    rationale = "Both were in another building."
    half = [{"gate": "G7", "rationale": rationale, "events": [first.case_id]}]
    assert "G7" in (await refused(decides(batch, "quentin", "EU", judgements=half))).fields
    whole = [{"gate": "G7", "rationale": rationale, "events": [first.case_id, second.case_id]}]
    await decides(batch, "quentin", "EU", judgements=whole)


async def test_what_came_later_or_is_decided_is_not_asked_about(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    over = await an_event(seeded, "V-3")
    assert (await g7(batch)).verdict is GateVerdict.NEEDS_JUDGEMENT
    await over.closes("NO_ACTION")
    batch.passes(days=2)
    late = await a_case(
        seeded,
        Process.EVENT,
        filled(
            SiteEventReport,
            {"event_id": "V-4", "type": "DEVIATION", "severity": "MAJOR", "site_id": "VM-02", "scope_ids": ["SC-1"]},
            detected_at=batch.at.isoformat(),
            source="urn:valmedis",
        ).model_dump(mode="json"),
        by="vito",
        at=batch.at,
    )
    assert late.case_id not in str((await g7(batch)).looked_at)
    assert (await g7(batch)).verdict is GateVerdict.PASS


async def test_what_the_batch_has_reported_itself_is_judged_as_its_deviation(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    report = {"deviation_id": "DEV-1", "parameter": None, "detected_at": START.isoformat()}
    await batch.answers("vito", "deviation", report)
    found = await g7(batch)
    assert (found.verdict, found.reason) == (GateVerdict.FAIL, "DEV-1 is open")


async def test_the_sponsor_looks_at_every_minor_deviation_and_may_raise_its_class(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    about = {"deviation_id": "DEV-1"}
    report = {**about, "deviation_class": "MINOR", "parameter": None, "detected_at": START.isoformat()}
    await batch.answers("vito", "deviation", report)
    await batch.answers("vito", "close-deviation", about)
    assert (await g7(batch)).reason == "DEV-1 (minor) was not looked at by the sponsor"
    assert list((await refused(batch.does("priya", "review-record"))).fields) == ["minor_seen"]
    await batch.does("priya", "review-record", minor_seen=["dev 1"])
    assert (await g7(batch)).verdict is GateVerdict.PASS
    lower = await refused(batch.answers("priya", "reclassify-deviation", {**about, "deviation_class": "MINOR"}))
    assert list(lower.fields) == ["deviation_class"]
    unknown = await refused(batch.answers("priya", "reclassify-deviation", {"deviation_id": "DEV-9"}))
    assert list(unknown.fields) == ["deviation_id"]
    raised = await batch.answers("priya", "reclassify-deviation", about)
    assert raised.effect["judged_anew"]
    assert (await g7(batch)).reason == "DEV-1 is major and not accepted"
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["DEVIATION"]
    (event,) = await seeded.rows(SiteEventRow)
    assert (event.severity, event.event_id) == ("MAJOR", "DEV-1")
    await batch.answers("quentin", "accept-deviation", about)
    assert (await g7(batch)).verdict is GateVerdict.PASS
    await batch.answers("hana", "reclassify-deviation", {**about, "deviation_class": "CRITICAL"})
    assert (await g7(batch)).reason == "DEV-1 is critical and not accepted"
    await are_rebuilt_identically(seeded.database, "batch_deviations", "holds", "site_events")


async def test_what_is_decided_and_followed_by_an_open_case_is_listed_with_that_case_and_asks_nothing(
    seeded: Seeded,
) -> None:
    batch = await reviewed(await fit(seeded))
    event = await an_event(seeded, "V-5", severity="MAJOR")
    scar = {"severity": "MAJOR", "finding": "The coupling ran too hot.", "owner": "Head of production"}
    opened: Any = (await event.does("ines", "triage", outcomes=["SCAR"], scar=scar)).effect
    (capa,) = opened["SCAR"]
    (before,) = [line for line in (await g7(batch)).looked_at if event.case_id in line]
    assert before.endswith(f"is not decided, CAPA {capa} open for it")
    await event.closes("ACTION")
    found = await g7(batch)
    assert found.verdict is GateVerdict.PASS
    (line,) = [line for line in found.looked_at if event.case_id in line]
    assert line.startswith(f"open at the site: {event.case_id} (deviation, major) of ")
    assert line.endswith(f"at Plant 2 (VM-02) is decided, CAPA {capa} open for it")
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    (shown,) = report.events
    assert (shown.event_id, shown.is_decided, shown.followed_by) == (event.case_id, True, (f"CAPA {capa}",))
    page = " ".join(rendered(report).split())
    assert f"{event.case_id} deviation, major, at Plant 2 (VM-02), decided, open for it: CAPA {capa}" in page
    await Qualifying(seeded, capa, batch.at, Process.CAPA).closes("EFFECTIVE")
    assert event.case_id not in str((await g7(batch)).looked_at)
    async with seeded.database.reading() as session:
        assert not (await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")).events
