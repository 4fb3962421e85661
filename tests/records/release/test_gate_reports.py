"""The gate report and the registers as they are read, by whom and not by whom."""

import asyncio
from datetime import timedelta

import pytest
from typer.testing import CliRunner

import cli
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict
from domain.batch.holds.hold import HoldsEvaluation
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from domain.release.gate_report_text import as_page, rendered
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.policies import Policies
from records.event.tables import SiteEventRow
from records.release.queries.certifications import certifications, one_certification
from records.release.queries.gate_reports import gate_report
from tests.domain.filling import filled
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import registered
from tests.records.qualifying import a_case, refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}


async def test_a_report_looks_now_or_shows_the_gates_as_they_were_signed(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    later = START + timedelta(days=600)
    async with seeded.database.reading() as session:
        now = await gate_report(session, Policies(), batch.case_id, later, market="EU")
        then = await gate_report(session, Policies(), batch.case_id, later, certificate="EU-2025-000001")
        for signed, market, certificate in ((True, "US", None), (False, "EU", "EU-2025-000002"), (False, "JP", None)):
            attempt = gate_report(
                session, Policies(), batch.case_id, later, market=market, certificate=certificate, signed=signed
            )
            assert (await refused(attempt)).code == "not_found"
        unsaid = await refused(gate_report(session, Policies(), batch.case_id, later))
        assert (unsaid.code, unsaid.fields) == ("form_invalid", {"market": "name one of EU, US"})
        assert (await refused(gate_report(session, Policies(), "BAT-99", later))).code == "not_found"
    assert [each.gate.value for each in now.gates if not each.passes] == ["G3", "G4", "G9"]
    assert {each.verdict for each in then.gates} == {GateVerdict.PASS}
    assert (then.as_signed, then.at, then.decision.decided_by) == (True, batch.at, "Quentin Dubois")
    assert [each.action for each in now.reviewers] == [
        "disposition",
        "review-results",
        "review-record",
        "review-process",
    ]
    assert (now.decision.certificate_number, now.batch.quantity) == ("EU-2025-000001", "118.4")


async def test_the_registers_list_every_certificate_and_each_declares_what_was_certified(seeded: Seeded) -> None:
    await fit(seeded)
    first, second = await reviewed(seeded), await reviewed(seeded)
    for batch in (first, second):
        await decides(batch, "quentin", "EU")
    await decides(first, "hana", "US", "approve")
    quentin, vito = await seeded.actor("quentin"), await seeded.actor("vito")
    async with seeded.database.reading() as session:
        page = await certifications(session, quentin, market=None, cursor=None, limit=2)
        rest = await certifications(session, quentin, market=None, cursor=page.next, limit=2)
        of_eu = await certifications(session, quentin, market="EU", cursor=None, limit=50)
        one = await one_certification(session, quentin, "EU-2025-000002")
        for number in ("EU-2025-000003", "EU-2024-000002", "EU", "QPR-EU", "EU-2025-0000002"):
            assert (await refused(one_certification(session, quentin, number))).code == "not_found"
        assert (await refused(one_certification(session, vito, "EU-2025-000002"))).rule == "S6"
        assert (await refused(certifications(session, vito, market="EU", cursor=None, limit=1))).rule == "S6"
    listed = [each.certificate_number for each in (*page.items, *rest.items)]
    assert listed == ["US-2025-000001", "EU-2025-000001", "EU-2025-000002"]
    assert [each.register_number for each in of_eu.items] == [1, 2]
    assert (one.batch_id, one.declaration.made_at[0].site_id) == (second.case_id, "VM-02")
    assert one.declaration.authorisation is not None
    assert one.signature is not None
    assert (one.signature.meaning, one.signature.record_hash) == ("CERTIFIED", one.sha256)
    assert {each.verdict for each in one.gates} == {GateVerdict.PASS}


async def test_an_open_import_alert_touches_the_scope_and_a_recall_the_lots_it_names(seeded: Seeded) -> None:
    api = await registered(await fit(seeded), number="B-70")
    batch = await reviewed(
        seeded, number="B-77", parents=[{"batch_id": api.case_id, "relation": "INTERMEDIATE", "quantity": "20"}]
    )
    acts = (("RECALL", ["B-1"]), ("RECALL", ["B-77"]), ("IMPORT_ALERT", ["B-1"]), ("RECALL", ["B-70"]))
    for number, (type_, lots) in enumerate(acts, 1):
        await an_open_event(seeded, number, type_, lots)
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    (shut,) = [each for each in report.gates if each.gate == "G14"]
    events = [row.case_id for row in await seeded.rows(SiteEventRow)]
    origin = f"B-70 ({api.case_id})"
    said = [each for each in shut.reason.split("; ") if " stands: " not in each]  # without the holds that follow
    assert said == [
        f"{events[1]} (recall) is open",
        f"{events[2]} (import alert) is open",
        f"{origin}: {events[2]} (import alert) is open",
        f"{origin}: {events[3]} (recall) is open",
    ]


@pytest.mark.parametrize("spelled", ["b-77", "B 77", "B-77 ", "B\u201377"])
async def test_a_recall_touches_its_lot_however_it_spells_the_number(seeded: Seeded, spelled: str) -> None:
    batch = await reviewed(await fit(seeded), number="B-77")
    await an_open_event(seeded, 1, "RECALL", [spelled])
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    (event,) = await seeded.rows(SiteEventRow)
    shut = {each.gate: each.reason for each in report.gates if not each.passes}
    assert shut.keys() == {"G12", "G14"}
    assert shut[Gate.G14].startswith(f"{event.case_id} (recall) is open; HOLD-1 (event at the site) stands: ")


async def an_open_event(seeded: Seeded, number: int, type_: str, lots: list[str]) -> None:
    """An event of the seeded site that waits for its triage."""
    form = filled(SiteEventReport, {"type": type_, "event_id": f"E-{number}", "lots": lots, "authority_outcome": None})
    await a_case(seeded, Process.EVENT, form.model_dump(mode="json"), by="ines")


async def test_the_command_prints_a_page_for_each_market(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = await reviewed(await fit(seeded))
    monkeypatch.setenv("VETTED_DATABASE_URL", seeded.database.engine.url.render_as_string(hide_password=False))

    both = await asyncio.to_thread(CliRunner().invoke, cli.app, ["gate-report", batch.case_id])
    assert both.exit_code == 0, both.output
    assert [market in both.output for market in ("market EU", "market US")] == [True, True]
    one = await asyncio.to_thread(CliRunner().invoke, cli.app, ["gate-report", batch.case_id, "--market", "US"])
    assert "market EU" not in one.output
    for wrong in (["BAT-99"], [batch.case_id, "--market", "JP"]):
        assert (await asyncio.to_thread(CliRunner().invoke, cli.app, ["gate-report", *wrong])).exit_code == 1


async def test_the_page_says_what_is_to_be_judged_first_and_shows_what_a_signature_rests_on(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    why = {"decision": "REJECT", "quantity": None, "reason": "The label is not theirs.", "grounds": ["SPECIFICATION"]}
    await decides(batch, "hana", "US", "approve", **why)
    seen = (await batch.asks("certify", market="EU"))["gates_seen"]
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    assert report.sha256 in seen
    (waiting,) = report.to_judge
    assert (waiting.gate, waiting.states) == ("G13", ("why", "documents that carry it"))
    (of_us,) = report.other_markets
    assert (of_us.market, of_us.state, of_us.grounds) == ("US", "rejected", ("SPECIFICATION",))
    assert report.analysis
    assert all(line.certificate and line.limit for line in report.analysis)
    assert [site.name for site in report.sites]
    said = {each.about: (each.text, each.by_name) for each in report.said}
    trail = "Sequence 2025-0113 of HPLC-07: all injections reported, none deleted."
    assert said["Review of the results"] == (trail, "Nora Lindholm")
    page = rendered(report)
    assert f"Review of the results: {trail} (Nora Lindholm)" in " ".join(page.split())
    assert page.index("TO JUDGE G13") < page.index("GATES:")
    for shown in ("US rejected (specification not met)", report.sites[0].name, report.analysis[0].certificate):
        assert shown in " ".join(page.split())
    assert as_page(report).startswith("<!doctype html>")

    judged = {"gate": "G13", "rationale": "The label is that of the US alone.", "evidence": [FILE]}
    await decides(batch, "quentin", "EU", judgements=[judged])
    async with seeded.database.reading() as session:
        signed = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU", signed=True)
        stands = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    (given,) = signed.judgements
    assert (given.about, given.stands_on, given.by) == ("G13", ("DOC-1",), "Quentin Dubois")
    assert (stands.to_judge, stands.judged, stands.since, stands.gates_seen) == ((), (given,), (), None)
    page = " ".join(rendered(stands).split())
    assert "TO JUDGE" not in page
    assert f"Judged G13 by Quentin Dubois on {batch.at:%Y-%m-%d}: The label is that of the US alone. [" in page
    assert "SINCE THE SIGNATURE: nothing is otherwise at any gate. GATES: all open" in page


async def test_after_the_signature_the_page_says_what_was_judged_and_what_is_otherwise_since(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    why = {"decision": "REJECT", "quantity": None, "reason": "The label is not theirs.", "grounds": ["SPECIFICATION"]}
    await decides(batch, "hana", "US", "approve", **why)
    judged = {"gate": "G13", "rationale": "The label is that of the US alone.", "evidence": [FILE]}
    await decides(batch, "quentin", "EU", judgements=[judged], quantity="100")
    await an_open_event(seeded, 1, "RECALL", [(await seeded.row(BatchRow, batch.case_id)).number])
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    assert report.since is not None
    since = {each.gate: (each.signed, each.now) for each in report.since}
    assert Gate.G13 not in since, "it is in doubt for nothing else than was judged"
    assert since[Gate.G14] == (GateVerdict.PASS, GateVerdict.FAIL)
    page = " ".join(rendered(report).split())
    assert "SINCE THE SIGNATURE G14: passes, now fails: " in page
    assert "Judged G13 by Quentin Dubois" in page
    assert "TO JUDGE" not in page
    assert (report.left, report.judged_anew) == ("18.4 kg", (Gate.G12, Gate.G13))


async def test_the_page_shows_what_the_decision_on_the_chain_rests_on(seeded: Seeded) -> None:
    """An event at the site of an ancestor, its results and days, what its decider has judged, what was lifted."""
    api = await reviewed(await fit(seeded), number="B-70")
    refusal = {"decision": "REJECT", "quantity": None, "reason": "Not theirs.", "grounds": ["SPECIFICATION"]}
    await decides(api, "hana", "US", "approve", **refusal)
    judged = {"gate": "G13", "rationale": "The label is that of the US alone.", "evidence": [FILE]}
    await decides(api, "quentin", "EU", judgements=[judged])
    parent = {"batch_id": api.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    batch = await registered(seeded, number="B-77", parents=[parent])
    await batch.answers("priya", "place-hold", {"hold_type": "MANUAL", "reason": "A photograph.", "markets": None})
    (by_hand,) = [row.hold_id for row in await seeded.rows(HoldRow) if row.type == "MANUAL"]
    lifts = {"hold_id": by_hand, "impact": "Only the label is seen.", "evidence": [FILE]}
    await batch.answers("priya", "lift-hold", lifts)
    known = HoldsEvaluation.model_validate((await batch.notes("batch.holds")).effect).holds
    (proposed,) = [each for each in known if each.hold_id == by_hand]
    await batch.answers("hana", "confirm-lift", proposed.prefill_of_lift())
    async with seeded.database.reading() as session:
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    (origin,) = report.parents
    assert [each.test for each in origin.analysis]
    assert (origin.expiry_on is not None, [each.about for each in origin.judgements]) == (True, ["G13"])
    (taken,) = report.batch.taken
    assert taken.words() == f"taken: 20 kg of B-70 ({api.case_id})"
    (hold,) = report.lifted
    assert (hold.impact, hold.lifted_by) == ("Only the label is seen.", "Priya Raman and Hana Sato")
    page = " ".join(rendered(report).split())
    assert f"last day {origin.expiry_on}" in page
    assert f"judged: G13 by Quentin Dubois on {api.at:%Y-%m-%d}: The label is that of the US alone." in page
    assert "lifted by Priya Raman and Hana Sato: A photograph." in page
    assert "assessed: Only the label is seen. [" in page
